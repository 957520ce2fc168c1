/** The package by its name on a board, over each of its buses, on the model by its name. */

import { join } from "node:path";
import { openBoard } from "@busbar/host-node";
import { simulate, VirtualClock } from "@busbar/sim";
import { expect, test } from "vitest";

const folder = join(import.meta.dirname, "..");
const lines = { dc: { chip: "lines", line: 4 }, reset: { chip: "lines", line: 5 } };

test.each([
  [
    "I2C",
    { i2c: { bus: "sim", address: "0x3D" } },
    { i2c: "sim", address: "0x3D", model: "ssd1306", size: "128x32" },
  ],
  [
    "SPI with its lines",
    {
      spi: { bus: "sim", chipSelect: 0, maximumHz: 8_000_000 },
      gpio: {
        lines: {
          dc: { ...lines.dc, direction: "out" },
          reset: { ...lines.reset, direction: "out", activeLevel: "active-low" },
        },
      },
    },
    { spi: "sim", chipSelect: 0, model: "ssd1306", size: "128x32", lines },
  ],
] as const)("on %s", async (_, wiring, simulated) => {
  const clock = new VirtualClock();
  const simulation = { pictures: () => [] as readonly { readonly picture: string }[] };
  await using board = await openBoard(
    {
      devices: { panel: { driver: "@busbar/ssd1306", ...wiring, settings: { size: "128x32" } } },
      simulate: [simulated],
    },
    {
      ...{ clock, folder, i2c: [], spi: [], gpio: [] },
      simulate: (...given) => {
        const made = simulate(...given);
        simulation.pictures = () => made.pictures();
        return made;
      },
    },
  );
  const panel = await board.textDisplay("panel");
  expect(panel.size).toEqual({ rows: 4, columns: 21 });
  await panel.write(3, 20, "L");
  const rows = simulation.pictures()[0]!.picture.split("\n");
  expect(rows.slice(13, 17).map((row) => row.slice(121, 127))).toEqual([
    "█     ",
    "█     ",
    "█     ",
    "▀▀▀▀▀ ",
  ]);
});
