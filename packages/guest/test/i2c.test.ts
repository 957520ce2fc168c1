import { describe, expect, test } from "vitest";
import { DriverError, fromU64, hex, toU64, WasiDelay, WasiI2cTarget } from "../src/index.ts";
import type { WasiI2cHandle } from "../src/wit.ts";

/** What QuickJS does with a u64 argument: a BigInt does not throw there but ends the instance. */
const quickjs = (value: unknown): number => {
  if (typeof value !== "number") throw new Error("trap: expected number");
  return value;
};
/** What StarlingMonkey does with a u64 argument. */
const starlingMonkey = (value: unknown): number => Number(BigInt.asUintN(64, BigInt(value as number)));

/** A bus that answers a read with 1, 2, 3 ... and writes down what it was asked. */
function countingBus(u64: (value: unknown) => number, log: unknown[] = []) {
  const answer = (length: unknown) => Uint8Array.from({ length: u64(length) }, (_, index) => index + 1);
  const bus: WasiI2cHandle = {
    read: (address, length) => {
      log.push(["read", address, u64(length)]);
      return answer(length);
    },
    write: (address, data) => void log.push(["write", address, ...data]),
    writeRead: (address, data, length) => {
      log.push(["writeRead", address, ...data, u64(length)]);
      return answer(length);
    },
    transaction: (address, operations) => {
      log.push([
        "transaction",
        address,
        operations.map(({ tag, val }) => [tag, ...(tag === "read" ? [] : val)]),
      ]);
      return operations.filter(({ tag }) => tag === "read").map(({ val }) => answer(val));
    },
    [Symbol.dispose]: () => void log.push("dispose"),
  };
  return bus;
}

const payload = (body: () => unknown) => {
  try {
    body();
  } catch (error) {
    if (error instanceof DriverError) return error.payload;
    throw error;
  }
  throw new Error("nothing was thrown");
};

describe.each([
  ["QuickJS", quickjs],
  ["StarlingMonkey", starlingMonkey],
])("WasiI2cTarget with %s's u64", (_engine, u64) => {
  test("passes each kind of transaction on", () => {
    const log: unknown[] = [];
    const target = new WasiI2cTarget({ bus: countingBus(u64, log), address: 0x76 });
    expect(target.address).toBe(0x76);
    expect([...target.read(3)]).toEqual([1, 2, 3]);
    target.write(Uint8Array.of(9, 8));
    expect([...target.writeRead(Uint8Array.of(0xf7), 2)]).toEqual([1, 2]);
    const results = target.transaction([{ write: Uint8Array.of(5) }, { read: 1 }, { read: 2 }]);
    expect(results.map((each) => [...each])).toEqual([[1], [1, 2]]);
    expect(log).toEqual([
      ["read", 0x76, 3],
      ["write", 0x76, 9, 8],
      ["writeRead", 0x76, 0xf7, 2],
      ["transaction", 0x76, [["write", 5], ["read"], ["read"]]],
    ]);
  });
});

