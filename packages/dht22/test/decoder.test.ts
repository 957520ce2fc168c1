import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decode } from "../src/decoder.ts";

/** The times of the edges of an answer, from the part's response on, as the data sheet has them. @param jitter of each edge, in µs */
function edgesOf(bits: string, jitter: (edge: number) => number = () => 0): number[] {
  const lengths = [80, 80, ...[...bits].flatMap((bit) => [50, bit === "1" ? 70 : 26]), 50];
  let us = 1_000_000;
  return [us, ...lengths.map((length) => (us += length))].map((each, index) => (each + jitter(index)) / 1000);
}

const bitsOf = (...bytes: number[]) => bytes.map((byte) => byte.toString(2).padStart(8, "0")).join("");

describe("an answer", () => {
  test.each([
    // The data sheet's own examples: 65.2 %RH and 35.1 °C; -10.1 °C.
    ["0000001010001100", "0000000101011111", "11101110", { humidity: 65.2, temperature: 35.1 }],
    ["0000001010001100", "1000000001100101", "01110011", { humidity: 65.2, temperature: -10.1 }],
    ["0000001111100111", "1000000000000000", "01101010", { humidity: 99.9, temperature: 0 }],
  ])("%s %s %s", (humidity, temperature, sum, answer) => {
    expect(decode(edgesOf(humidity + temperature + sum))).toEqual(answer);
  });

  test("is the same without the edges before it, and with those of the start signal", () => {
    const times = edgesOf(bitsOf(2, 140, 1, 95, 238));
    for (const from of [0, 1, 2, 3]) expect(decode(times.slice(from))).toMatchObject({ temperature: 35.1 });
    expect(decode([997, 999.9, ...times])).toMatchObject({ temperature: 35.1 });
  });

  test("survives interrupts that are late by 10 µs", () => {
    const byte = fc.integer({ min: 0, max: 255 });
    const late = fc.array(fc.integer({ min: 0, max: 10 }), { minLength: 84, maxLength: 84 });
    fc.assert(
      fc.property(byte, byte, byte, byte, late, (a, b, c, d, jitter) => {
        const times = edgesOf(bitsOf(a, b, c, d, (a + b + c + d) % 256), (edge) => jitter[edge]!);
        const sign = c >= 128 && (c % 128) + d > 0 ? -1 : 1;
        expect(decode(times)).toEqual({
          humidity: (256 * a + b) / 10,
          temperature: (sign * (256 * (c % 128) + d)) / 10,
        });
      }),
      { seed: 20261130, numRuns: 500 },
    );
  });

  test("is none where there are no edges but the host's own", () => {
    expect([decode([]), decode([1]), decode([1, 3])]).toEqual(["silent", "silent", "silent"]);
  });

  test("has edges missing where two of a bit are, wherever that is", () => {
    const times = edgesOf(bitsOf(2, 140, 1, 95, 238));
    for (let first = 3; first < times.length - 2; first += 1) {
      expect(decode(times.toSpliced(first, 2)), String(first)).toBe("missing");
    }
    // Without its end it looks like an answer that began a bit earlier: the sum is for that.
    expect(decode(times.slice(0, -2))).toBe("checksum");
  });

  test("with one edge less or more somewhere is no answer", () => {
    const times = edgesOf(bitsOf(2, 140, 1, 95, 238));
    for (let at = 4; at < times.length - 1; at += 1) {
      expect(typeof decode(times.toSpliced(at, 1)), String(at)).toBe("string");
      expect(typeof decode(times.toSpliced(at, 0, times[at]! - 0.005)), String(at)).toBe("string");
    }
    expect(decode([...times, ...times])).toBe("too-many");
  });

  test.each([0, 7, 8, 31, 39])("with bit %i turned over has a wrong sum", (bit) => {
    const bits = bitsOf(2, 140, 1, 95, 238);
    const turned = bits.slice(0, bit) + (bits[bit] === "0" ? "1" : "0") + bits.slice(bit + 1);
    expect(decode(edgesOf(turned))).toBe("checksum");
  });

  test("of anything is a value of the right size, or a reason", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 0.2, noNaN: true }), { maxLength: 100 }), (gaps) => {
        let atMs = 0;
        const answer = decode(gaps.map((gap) => (atMs += gap)));
        if (typeof answer === "string") return;
        expect(answer.humidity).toBeLessThanOrEqual(6553.5);
        expect(Math.abs(answer.temperature)).toBeLessThanOrEqual(3276.7);
      }),
      { seed: 20261130, numRuns: 500 },
    );
  });
});
