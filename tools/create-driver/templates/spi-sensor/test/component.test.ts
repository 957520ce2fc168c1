/** The built component, through the host, with the package's own board file. */

import { join } from "node:path";
import { openBoard } from "@busbar/host-node";
import { simulate, VirtualClock } from "@busbar/sim";
import { expect, test } from "vitest";

const board = join(import.meta.dirname, "../board.json");

test("board.json gives a reading", async () => {
  await using opened = await openBoard(board, { simulate, clock: new VirtualClock(), spi: [] });
  const sensor = await opened.sensor("indoor");
  expect((await sensor.read()).temperature).toBeCloseTo(21.5, 0);
});
