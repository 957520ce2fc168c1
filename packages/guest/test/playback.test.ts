import { describe, expect, test } from "vitest";
import { DriverError } from "../src/index.ts";
import { type ExpectedTransaction, failAt, Playback, PlaybackError } from "../src/playback.ts";

const all: ExpectedTransaction[] = [
  { write: [0xd0], read: [0x60] },
  { write: [0xe0, 0xb6] },
  { read: [1, 2] },
  { operations: [{ write: [5] }, { read: [6] }, { read: [7, 8] }] },
];

function useAll({ target }: Playback): void {
  expect([...target.writeRead(Uint8Array.of(0xd0), 1)]).toEqual([0x60]);
  target.write(Uint8Array.of(0xe0, 0xb6));
  expect([...target.read(2)]).toEqual([1, 2]);
  const results = target.transaction([{ write: Uint8Array.of(5) }, { read: 1 }, { read: 2 }]);
  expect(results.map((each) => [...each])).toEqual([[6], [7, 8]]);
}

describe("Playback", () => {
  test("plays every kind of transaction", () => {
    const playback = new Playback(0x76, all);
    useAll(playback);
    playback.done();
  });

  test("transactions that are left over are a failure", () => {
    const playback = new Playback(0x76, all);
    playback.target.writeRead(Uint8Array.of(0xd0), 1);
    expect(() => playback.done()).toThrow(
      new PlaybackError("3 transactions are left over, first: write E0 B6"),
    );
  });

  test("so is one too many", () => {
    const playback = new Playback(0x76, []);
    expect(() => playback.target.write(Uint8Array.of(1))).toThrow("transaction 0 is one too many: write 01");
  });

  test.each<[string, (playback: Playback) => unknown]>([
    ["other bytes", ({ target }) => target.writeRead(Uint8Array.of(0xd1), 1)],
    ["another length", ({ target }) => target.writeRead(Uint8Array.of(0xd0), 2)],
    ["another direction", ({ target }) => target.write(Uint8Array.of(0xd0, 0x60))],
    ["two transactions for one", ({ target }) => target.write(Uint8Array.of(0xd0))],
    ["another address", ({ bus }) => bus.writeRead(0x77, Uint8Array.of(0xd0), 1n)],
  ])("%s is a failure, which done repeats", (_what, use) => {
    const playback = new Playback(0x76, [{ write: [0xd0], read: [0x60] }]);
    expect(() => use(playback)).toThrow(PlaybackError);
    expect(() => playback.done()).toThrow(/^transaction 0 /);
  });

  test("the failure shows what happened and what was expected", () => {
    const playback = new Playback(0x76, [{ write: [0xd0], read: [0x60] }]);
    expect(() => playback.target.writeRead(Uint8Array.of(0x0a, 0xff), 3)).toThrow(
      "transaction 0 is write 0A FF, read 3, but expected was write D0, read 60",
    );
  });

  test("the handle takes lengths as either engine gives them", () => {
    for (const length of [2n, 2 as unknown as bigint]) {
      expect([...new Playback(0x76, [{ read: [1, 2] }]).bus.read(0x76, length)]).toEqual([1, 2]);
    }
  });

  test("records waits, and when they were", () => {
    const playback = new Playback(0x76, all.slice(0, 1));
    playback.delay.waitMs(2);
    playback.target.writeRead(Uint8Array.of(0xd0), 1);
    playback.delay.waitNs(500);
    expect(playback.waits).toEqual([
      { ms: 2, afterTransactions: 0 },
      { ms: 0.0005, afterTransactions: 1 },
    ]);
  });
});

describe("failAt", () => {
  test.each([0, 1, 2, 3])("fails transaction %i as the host would, after it was the right one", (index) => {
    const error = { tag: "no-acknowledge", val: "address" } as const;
    const playback = new Playback(0x76, [...failAt(all, index, error), ...all]);
    let caught: unknown;
    try {
      useAll(playback);
    } catch (thrown) {
      caught = thrown;
    }
    expect(caught).toBeInstanceOf(DriverError);
    expect((caught as DriverError).payload).toMatchObject({ val: { kind: "no-acknowledge-address" } });
    useAll(playback);
    playback.done();
  });

  test("there must be such a transaction", () => {
    expect(() => failAt(all, 4, { tag: "bus" })).toThrow(RangeError);
  });
});
