import { bytes } from "@busbar/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { crc8, parseWords } from "../src/crc.ts";
import { referenceCrc8 } from "./reference.ts";

const seed = 20261122;
const crc = (text: string) => crc8(Uint8Array.from(bytes(text)));
const words = (text: string) => parseWords(Uint8Array.from(bytes(text)));

describe("the checksum", () => {
  test("of 0xBEEF is 0x92 (4.12, table 20)", () => {
    expect(crc("be ef")).toBe(0x92);
  });

  test.each([
    ["", 0xff],
    ["00", 0xac],
    ["00 00", 0x81],
    // The check value of CRC-8/NRSC-5, which is this polynomial and initialization.
    ["31 32 33 34 35 36 37 38 39", 0xf7],
  ])("of %s is %i", (text, expected) => {
    expect(crc(text)).toBe(expected);
  });

  test("of every word is that of a second way", () => {
    for (let word = 0; word <= 0xffff; word++) {
      const [high, low] = [word >> 8, word & 0xff];
      if (crc8(Uint8Array.of(high, low)) !== referenceCrc8([high, low])) expect.fail(`of ${word}`);
    }
  });
});

describe("parseWords", () => {
  test("takes each word that is followed by its checksum", () => {
    expect(words("beef 92")).toEqual([0xbeef]);
    expect(words("6666 93 3333 88")).toEqual([0x6666, 0x3333]);
    expect(words("ffff ac 0000 81")).toEqual([0xffff, 0]);
    expect(words("")).toEqual([]);
  });

  test("reads a part of a larger buffer where it is", () => {
    expect(parseWords(Uint8Array.from(bytes("ff beef 92")).subarray(1))).toEqual([0xbeef]);
  });

  test.each(["beef 93", "beef 92 beef 93", "beef", "be", "beef 92 be", "beee 92", "efbe 92"])(
    "refuses %s",
    (text) => expect(words(text)).toBeUndefined(),
  );

  test("notices every wrong bit, and every burst of up to eight", () => {
    const burst = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 1, max: 0xff }));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff }), burst, (word, [shift, pattern]) => {
        const right = (word << 8) | crc8(Uint8Array.of(word >> 8, word & 0xff));
        const wrong = right ^ ((pattern << shift) & 0xffffff);
        fc.pre(wrong !== right);
        const sent = Uint8Array.of((wrong >> 16) & 0xff, (wrong >> 8) & 0xff, wrong & 0xff);
        expect(parseWords(sent)).toBeUndefined();
      }),
      { seed, numRuns: 5000 },
    );
  });

  test("anything is words or nothing, never an exception", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (sent) => {
        const parsed = parseWords(sent);
        return parsed === undefined || parsed.every((word) => Number.isInteger(word) && word <= 0xffff);
      }),
      { seed, numRuns: 2000 },
    );
  });
});
