import { expect, test } from "vitest";
import { blocksOf, checkBlockRange } from "../src/index.ts";

const disk = { blockCount: 100, maximumTransferBlocks: 16 };

test.each([
  [0, 1],
  [84, 16],
  [99, 1],
])("blocks from %d on, %d of them, are on it", (first, count) => {
  expect(() => checkBlockRange(disk, first, count)).not.toThrow();
});

test.each([
  [0, 0, "0 blocks at once are not possible, only 1 to 16."],
  [0, 17, "17 blocks at once are not possible, only 1 to 16."],
  [0, 1.5, "1.5 blocks at once are not possible, only 1 to 16."],
  [99, 2, "Blocks 99 to 100 are not all on the medium: its last one is 99."],
  [-1, 1, "Blocks -1 to -1 are not all on the medium: its last one is 99."],
])("blocks from %d on, %d of them, are refused", (first, count, message) => {
  expect(() => checkBlockRange(disk, first, count)).toThrow(message);
});

test("data is a whole number of blocks", () => {
  expect(blocksOf(new Uint8Array(1024), 512)).toBe(2);
  expect(() => blocksOf(new Uint8Array(1000), 512)).toThrow(
    "1000 bytes are no whole number of blocks, which have 512 bytes.",
  );
});
