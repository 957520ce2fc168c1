import { describe, expect, test } from "vitest";
import { DriverError, fromU64, WasiSpiDevice } from "../src/index.ts";
import type { WasiSpiDevice as Handle, WasiSpiOperation, WasiSpiResult } from "../src/wit.ts";

/** A device that answers a read with 1, 2, 3 ... and a transfer with the complement, and writes down what it was asked. */
function countingDevice(log: unknown[] = []): Handle {
  const never = () => {
    throw new Error("all goes by transaction");
  };
  return {
    read: never,
    write: never,
    transfer: never,
    transaction: (operations) => {
      log.push(operations.map(({ tag, val }) => [tag, typeof val === "object" ? [...val] : fromU64(val)]));
      return operations.map(answer);
    },
    [Symbol.dispose]: () => void log.push("dispose"),
  };
}

function answer({ tag, val }: WasiSpiOperation): WasiSpiResult {
  if (tag === "read") return { tag, val: Uint8Array.from({ length: fromU64(val) }, (_, index) => index + 1) };
  if (tag === "transfer") return { tag, val: val.map((byte) => ~byte) };
  return { tag: tag === "write" ? "write" : "delay" };
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

const failing = (payload: unknown): Handle =>
  Object.assign(countingDevice(), {
    transaction: () => {
      throw Object.assign(new Error("x"), { payload });
    },
  });

describe("WasiSpiDevice", () => {
  test("makes one transaction of each call", () => {
    const log: unknown[] = [];
    const device = new WasiSpiDevice(countingDevice(log));
    expect([...device.read(3)]).toEqual([1, 2, 3]);
    device.write(Uint8Array.of(9, 8));
    expect([...device.writeRead(Uint8Array.of(0x9f), 2)]).toEqual([1, 2]);
    expect([...device.transfer(Uint8Array.of(0x0f, 0xff))]).toEqual([0xf0, 0x00]);
    const operations = [
      { write: Uint8Array.of(5) },
      { delayNs: 1500.2 },
      { read: 1 },
      { transfer: Uint8Array.of(1) },
    ];
    expect(device.transaction(operations).map((each) => [...each])).toEqual([[1], [0xfe]]);
    expect(log).toEqual([
      [["read", 3]],
      [["write", [9, 8]]],
      [
        ["write", [0x9f]],
        ["read", 2],
      ],
      [["transfer", [0x0f, 0xff]]],
      [
        ["write", [5]],
        ["delay-ns", 1501],
        ["read", 1],
        ["transfer", [1]],
      ],
    ]);
  });

  test.each([
    [{ tag: "overrun" }, "overrun", "reading 4 bytes (the controller was too slow)"],
    [
      { tag: "mode-fault" },
      "arbitration-loss",
      "reading 4 bytes (another controller drives the chip select)",
    ],
    [{ tag: "frame-format" }, "bus", "reading 4 bytes (a frame of a wrong format)"],
    [{ tag: "chip-select-fault" }, "bus", "reading 4 bytes (the chip select could not be driven)"],
    [{ tag: "other", val: "no such bus" }, "other", "reading 4 bytes (no such bus)"],
    [{ tag: "other", val: "" }, "other", "reading 4 bytes"],
  ] as const)("says what it was doing when it fails with %j", (error, kind, message) => {
    const device = new WasiSpiDevice(failing(error));
    expect(payload(() => device.read(4))).toEqual({ tag: "bus", val: { kind, message } });
  });

  test.each([
    ["write", "writing 2 bytes"],
    ["transfer", "transferring 2 bytes"],
  ] as const)("a failing %s", (method, message) => {
    const device = new WasiSpiDevice(failing({ tag: "other", val: "" }));
    expect(payload(() => device[method](new Uint8Array(2)))).toMatchObject({ val: { message } });
  });

  test("lets what is no error of the bus pass: it is a bug", () => {
    const device = new WasiSpiDevice(failing({ tag: "no-acknowledge", val: "address" }));
    expect(() => device.read(1)).toThrow(/^x$/);
    const inherited = new WasiSpiDevice(failing({ tag: "constructor" }));
    expect(() => inherited.read(1)).toThrow(/^x$/);
  });

  test.each([
    ["fewer results", []],
    ["another kind of result", [{ tag: "write" }]],
    ["another number of bytes", [{ tag: "read", val: new Uint8Array(3) }]],
  ] as const)("a host that gives %s is not believed", (_, results) => {
    const handle = Object.assign(countingDevice(), { transaction: () => [...results] as WasiSpiResult[] });
    expect(payload(() => new WasiSpiDevice(handle).read(4))).toMatchObject({ val: { kind: "other" } });
  });

  test.each([0, -1, 1.5, Number.NaN])("does not read %d bytes", (length) => {
    expect(() => new WasiSpiDevice(countingDevice()).read(length)).toThrow(RangeError);
  });

  test.each([-1, 2 ** 31, Number.NaN])("does not hold the bus for %d ns", (delayNs) => {
    expect(() => new WasiSpiDevice(countingDevice()).transaction([{ delayNs }])).toThrow(RangeError);
  });

  test("is disposed once, and is disconnected afterwards", () => {
    const log: unknown[] = [];
    const device = new WasiSpiDevice(countingDevice(log));
    device[Symbol.dispose]();
    device[Symbol.dispose]();
    expect(log).toEqual(["dispose"]);
    expect(payload(() => device.read(1))).toEqual({
      tag: "disconnected",
      val: "The device was closed; open it again.",
    });
  });
});
