import { describe, expect, test } from "vitest";
import { isUniform, readTwice } from "../src/index.ts";

const good = Uint8Array.of(1, 2, 3);
const garbled = Uint8Array.of(1, 9, 3);
const stuck = Uint8Array.of(0, 0, 0);

/** What `readTwice` makes of these reads, how many it needed, and how often it paused. */
function play(...reads: Uint8Array[]) {
  let count = 0;
  let pauses = 0;
  const bytes = readTwice(() => reads[count++]!, {
    makesSense: (each) => !isUniform(each),
    attempts: 4,
    pause: () => {
      pauses += 1;
    },
  });
  return { bytes, count, pauses };
}

describe("what is read twice", () => {
  test.each([
    ["came twice", [good, good], { bytes: good, count: 2, pauses: 0 }],
    ["was garbled first", [garbled, good, good], { bytes: good, count: 3, pauses: 0 }],
    ["was garbled in the middle", [good, garbled, good, good], { bytes: good, count: 4, pauses: 0 }],
    ["was not there yet", [stuck, stuck, good, good], { bytes: good, count: 4, pauses: 2 }],
    ["never came", [stuck, stuck, stuck, stuck], { bytes: undefined, count: 4, pauses: 4 }],
    ["never came twice in a row", [good, garbled, good, garbled], { bytes: undefined, count: 4, pauses: 0 }],
    ["is longer", [good, Uint8Array.of(1, 2), good, good], { bytes: good, count: 4, pauses: 0 }],
  ] as const)("%s", (_, reads, expected) => {
    expect(play(...reads)).toEqual(expected);
  });
});
