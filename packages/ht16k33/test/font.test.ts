import { payload } from "@busbar/contract";
import { DriverError } from "@busbar/guest";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DECIMAL_POINT, layOut } from "../src/font.ts";

import vectors from "./vectors/ht16k33.json" with { type: "json" };

const cells = (text: string, column = 0) => layOut(text, column).cells;
const [font] = vectors.fonts;
const adafruit: Readonly<Record<string, string>> = font!.glyphs;

describe("characters", () => {
  test.each(Object.entries(vectors.universal_digits))("%j is what every font has", (character, segments) => {
    expect(cells(character)).toEqual([Number.parseInt(segments, 16)]);
  });

  test.each([..."GHIJLOPSTUYZabcdeghijlnopqrstuyz=_'\"/\\|^"])("%s is as in Adafruit's font", (character) => {
    expect(cells(character)).toEqual([Number.parseInt(adafruit[character]!, 16)]);
  });

  test.each([..."KMVWXkmvwx%&*+@#$~;<>,\n\t\0€äßЖ日", "🙂", "\ud83d", "\u{e000}"])(
    "%j has no form of seven segments",
    (character) => {
      const error = payload(() => layOut(`1${character}`, 0));
      expect(error).toMatchObject({
        tag: "invalid-argument",
        val: expect.stringContaining("The HT16K33 cannot show "),
      });
    },
  );
});

describe("points", () => {
  test.each([
    ["3.14", [0x4f | DECIMAL_POINT, 0x06, 0x66]],
    ["1.", [0x06 | DECIMAL_POINT]],
    [".5", [DECIMAL_POINT, 0x6d]],
    ["1..2", [0x06 | DECIMAL_POINT, DECIMAL_POINT, 0x5b]],
    ["....", [DECIMAL_POINT, DECIMAL_POINT, DECIMAL_POINT, DECIMAL_POINT]],
    [" .", [DECIMAL_POINT]],
    ["-0.5", [0x40, 0x3f | DECIMAL_POINT, 0x6d]],
    ["", []],
  ])("%j", (text, expected) => {
    expect(layOut(text, 0)).toEqual({ cells: expected, colon: false });
  });
});

describe("the colon", () => {
  test.each([
    ["12:30", 0, 4],
    ["12:", 0, 2],
    ["2:30", 1, 3],
    ["1.2.:3", 0, 3],
    ["12:.", 0, 3],
  ])("of %j from column %i on takes no column", (text, column, width) => {
    const layout = layOut(text, column);
    expect(layout.colon).toBe(true);
    expect(layout.cells).toHaveLength(width);
  });

  test.each([
    ["1:23", 0],
    [":12", 0],
    ["12:3:4", 0],
    ["12::", 0],
    ["123:4", 0],
    [":30", 2],
    ["12:30", 1],
  ])("of %j from column %i on is elsewhere", (text, column) => {
    expect(payload(() => layOut(text, column))).toEqual({
      tag: "invalid-argument",
      val: 'The HT16K33 display has one colon, after column 1; write it there, as in "12:30" from column 0 on.',
    });
  });
});

test("any text is laid out or refused, and is no wider than it is long", () => {
  const character = fc.constantFrom(..."0123456789AbCdEF-. :.:.");
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: "binary", maxLength: 12 }), fc.string({ unit: character, maxLength: 8 })),
      fc.nat(3),
      (text, column) => {
        try {
          const layout = layOut(text, column);
          expect(layout.cells.length).toBeLessThanOrEqual([...text].length);
          for (const segments of layout.cells) expect(segments & ~0xff).toBe(0);
        } catch (error) {
          expect(error).toBeInstanceOf(DriverError);
        }
      },
    ),
    { seed: 16, numRuns: 500 },
  );
});
