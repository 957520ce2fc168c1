import { describe, expect, test } from "vitest";
import { codeIn, requestOf, voltsOf } from "../src/conversion.ts";

describe("a request (figure 6-1, tables 5-1 and 5-2)", () => {
  test.each([
    ["single-ended", 0, 0b1000_0000],
    ["single-ended", 3, 0b1011_0000],
    ["single-ended", 7, 0b1111_0000],
    ["differential", 0, 0b0000_0000],
    ["differential", 6, 0b0110_0000],
  ] as const)("%s, input %d", (mode, input, second) => {
    expect([...requestOf({ mode, input })]).toEqual([1, second, 0]);
  });
});

describe("a code", () => {
  test("is the ten bits after a low one, whatever comes before", () => {
    for (let code = 0; code < 1024; code++) {
      const answer = Uint8Array.of(0xff, 0b1111_1000 + Math.floor(code / 256), code % 256);
      if (codeIn(answer) !== code) expect.fail(`${code}`);
    }
  });

  test.each([
    [0xff, 0xff, 0xff],
    [0x00, 0x04, 0x00],
  ])("is none where that bit is high: %i %i %i", (...answer) => {
    expect(codeIn(Uint8Array.from(answer))).toBeUndefined();
  });

  test("is none where bytes are missing", () => {
    expect(codeIn(new Uint8Array(1))).toBeUndefined();
  });

  test.each([
    [0, 0],
    [512, 1.65],
    [1023, (3.3 * 1023) / 1024],
  ])("%d of 1024 at 3.3 V", (code, volts) => expect(voltsOf(code, 3.3)).toBeCloseTo(volts, 12));
});
