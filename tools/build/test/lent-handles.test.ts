/** A component of another toolchain: handles that it is lent end with the call, those that it is given do not. */

import { beforeAll, describe, expect, test } from "vitest";
import { endBorrowsWithTheCall, transpileComponent } from "../src/transpile.ts";
import { instantiate } from "./instantiate.ts";
import { watI2cReader } from "./wat-components.ts";

/** What the component exports. Only what suspends makes it asynchronous, and nothing here does. */
interface Reader {
  readByte(connection: I2c, address: number): Uint8Array;
  keep(connection: I2c): void;
  takeAndKeep(connection: I2c): void;
  readKept(address: number): Uint8Array;
  dropTwice(connection: I2c): void;
}

class I2c {
  reads = 0;
  dropped = 0;

  read(address: number, length: bigint): Uint8Array {
    this.reads += 1;
    return new Uint8Array(Number(length)).fill(address);
  }

  [Symbol.dispose](): void {
    this.dropped += 1;
  }
}

let files: ReadonlyMap<string, Uint8Array>;

beforeAll(async () => {
  files = await transpileComponent(await watI2cReader());
}, 60_000);

async function start(): Promise<Reader> {
  const exports = await instantiate<Record<string, Reader>>(files, { "wasi:i2c/i2c": { I2c } });
  return exports["other:thing/reader@0.1.0"]!;
}

describe("borrow<i2c>", () => {
  test("is lent for the call, any number of times, and never dropped for the program", async () => {
    const reader = await start();
    const connection = new I2c();
    for (let call = 0; call < 3; call += 1) {
      expect(reader.readByte(connection, 0x48)).toEqual(Uint8Array.of(0x48));
    }
    expect(connection).toMatchObject({ reads: 3, dropped: 0 });
  });

  test("that is kept past the end of the call is a trap", async () => {
    const reader = await start();
    expect(() => reader.keep(new I2c())).toThrow("borrow handles still remain at the end of the call");
  });

  test("that was dropped is gone", async () => {
    const reader = await start();
    const connection = new I2c();
    expect(() => reader.dropTwice(connection)).toThrow("unknown handle index");
    expect(connection.dropped).toBe(0);
  });
});

test("own<i2c> is given away: it works in later calls, until the component drops it", async () => {
  const reader = await start();
  const connection = new I2c();
  reader.takeAndKeep(connection);
  expect(reader.readKept(0x20)).toEqual(Uint8Array.of(0x20));
  expect(reader.readKept(0x21)).toEqual(Uint8Array.of(0x21));
  expect(connection).toMatchObject({ reads: 2, dropped: 0 });
  reader.takeAndKeep(new I2c());
  expect(connection.dropped).toBe(1);
});

test("lending in another form is refused, and none at all is fine", () => {
  expect(endBorrowsWithTheCall("const a = 1;")).toBe("const a = 1;");
  const lending = "handle0 = rscTableCreateBorrow(handleTable0, rep, SCOPE_ID);";
  const remove = "function rscTableRemove(table, handle) {}";
  expect(endBorrowsWithTheCall(`${remove} ${lending}`)).toContain(
    "rscTableLend(task, handleTable0, rep, captureTable0)",
  );
  expect(() => endBorrowsWithTheCall(lending)).toThrow("another rscTableRemove");
  expect(() => endBorrowsWithTheCall(`${remove} ${lending.replace("rep", "rep0")}`)).toThrow(
    "another rscTableCreateBorrow",
  );
});
