import { I2cError, type I2cOperation } from "@busbar/host/backend";
import { beforeEach, expect, test } from "vitest";
import { BusFile } from "../src/linux/bus-file.ts";
import { RdwrBus } from "../src/linux/i2c-rdwr.ts";
import { E, type FakeAdapter, FakeMachine, thrown } from "./linux-machine.ts";

let machine: FakeMachine;
let adapter: FakeAdapter;
let bus: RdwrBus;

beforeEach(() => {
  machine = new FakeMachine();
  adapter = machine.addAdapter(1, "bcm2835 (i2c@7e804000)");
  adapter.targets.set(0x76, [0xde, 0xad]);
  bus = new RdwrBus(BusFile.open(1, machine)!);
});

const write = (...data: number[]): I2cOperation => ({ kind: "write", data: Uint8Array.from(data) });
const read = (length: number): I2cOperation => ({ kind: "read", length });

/** The error of a transaction that must fail. */
function fault(address: number, operations: I2cOperation[]): I2cError {
  const error = thrown(() => bus.transaction(address, operations));
  expect(error).toBeInstanceOf(I2cError);
  return error as I2cError;
}

test("a transaction is one I2C_RDWR with all its operations", () => {
  expect(bus.transaction(0x76, [write(0xf7), read(3), write(0xf4, 0x25), read(1)])).toEqual([
    Uint8Array.of(0xde, 0xad, 0xde),
    Uint8Array.of(0xde),
  ]);
  expect(adapter.wire).toEqual(["w1@76:f7 r3@76 w2@76:f425 r1@76"]);
});

test("a transaction without a read returns nothing", () => {
  expect(bus.transaction(0x76, [write(0xe0, 0xb6)])).toEqual([]);
});

test("the largest transaction that i2c-dev takes goes through, and one more of each does not", () => {
  expect(
    bus.transaction(
      0x76,
      Array.from({ length: 42 }, () => read(8192)),
    ),
  ).toHaveLength(42);
  expect(
    fault(
      0x76,
      Array.from({ length: 43 }, () => read(1)),
    ).message,
  ).toContain("42 operations");
  expect(fault(0x76, [read(8193)]).message).toContain("8192 bytes");
  expect(fault(0x76, [write(0), { kind: "write", data: new Uint8Array(8193) }]).message).toContain(
    "8192 bytes",
  );
  expect(adapter.wire).toHaveLength(1);
});

test.each<[string, number, I2cOperation[]]>([
  ["no operation", 0x76, []],
  ["an empty read", 0x76, [write(1), read(0)]],
  ["an empty write", 0x76, [write()]],
  ["a negative read", 0x76, [read(-1)]],
  ["a fractional read", 0x76, [read(1.5)]],
  ["an endless read", 0x76, [read(Number.POSITIVE_INFINITY)]],
  ["a ten-bit address", 0x80, [read(1)]],
  ["a negative address", -1, [read(1)]],
  ["a fractional address", 0.5, [read(1)]],
])("%s is refused before the bus is touched", (_, address, operations) => {
  expect(fault(address, operations).payload).toEqual({ tag: "other" });
  expect(adapter.wire).toEqual([]);
});

test("the kernel's errno becomes the WIT error, and the next transaction works", () => {
  expect(fault(0x77, [read(1)]).payload).toEqual({ tag: "no-acknowledge", val: "address" });
  adapter.targets.set(0x20, { errno: E.ETIMEDOUT });
  expect(fault(0x20, [read(1)]).payload).toEqual({ tag: "bus" });
  expect(bus.transaction(0x76, [read(1)])).toEqual([Uint8Array.of(0xde)]);
});

test("fewer messages than asked for are an error, not short data", () => {
  adapter.transferred = 1;
  expect(fault(0x76, [write(0xf7), read(8)]).message).toContain("only 1 of 2 operations");
});

test("an address that a kernel driver holds is not touched, and the message releases it", () => {
  machine.bind(1, 0x76, "bmp280");
  const error = fault(0x76, [read(1)]);
  expect(error.payload).toEqual({ tag: "other" });
  expect(error.message).toBe(
    "/dev/i2c-1, address 0x76: the kernel driver bmp280 uses this address; release it with: echo 1-0076 | sudo tee /sys/bus/i2c/drivers/bmp280/unbind",
  );
  expect(adapter.wire).toEqual([]);
});

test("a driver behind a multiplexer has no name on this bus, but is respected", () => {
  adapter.bound.add(0x76);
  expect(fault(0x76, [read(1)]).message).toContain("a kernel driver uses this address");
});

test("closing closes the file once, and a transaction afterwards is an I2cError", () => {
  bus.close();
  bus.close();
  expect(machine.descriptors.size).toBe(0);
  expect(fault(0x76, [read(1)]).message).toContain("closed");
});
