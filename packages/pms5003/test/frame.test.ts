import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commandOf, type Values, ValuesFinder } from "../src/frame.ts";

const seed = 20_261_130;
const word = fc.integer({ min: 0, max: 0xffff });
const words = fc.array(word, { minLength: 13, maxLength: 13 });

/** With the check code as the manual has it: "Check code = Start character 1 + Start character 2 + ... + data 13 low 8 bits". */
function frameOf(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(32);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of [0x424d, 28, ...values].entries()) view.setUint16(2 * index, value);
  view.setUint16(
    30,
    bytes.reduce((sum, byte) => sum + byte, 0),
  );
  return bytes;
}

function found(bytes: Uint8Array, piece: number): Values[] {
  const finder = new ValuesFinder();
  const all: Values[] = [];
  for (let at = 0; at < bytes.length; at += piece) {
    let next = finder.push(bytes.subarray(at, at + piece));
    while (next !== undefined) {
      all.push(next);
      next = finder.push(new Uint8Array());
    }
  }
  return all;
}

/** A frame that a part has sent (Pimoroni's forum, 15841), its check code mended. */
const recorded = frameOf([4, 5, 5, 4, 5, 3, 0x7e00 >> 8, 226, 23, 2, 0, 0, 0x9700]);

describe("frames", () => {
  test("the commands of the manual have their verify bytes", () => {
    const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
    expect(hex(commandOf(0xe2))).toBe("424de200000171");
    expect(hex(commandOf(0xe1, 0))).toBe("424de100000170");
    expect(hex(commandOf(0xe1, 1))).toBe("424de100010171");
    expect(hex(commandOf(0xe4, 0))).toBe("424de400000173");
    expect(hex(commandOf(0xe4, 1))).toBe("424de400010174");
  });

  test("values are where the manual has them", () => {
    expect(found(recorded, 32)).toEqual([
      {
        standard: { pm1: 4, pm25: 5, pm10: 5 },
        atmospheric: { pm1: 4, pm25: 5, pm10: 3 },
        numbers: [126, 226, 23, 2, 0, 0],
      },
    ]);
  });

  test("any are found in any pieces, behind the rest of one and an answer to a command", () => {
    const answer = [0x42, 0x4d, 0, 4, 0xe1, 0, 0x01, 0x74];
    fc.assert(
      fc.property(
        words,
        words,
        fc.integer({ min: 1, max: 31 }),
        fc.integer({ min: 1, max: 40 }),
        (one, other, from, piece) => {
          // A rest that looks like a beginning would swallow what follows, as far as its own length.
          const rest = frameOf(one.map((value) => value & 0x3f3f)).subarray(from);
          const sent = Uint8Array.of(...rest, ...answer, ...frameOf(one), ...frameOf(other));
          const all = found(sent, piece);
          expect(all.map(({ numbers }) => numbers[5])).toEqual([one[11], other[11]]);
        },
      ),
      { seed, numRuns: 500 },
    );
  });

  test("one wrong bit is no frame, and the next one is found", () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 0, max: 255 }), (values, bit) => {
        const wrong = frameOf(values.map((value) => value & 0x3f3f));
        wrong[bit >> 3]! ^= 1 << (bit & 7);
        const next = frameOf(Array(13).fill(7));
        // Two of them: a length that was made longer takes some of the first.
        const all = found(Uint8Array.of(...wrong, ...next, ...next), 5);
        expect(all.length).toBeGreaterThanOrEqual(1);
        for (const { numbers } of all) expect(numbers).toEqual([7, 7, 7, 7, 7, 7]);
      }),
      { seed, numRuns: 1000 },
    );
  });

  test("anything at all ends in nothing or in values, and keeps no more than a frame", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.array(fc.constantFrom(0x42, 0x4d, 0, 28, 4), { maxLength: 100 }).map((all) => Uint8Array.from(all)),
    );
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 6 }), (pieces) => {
        const finder = new ValuesFinder();
        for (const piece of pieces) finder.push(piece);
        finder.reset();
        expect(finder.push(recorded)).toBeDefined();
      }),
      { seed, numRuns: 2000 },
    );
  });
});
