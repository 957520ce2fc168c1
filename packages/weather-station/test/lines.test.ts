import type { Channel } from "@busbar/guest";
import { describe, expect, test } from "vitest";
import { linesFor, printedLine } from "../src/lines.ts";

const channel = (quantity: Channel["quantity"], label: string): Channel => ({
  quantity,
  label,
  minimum: 0,
  maximum: 1,
  resolution: 1,
});
const channels = [
  channel("temperature", "temperature"),
  channel("pressure", "pressure"),
  channel("relative-humidity", "humidity"),
];
const reading = { temperature: 22.66, pressure: 101_325, humidity: 44.6 };

describe("lines for a display", () => {
  test("a row for each channel, as wide as the display", () => {
    expect(linesFor({ rows: 2, columns: 16 }, channels, reading, 0)).toEqual([
      "          22.7 C",
      "        1013 hPa",
    ]);
  });

  test("rows without a channel are cleared", () => {
    expect(linesFor({ rows: 4, columns: 20 }, channels, reading, 0)[3]).toBe(" ".repeat(20));
  });

  test("one row shows the channels in turn", () => {
    const size = { rows: 1, columns: 16 };
    const shown = [0, 1, 2, 3].map((turn) => linesFor(size, channels, reading, turn)[0]?.trim());
    expect(shown).toEqual(["22.7 C", "1013 hPa", "45 %", "22.7 C"]);
  });

  test("four digits have no room for a unit, and a point takes none", () => {
    const size = { rows: 1, columns: 4 };
    expect(linesFor(size, channels, reading, 0)).toEqual([" 22.7"]);
    expect(linesFor(size, channels, reading, 1)).toEqual(["1013"]);
    expect(linesFor(size, channels, { ...reading, temperature: -5.04 }, 0)).toEqual([" -5.0"]);
  });
});

test("a printed line has all channels", () => {
  expect(printedLine(channels, reading)).toBe("temperature 22.7 C, pressure 1013 hPa, humidity 45 %");
});
