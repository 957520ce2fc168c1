/** The components of parts on GPIO lines, on the simulated chip of the board file: no kernel is asked. */
import { join } from "node:path";
import { openBoard } from "@busbar/host-node";
import { simulate } from "@busbar/sim";
import { expect, test } from "vitest";
import { boardFile, describeOn, hosts, onNode } from "./hosts.ts";
import { driver } from "./native-program.ts";
import { SLOW_LIMITS } from "./support.ts";

const line = (offset: number, direction: "in" | "out") => ({ chip: "sim", line: offset, direction });

describeOn([onNode], "on the simulated chip of the board", () => {
  test("relay is set, button is pressed again and again, and hc-sr04 measures", async () => {
    const limits = SLOW_LIMITS;
    const path = await boardFile({
      devices: {
        pump: { driver: driver("relay"), gpio: { lines: { relay: line(1, "out") } }, limits },
        bell: {
          driver: driver("button"),
          gpio: { lines: { button: { ...line(2, "in"), pull: "up" } } },
          limits,
        },
        tank: {
          driver: driver("hc-sr04"),
          gpio: { lines: { trigger: line(3, "out"), echo: line(4, "in") } },
          limits,
        },
      },
      simulate: [
        { gpio: "sim", lines: { relay: 1 }, model: "relay" },
        {
          gpio: "sim",
          lines: { button: 2 },
          model: "button",
          presses: Array.from({ length: 60 }, (_, n) => [1000 * n, 500]),
        },
        { gpio: "sim", lines: { trigger: 3, echo: 4 }, model: "hc-sr04", distance: 1.5 },
      ],
    });
    await using board = await openBoard(path, { simulate });
    const pump = await board.switch("pump");
    await pump.set(true);
    expect(await pump.isOn()).toBe(true);
    const bell = await board.contact("bell");
    expect((await bell.nextChanges({ timeoutMs: 10_000 })).changes.length).toBeGreaterThan(0);
    expect(await (await board.sensor("tank")).read()).toEqual({ distance: expect.closeTo(1.5, 1) });
  });

  test("a rotary encoder is turned, a DHT22 answers, and an HTS221 says by its line when it has measured", async () => {
    const limits = SLOW_LIMITS;
    const input = { direction: "in", pull: "up", activeLevel: "active-low" } as const;
    const path = await boardFile({
      devices: {
        knob: {
          driver: driver("rotary-encoder"),
          gpio: { lines: { a: { ...line(1, "in"), ...input }, b: { ...line(2, "in"), ...input } } },
          limits,
        },
        cellar: {
          driver: driver("dht22"),
          gpio: {
            lines: {
              data: { ...input, chip: "sim", line: 3, direction: "in-out", drive: "open-drain" },
            },
          },
          limits,
        },
        indoor: {
          driver: driver("hts221", "data-ready"),
          i2c: { bus: "sim", address: "0x5F" },
          gpio: { lines: { "data-ready": line(4, "in") } },
          settings: { "rate-hz": 12.5 },
          limits,
        },
      },
      simulate: [
        {
          gpio: "sim",
          lines: { a: 1, b: 2 },
          model: "rotary-encoder",
          turns: Array.from({ length: 100 }, (_, n) => [1000 * n, 5, 100]),
        },
        { gpio: "sim", lines: { data: 3 }, model: "dht22", temperature: 7.5, humidity: 81.3 },
        {
          ...{ i2c: "sim", address: "0x5F", model: "hts221", temperature: 21, humidity: 40 },
          lines: { "data-ready": { chip: "sim", line: 4 } },
        },
      ],
    });
    await using board = await openBoard(path, { simulate });
    const knob = await board.sensor("knob");
    await knob.read();
    expect(await (await board.sensor("cellar")).read()).toEqual({ temperature: 7.5, humidity: 81.3 });
    const indoor = await board.sensor("indoor");
    for (let count = 0; count < 3; count += 1) {
      expect((await indoor.read()).temperature).toBeCloseTo(21, 1);
    }
    // At least the turn that a second brings.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const { angle } = await knob.read();
    expect(angle! % 18).toBe(0);
    expect(angle).toBeGreaterThan(0);
  });
});

describeOn(hosts, "on the simulated chip of the board, by the command", (host) => {
  test("relay is set, button is pressed again and again, and hc-sr04 measures", async () => {
    // In this folder, from which the models are found.
    const path = join(import.meta.dirname, "simulated-gpio.json");
    const answer = async (...parameters: string[]) => {
      const { code, stdout, stderr } = await host.run(...parameters);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      return stdout;
    };
    expect(await answer("call", path, "pump", "on", "20")).toBe("null\n");
    const told = JSON.parse(await answer("call", path, "bell", "next-changes", "60000"));
    expect(told.changes.length).toBeGreaterThan(0);
    expect(await answer("read", path, "tank")).toMatch(/distance +1\.5/);
  });
});
