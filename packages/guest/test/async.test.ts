import { describe, expect, test } from "vitest";
import { type FutureReadable, type StreamReadable, takeItems, takeValue } from "../src/index.ts";

/** A future that counts how often it was dropped. */
function future<Value>(value: Promise<Value>): FutureReadable<Value> & { drops: number } {
  const made = {
    drops: 0,
    read: () => value,
    drop: () => {
      made.drops += 1;
    },
    [Symbol.dispose]: () => made.drop(),
  };
  return made;
}

/** A stream of these items that counts how often it was dropped. */
function stream<Item>(items: readonly Item[]): StreamReadable<Item> & { drops: number } {
  const left = [...items];
  const end = { value: undefined, done: true } as const;
  const made = {
    drops: 0,
    read: async (count = 1) => left.splice(0, count),
    next: async () => (left.length > 0 ? { value: left.shift()!, done: false as const } : end),
    return: async () => end,
    drop: () => {
      made.drops += 1;
    },
    [Symbol.dispose]: () => made.drop(),
    [Symbol.asyncIterator]: () => made,
  };
  return made;
}

describe("takeValue", () => {
  test("gives the value, and drops the future", async () => {
    const made = future(Promise.resolve(7));
    expect(await takeValue(made)).toBe(7);
    expect(made.drops).toBe(1);
  });

  test("drops it where there is no value", async () => {
    const made = future(Promise.reject(new Error("future writer dropped")));
    await expect(takeValue(made)).rejects.toThrow("future writer dropped");
    expect(made.drops).toBe(1);
  });
});

describe("takeItems", () => {
  test("gives all items, and drops the stream at its end", async () => {
    const made = stream([1, 2, 3]);
    const taken: number[] = [];
    for await (const item of takeItems(made)) taken.push(item);
    expect(taken).toEqual([1, 2, 3]);
    expect(made.drops).toBe(1);
  });

  test("drops it when the loop is left", async () => {
    const made = stream([1, 2, 3]);
    for await (const item of takeItems(made)) if (item === 2) break;
    expect(made.drops).toBe(1);
  });
});
