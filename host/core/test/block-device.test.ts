import { describe, expect, test } from "vitest";
import { OpenBoard } from "../src/board/open.ts";
import { parseBoard } from "../src/board/parse.ts";
import { componentBytes } from "./component-bytes.ts";
import { fakeComponent } from "./fake-component.ts";
import { ComponentError, FakeBus, FakeClock } from "./fakes.ts";

/** A board whose driver of a disk writes down what it is asked for, and throws `state.fail`. */
async function setUp() {
  const log: unknown[][] = [];
  const state = { fail: undefined as unknown, blockCount: 2n ** 33n };
  const note =
    <Result>(name: string, result: () => Result) =>
    async (...values: unknown[]) => {
      log.push([name, ...values]);
      if (state.fail !== undefined) throw state.fail;
      return result();
    };
  const fixed = { vendor: "Acme", product: "Stick", revision: "1.0", blockSize: 512 };
  const device = {
    info: note("info", () => ({
      ...fixed,
      blockCount: state.blockCount,
      readOnly: false,
      removable: true,
      maximumTransferBlocks: 2048,
    })),
    read: note("read", () => Uint8Array.of(1, 2, 3)),
    write: note("write", () => undefined),
    flush: note("flush", () => undefined),
    close: note("close", () => undefined),
    [Symbol.dispose]: () => void log.push(["drop"]),
  };
  const exported = "busbar:device/block-device@0.1.0";
  const artifact = fakeComponent("./fake.wasm", componentBytes([], [exported]), () => ({
    [exported]: { open: async () => device },
  }));
  const entry = { driver: "fake", i2c: { bus: 1, address: "0x27" } };
  const board = await OpenBoard.open(parseBoard({ devices: { stick: entry } }), {
    clock: new FakeClock(),
    i2c: [new FakeBus()],
    loadComponent: async () => artifact,
  });
  return { board, log, state };
}

describe("a disk", () => {
  test("says what it is, with numbers for WIT's u64", async () => {
    const { board } = await setUp();
    await using _ = board;
    expect(board.devices).toEqual([{ name: "stick", kind: "blockDevice" }]);
    await using stick = await board.blockDevice("stick");
    expect(await stick.info()).toEqual({
      vendor: "Acme",
      product: "Stick",
      revision: "1.0",
      blockSize: 512,
      blockCount: 2 ** 33,
      readOnly: false,
      removable: true,
      maximumTransferBlocks: 2048,
    });
  });

  test("passes every call on, and closes", async () => {
    const { board, log } = await setUp();
    await using _ = board;
    const stick = await board.blockDevice("stick");
    expect(await stick.read(2 ** 40, 3)).toEqual(Uint8Array.of(1, 2, 3));
    await stick.write(7, Uint8Array.of(9));
    await stick.flush();
    await stick[Symbol.asyncDispose]();
    await stick[Symbol.asyncDispose]();
    expect(log).toEqual([
      ["read", 2n ** 40n, 3],
      ["write", 7n, Uint8Array.of(9)],
      ["flush"],
      ["close"],
      ["drop"],
    ]);
    await expect(stick.read(0, 1)).rejects.toMatchObject({ code: "disconnected" });
  });

  test("refuses what WIT's types cannot say, and asks nobody", async () => {
    const { board, log } = await setUp();
    await using _ = board;
    const stick = await board.blockDevice("stick");
    for (const block of [-1, 0.5, Number.NaN, 2 ** 53]) {
      await expect(stick.read(block, 1)).rejects.toMatchObject({ code: "invalid-argument" });
      await expect(stick.write(block, new Uint8Array(512))).rejects.toMatchObject({
        code: "invalid-argument",
      });
    }
    for (const count of [-1, 0.5, 2 ** 32]) {
      await expect(stick.read(0, count)).rejects.toMatchObject({ code: "invalid-argument" });
    }
    expect(log).toEqual([]);
  });

  test("a size that no disk has is the driver's mistake", async () => {
    const { board, state } = await setUp();
    await using _ = board;
    state.blockCount = 2n ** 64n - 1n;
    const stick = await board.blockDevice("stick");
    await expect(stick.info()).rejects.toMatchObject({ code: "protocol" });
  });

  test("fails with the driver's error", async () => {
    const { board, state } = await setUp();
    await using _ = board;
    const stick = await board.blockDevice("stick");
    state.fail = new ComponentError({ tag: "access-denied", val: "The medium is write-protected." });
    await expect(stick.write(0, new Uint8Array(512))).rejects.toMatchObject({
      message: "stick: The medium is write-protected.",
      code: "access-denied",
    });
  });
});