describe("WasiI2cTarget", () => {
  test("says what it was doing when a transaction fails", () => {
    const fail = () => {
      throw Object.assign(new Error("x"), { payload: { tag: "no-acknowledge", val: "address" } });
    };
    const bus = { read: fail, write: fail, writeRead: fail, transaction: fail, [Symbol.dispose]() {} };
    const target = new WasiI2cTarget({ bus, address: 0x0a });
    const fault = (message: string) => ({ tag: "bus", val: { kind: "no-acknowledge-address", message } });
    expect(payload(() => target.read(4))).toEqual(fault("reading 4 bytes from 0x0A"));
    expect(payload(() => target.write(new Uint8Array(2)))).toEqual(fault("writing 2 bytes to 0x0A"));
    expect(payload(() => target.writeRead(new Uint8Array(1), 4))).toEqual(
      fault("writing 1 bytes to 0x0A and reading 4"),
    );
    expect(payload(() => target.transaction([{ read: 1 }]))).toEqual(
      fault("a transaction of 1 operations with 0x0A"),
    );
  });

  test("takes no more and no fewer bytes than it asked for", () => {
    const wrong = () => new Uint8Array(3);
    const bus = {
      read: wrong,
      write() {},
      writeRead: wrong,
      transaction: () => [new Uint8Array(4)],
      [Symbol.dispose]() {},
    };
    const target = new WasiI2cTarget({ bus, address: 0x76 });
    expect(payload(() => target.read(4))).toEqual({
      tag: "bus",
      val: { kind: "other", message: "reading 4 bytes, of which the host gave 3" },
    });
    expect(payload(() => target.writeRead(Uint8Array.of(1), 2)).tag).toBe("bus");
    expect(payload(() => target.transaction([{ read: 4 }, { read: 4 }])).tag).toBe("bus");
  });

  test.each([0, -1, 1.5, Number.NaN])("refuses a read of %s bytes as the driver's bug", (length) => {
    const target = new WasiI2cTarget({ bus: countingBus(quickjs), address: 0x76 });
    expect(() => target.read(length)).toThrow(RangeError);
    expect(() => target.writeRead(Uint8Array.of(1), length)).toThrow(RangeError);
    expect(() => target.transaction([{ read: length }])).toThrow(RangeError);
  });

  test("releases the bus once, however often it is closed, and is of no use afterwards", () => {
    const log: unknown[] = [];
    const target = new WasiI2cTarget({ bus: countingBus(quickjs, log), address: 0x76 });
    target[Symbol.dispose]();
    target[Symbol.dispose]();
    expect(log).toEqual(["dispose"]);
    const expected = { tag: "disconnected", val: "The device at 0x76 was closed; open it again." };
    expect(payload(() => target.read(1))).toEqual(expected);
    expect(payload(() => target.write(Uint8Array.of(1)))).toEqual(expected);
    expect(payload(() => target.writeRead(Uint8Array.of(1), 1))).toEqual(expected);
    expect(payload(() => target.transaction([]))).toEqual(expected);
  });
});

describe("WasiDelay", () => {
  const recorded = () => {
    const calls: number[] = [];
    let disposed = 0;
    const handle = { delayNs: (ns: number) => void calls.push(ns), [Symbol.dispose]: () => void disposed++ };
    return { delay: new WasiDelay(handle), calls, disposed: () => disposed };
  };

  test("waits in nanoseconds", () => {
    const { delay, calls } = recorded();
    delay.waitMs(9.3);
    delay.waitNs(37_000.2);
    delay.waitMs(0);
    expect(calls).toEqual([9_300_000, 37_001]);
  });

  test("splits what both engines cannot pass as one u32", () => {
    const { delay, calls } = recorded();
    delay.waitMs(5000);
    delay.waitNs(2 ** 31 - 1);
    delay.waitNs(2 ** 31);
    const longest = 2 ** 31 - 1;
    expect(calls).toEqual([longest, longest, 5e9 - 2 * longest, longest, longest, 1]);
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 1e300])("refuses %s as the driver's bug", (ms) => {
    const { delay, calls } = recorded();
    expect(() => delay.waitMs(ms)).toThrow(RangeError);
    expect(calls).toEqual([]);
  });

  test("closes once, and is of no use afterwards", () => {
    const { delay, calls, disposed } = recorded();
    delay[Symbol.dispose]();
    delay[Symbol.dispose]();
    expect(disposed()).toBe(1);
    expect(payload(() => delay.waitMs(1)).tag).toBe("disconnected");
    expect(calls).toEqual([]);
  });
});

describe("numbers", () => {
  test("a u64 for the host is a Number, whatever its type says", () => {
    expect(toU64(8)).toBe(8);
    for (const value of [-1, 0.5, 2 ** 53]) expect(() => toU64(value)).toThrow(RangeError);
  });

  test("a u64 from the host is read from either", () => {
    expect([fromU64(8n), fromU64(8)]).toEqual([8, 8]);
    for (const value of [-1, 2n ** 53n, 2n ** 64n - 1n]) expect(() => fromU64(value)).toThrow(RangeError);
  });

  test("hex is written as in data sheets", () => {
    expect([hex(0x0a), hex(0xf7), hex(0x1d5, 4)]).toEqual(["0x0A", "0xF7", "0x01D5"]);
  });
});
