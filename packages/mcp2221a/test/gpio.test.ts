/** Its pins, by the components of a relay and a button behind it. */

import { dirname, join } from "node:path";
import type { BoardEvent, BoardFile } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { simulate, VirtualClock } from "@busbar/sim";
import { describe, expect, test } from "vitest";

const packages = join(import.meta.dirname, "../..");
const component = (name: string) => join(packages, name, "dist", `${name}.wasm`);

const line = (name: string | number, direction: "in" | "out", more: object = {}) => ({
  chip: "dongle",
  line: name,
  direction,
  ...more,
});

async function open(devices: BoardFile["devices"], simulated: BoardFile["simulate"] = []) {
  const clock = new VirtualClock();
  const events: BoardEvent[] = [];
  const board = await openBoard(
    {
      bridges: {
        dongle: {
          driver: component("mcp2221a"),
          usb: { vendorId: "0x04D8", productId: "0x00DD", interfaces: [2] },
        },
      },
      devices,
      simulate: [
        { usb: "1-1", model: "./dist/model.js", behind: { i2c: "far", gpio: "pins" } },
        { i2c: "far", address: "0x50", model: "registers", registers: { "0x00": "2a" } },
        ...simulated,
      ],
    },
    { clock, simulate, folder: dirname(import.meta.dirname), onEvent: (event) => events.push(event) },
  );
  return { board, clock, events };
}

const pump = { driver: component("relay"), gpio: { lines: { relay: line("GP1", "out") } } };
const relay = { gpio: "pins", lines: { relay: 1 }, model: "../relay/dist/model.js" } as const;

describe("the pins of an MCP2221A", () => {
  test("switch what is wired to them, and what they are is traced", async () => {
    const { board, events } = await open({ pump }, [relay]);
    await using _ = board;
    const opened = await board.switch("pump");
    await opened.set(true);
    expect(await opened.isOn()).toBe(true);
    await opened.set(false);
    await opened[Symbol.asyncDispose]();
    const told = events.flatMap((event) => (event.kind === "gpio" ? [[event.operation, event.level]] : []));
    expect(told).toContainEqual(["set", "high"]);
    expect(told.at(-1)).toEqual(["set", "low"]);
  });

  test("two devices have a pin each, beside a third on the I2C bus of the same chip", async () => {
    const lamp = { driver: component("relay"), gpio: { lines: { relay: line(3, "out") } } };
    const { board } = await open({ pump, lamp }, [
      relay,
      { gpio: "pins", lines: { relay: 3 }, model: "../relay/dist/model.js" },
    ]);
    await using _ = board;
    const [first, second] = [await board.switch("pump"), await board.switch("lamp")];
    await first.set(true);
    await second.set(true);
    await first.set(false);
    expect([await first.isOn(), await second.isOn()]).toEqual([false, true]);
  });

  test("tell of no edges, and a driver that needs them is told so", async () => {
    const bell = { driver: component("button"), gpio: { lines: { button: line("GP2", "in") } } };
    const { board } = await open({ bell });
    await using _ = board;
    await expect(board.contact("bell")).rejects.toMatchObject({ code: "unsupported" });
  });
});
