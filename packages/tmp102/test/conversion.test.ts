import { describe, expect, test } from "vitest";
import { convertTemperature, encodeLimit } from "../src/conversion.ts";

/** "Temperature Register", 12-bit format: °C and the upper 12 bits. */
const normal = [
  [127.9375, 0x7ff],
  [100, 0x640],
  [80, 0x500],
  [75, 0x4b0],
  [50, 0x320],
  [25, 0x190],
  [0.25, 0x004],
  [0, 0x000],
  [-0.25, 0xffc],
  [-25, 0xe70],
  [-55, 0xc90],
] as const;

/** "Extended Mode", 13-bit format: °C and the upper 13 bits. */
const extended = [
  [150, 0x0960],
  [128, 0x0800],
  [127.9375, 0x07ff],
  [100, 0x0640],
  [80, 0x0500],
  [75, 0x04b0],
  [50, 0x0320],
  [25, 0x0190],
  [0.25, 0x0004],
  [0, 0x0000],
  [-0.25, 0x1ffc],
  [-25, 0x1e70],
  [-55, 0x1c90],
] as const;

describe("the tables of the data sheet", () => {
  test.each(normal)("%d °C is %i in 12 bits", (celsius, digital) => {
    expect(convertTemperature(digital << 4, false)).toBe(celsius);
  });

  test.each(extended)("%d °C is %i in 13 bits", (celsius, digital) => {
    expect(convertTemperature((digital << 3) | 1, true)).toBe(celsius);
  });

  test.each(normal.filter(([celsius]) => Number.isInteger(celsius)))(
    "a limit of %d °C in 12 bits",
    (celsius, digital) => {
      expect(encodeLimit(celsius, false)).toBe(digital << 4);
    },
  );

  test.each(extended.filter(([celsius]) => Number.isInteger(celsius)))(
    "a limit of %d °C in 13 bits",
    (celsius, digital) => {
      expect(encodeLimit(celsius, true)).toBe(digital << 3);
    },
  );
});

/** A second way: the places of the bits, of which the uppermost counts negative. */
function placeValues(content: number, bits: number): number {
  let sixteenths = 0;
  for (let bit = 0; bit < bits; bit++) {
    const set = Math.floor(content / 2 ** (16 - bits + bit)) % 2;
    sixteenths += set * (bit === bits - 1 ? -1 : 1) * 2 ** bit;
  }
  return sixteenths / 16;
}

describe("every content of the register", () => {
  test("is a temperature where its fixed bits are right, and nothing otherwise", () => {
    for (let content = 0; content <= 0xffff; content++) {
      const expected = content % 16 === 0 ? placeValues(content, 12) : undefined;
      const expectedExtended = content % 8 === 1 ? placeValues(content, 13) : undefined;
      // Two comparisons instead of two `expect`: this runs 65,536 times. 0 and -0 are the same.
      if (convertTemperature(content, false) !== expected) expect.fail(`12 bits: ${content}`);
      if (convertTemperature(content, true) !== expectedExtended) expect.fail(`13 bits: ${content}`);
    }
  });

  test("a limit is what the part would compare as the same temperature", () => {
    for (let celsius = -55; celsius <= 150; celsius++) {
      expect(convertTemperature(encodeLimit(celsius, true) | 1, true)).toBe(celsius);
      if (celsius <= 127) expect(convertTemperature(encodeLimit(celsius, false), false)).toBe(celsius);
    }
  });
});
