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
