import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConcentrationFinder, checksumOf, commandOf } from "../src/frame.ts";

const seed = 20_261_130;
const bytes = fc.uint8Array({ maxLength: 40 });
const answerOf = (ppm: number, rest: readonly number[] = [0, 0, 0, 0]) => {
  const frame = Uint8Array.of(0xff, 0x86, ppm >> 8, ppm & 0xff, ...rest, 0);
  // The formula of the manual, in C: `checksum = 0xff - checksum; checksum += 1`.
  let checksum = 0;
  for (let index = 1; index < 8; index += 1) checksum = (checksum + frame[index]!) & 0xff;
  frame[8] = (0xff - checksum + 1) & 0xff;
  return frame;
};

describe("frames", () => {
  test("the commands of the manual have its checksums", () => {
    expect([...commandOf(0x86)]).toEqual([0xff, 1, 0x86, 0, 0, 0, 0, 0, 0x79]);
    expect([...commandOf(0x79, [0xa0])]).toEqual([0xff, 1, 0x79, 0xa0, 0, 0, 0, 0, 0xe6]);
    expect([...commandOf(0x79)]).toEqual([0xff, 1, 0x79, 0, 0, 0, 0, 0, 0x86]);
  });

  test("any answer is found in any pieces, behind anything without 0xFF", () => {
    const before = fc.uint8Array({ max: 0xfe, maxLength: 30 });
    const rest = fc.tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 0, max: 255 })));
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 0xffff }),
        rest,
        before,
        fc.integer({ min: 1, max: 20 }),
        (ppm, more, junk, piece) => {
          const sent = Uint8Array.of(...junk, ...answerOf(ppm, more));
          const finder = new ConcentrationFinder();
          const found: number[] = [];
          for (let at = 0; at < sent.length; at += piece) {
            const frame = finder.push(sent.subarray(at, at + piece));
            if (frame !== undefined) found.push(frame);
          }
          expect(found).toEqual([ppm]);
        },
      ),
      { seed, numRuns: 500 },
    );
  });

  test("one wrong bit is no answer", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0, max: 71 }), (ppm, bit) => {
        const frame = answerOf(ppm);
        frame[bit >> 3]! ^= 1 << (bit & 7);
        expect(new ConcentrationFinder().push(frame)).toBeUndefined();
      }),
      { seed, numRuns: 500 },
    );
  });

  test("anything at all is nothing, or a number that its checksum stands for", () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 8 }), (pieces) => {
        const finder = new ConcentrationFinder();
        for (const piece of pieces) {
          const found = finder.push(piece);
          if (found === undefined) continue;
          expect(found).toBeGreaterThanOrEqual(0);
          expect(found).toBeLessThanOrEqual(0xffff);
        }
      }),
      { seed, numRuns: 2000 },
    );
  });

  test("what was begun when a byte was lost is forgotten", () => {
    const finder = new ConcentrationFinder();
    finder.push(answerOf(544).subarray(0, 5));
    expect(finder.isDisturbed).toBe(true);
    finder.reset();
    expect(finder.push(answerOf(544).subarray(5))).toBeUndefined();
    expect(checksumOf(answerOf(544))).toBe(0x58);
  });
});
