/** What every I2C backend must do, whatever is behind it: @busbar/host, `I2cBus`. */

import { type I2cBus, I2cError, type I2cOperation } from "@busbar/host/backend";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** A backend under test, with 256 registers that keep what is written at 0x50 and nothing at 0x51. */
export interface I2cBackendContract {
  readonly name: string;
  /** Opens the bus; called several times, each for a handle of its own. */
  open(): I2cBus;
  /** Makes the bus. */
  setUp?(): Promise<void>;
  /** Takes it away. */
  tearDown?(): Promise<void>;
  /** The longest block in bytes; 32 for adapters that speak SMBus only. */
  readonly longestBlock: number;
  /** Whether it runs any transaction, or only those that SMBus has. */
  readonly anyTransaction: boolean;
}

const ADDRESS = 0x50;
const EMPTY_ADDRESS = 0x51;
/** An emulated machine takes its time for each of them. */
const TIMEOUT_MS = 60_000;

const write = (...bytes: number[]): I2cOperation => ({ kind: "write", data: Uint8Array.from(bytes) });
const read = (length: number): I2cOperation => ({ kind: "read", length });

/** The WIT error code of a transaction that must fail. */
function failure(transaction: () => unknown): I2cError["payload"] {
  try {
    transaction();
  } catch (thrown) {
    if (thrown instanceof I2cError) return thrown.payload;
    throw thrown;
  }
  throw new Error("the transaction did not fail");
}

/** The suite; call it in a test file. */
export function i2cBackendContract(contract: I2cBackendContract): void {
  const { longestBlock } = contract;
  describe(`the I2C backend ${contract.name}`, { timeout: TIMEOUT_MS }, () => {
    let bus: I2cBus;
    beforeAll(async () => {
      await contract.setUp?.();
      bus = contract.open();
    }, TIMEOUT_MS);
    afterAll(async () => {
      bus.close();
      await contract.tearDown?.();
    }, TIMEOUT_MS);

    test("what is written is read back, one array for each read", () => {
      expect(bus.transaction(ADDRESS, [write(0x10, 0xab)])).toEqual([]);
      expect(bus.transaction(ADDRESS, [write(0x10), read(1)])).toEqual([Uint8Array.of(0xab)]);
    });

    test(`a block of ${longestBlock} bytes arrives whole`, () => {
      const block = Uint8Array.from({ length: longestBlock }, (_, index) => (index * 7 + 1) & 0xff);
      for (const [index, value] of block.entries()) bus.transaction(ADDRESS, [write(index, value)]);
      const [first, ...rest] = bus.transaction(ADDRESS, [write(0), read(longestBlock)]);
      expect(first).toEqual(block);
      expect(rest).toEqual([]);
    });

    test("results are the caller's own: a later transaction does not change them", () => {
      bus.transaction(ADDRESS, [write(0x20, 1)]);
      const [before] = bus.transaction(ADDRESS, [write(0x20), read(1)]);
      bus.transaction(ADDRESS, [write(0x20, 2)]);
      bus.transaction(ADDRESS, [write(0x20), read(1)]);
      expect(before).toEqual(Uint8Array.of(1));
    });

    test("an address where nothing is does not acknowledge, and the next transaction works", () => {
      const { tag } = failure(() => bus.transaction(EMPTY_ADDRESS, [write(0), read(1)]));
      expect(tag).toBe("no-acknowledge");
      bus.transaction(ADDRESS, [write(0x30, 3)]);
      expect(bus.transaction(ADDRESS, [write(0x30), read(1)])).toEqual([Uint8Array.of(3)]);
    });

    test("an address of more than 7 bits is refused", () => {
      expect(failure(() => bus.transaction(0x80 | ADDRESS, [write(0), read(1)]))).toEqual({ tag: "other" });
    });

    test("a closed handle fails, closing twice is legal, and other handles go on", () => {
      const other = contract.open();
      expect(other.transaction(ADDRESS, [write(0x30), read(1)])).toHaveLength(1);
      other.close();
      other.close();
      expect(failure(() => other.transaction(ADDRESS, [write(0x30), read(1)]))).toEqual({ tag: "other" });
      expect(bus.transaction(ADDRESS, [write(0x30), read(1)])).toHaveLength(1);
    });

    test.runIf(contract.anyTransaction)(
      "several reads and writes are one transaction, results in order",
      () => {
        bus.transaction(ADDRESS, [write(0x40, 4, 5, 6)]);
        const results = bus.transaction(ADDRESS, [write(0x40), read(2), write(0x42), read(1)]);
        expect(results).toEqual([Uint8Array.of(4, 5), Uint8Array.of(6)]);
      },
    );

    test.runIf(!contract.anyTransaction)("what SMBus cannot express is refused, and never split", () => {
      bus.transaction(ADDRESS, [write(0x40, 4)]);
      const several = [write(0x40, 9), write(0x40), read(1)];
      expect(failure(() => bus.transaction(ADDRESS, several))).toEqual({ tag: "other" });
      expect(bus.transaction(ADDRESS, [write(0x40), read(1)])).toEqual([Uint8Array.of(4)]);
    });
  });
}
