/** The built component, through the host, with the package's own board file. */

import { join } from "node:path";
import { openBoard } from "@busbar/host-node";
import { type Simulation, simulate, VirtualClock } from "@busbar/sim";
import { expect, test } from "vitest";

const board = join(import.meta.dirname, "../board.json");

test("board.json shows a text", async () => {
  let simulation: Simulation | undefined;
  await using opened = await openBoard(board, {
    simulate: (...what) => {
      simulation = simulate(...what);
      return simulation;
    },
    clock: new VirtualClock(),
    i2c: [],
    usb: [],
  });
  const panel = await opened.textDisplay("panel");
  await panel.write(1, 2, "hello");
  expect(simulation?.pictures()[0]?.picture).toContain("│  hello         │");
});
