import { I2cError, type I2cOperation } from "@busbar/host/backend";
import { beforeEach, expect, test } from "vitest";
import { BusFile } from "../src/linux/bus-file.ts";
import { I2C_FUNC_SMBUS_READ_I2C_BLOCK, I2C_FUNC_SMBUS_WRITE_I2C_BLOCK } from "../src/linux/constants.ts";
import { i2cBusProblem } from "../src/linux/i2c-bus-module.ts";
import { SmbusBus } from "../src/linux/smbus.ts";
import { E, FakeMachine, STUB_SMBUS, thrown } from "./linux-machine.ts";

let machine: FakeMachine;
let bus: SmbusBus;

function open(functionality: number): SmbusBus {
  machine = new FakeMachine();
  machine.addAdapter(3, "SMBus stub driver", functionality);
  return new SmbusBus(BusFile.open(3, machine)!, machine.i2cBus().openSync(3));
}

beforeEach(() => {
  bus = open(STUB_SMBUS);
});

const write = (...data: number[]): I2cOperation => ({ kind: "write", data: Uint8Array.from(data) });
const read = (length: number): I2cOperation => ({ kind: "read", length });

function fault(operations: I2cOperation[]): I2cError {
  const error = thrown(() => bus.transaction(0x76, operations));
  expect(error).toBeInstanceOf(I2cError);
  return error as I2cError;
}

test.each<[I2cOperation[], string, number[][]]>([
  [[write(0xe0)], "sendByte 118 224", []],
  [[read(1)], "receiveByte 118", [[0xab]]],
  [[write(0xd0), read(1)], "readByte 118 208", [[0x60]]],
  [[write(0x88), read(4)], "readI2cBlock 118 136 4", [[1, 2, 3, 4]]],
  [[write(0x88), read(32)], "readI2cBlock 118 136 32", [Array.from({ length: 32 }, (_, i) => i + 1)]],
  [[write(0xf4, 0x25)], "writeByte 118 244 37", []],
  [[write(0xf2, 1, 0xf4, 0x25)], "writeI2cBlock 118 242 3 01f425", []],
])("%j is one call of i2c-bus", (operations, call, result) => {
  expect(bus.transaction(0x76, operations).map((bytes) => [...bytes])).toEqual(result);
  expect(machine.port).toEqual([`i2c-3 ${call}`]);
});

test("words have their low byte first", () => {
  bus = open(STUB_SMBUS & ~(I2C_FUNC_SMBUS_READ_I2C_BLOCK | I2C_FUNC_SMBUS_WRITE_I2C_BLOCK));
  expect(bus.transaction(0x76, [write(0x88), read(2)])).toEqual([Uint8Array.of(0xef, 0xbe)]);
  bus.transaction(0x76, [write(0x10, 0x34, 0x12)]);
  expect(machine.port).toEqual(["i2c-3 readWord 118 136", `i2c-3 writeWord 118 16 ${0x1234}`]);
});

test("what SMBus cannot express is refused and nothing is sent", () => {
  const error = fault([write(0x88), read(33)]);
  expect(error.payload).toEqual({ tag: "other" });
  expect(error.message).toContain("unsupported");
  expect(machine.port).toEqual([]);
});

test("an error of i2c-bus becomes the WIT error; i2c-bus forgets its files, which it would use wrongly", () => {
  machine.portError = Object.assign(new Error(""), { errno: E.EBUSY, syscall: "setAddrSync" });
  expect(fault([read(1)]).payload).toEqual({ tag: "bus" });
  machine.portError = Object.assign(new Error("EACCES: open"), { errno: -E.EACCES, code: "EACCES" });
  expect(fault([read(1)]).payload).toEqual({ tag: "other" });
  machine.portError = Object.assign(new Error(""), { errno: E.ENXIO });
  expect(fault([read(1)]).payload).toEqual({ tag: "no-acknowledge", val: "address" });
  const both = ["i2c-3 receiveByte 118", "i2c-3 close"];
  expect(machine.port).toEqual([...both, ...both, ...both]);
});

test("an address that a kernel driver holds never reaches i2c-bus", () => {
  machine.bind(3, 0x76, "bmp280");
  expect(fault([read(1)]).message).toContain("the kernel driver bmp280 uses this address");
  expect(machine.port).toEqual([]);
});

test.each([0, 7, 40])("a block of %i bytes where 8 were asked for is an error", (length) => {
  machine.blockLength = length;
  expect(fault([write(0xf7), read(8)]).message).toContain("of 8 bytes");
});

test("closing closes i2c-bus and the file", () => {
  bus.close();
  expect(machine.port).toEqual(["i2c-3 close"]);
  expect(machine.descriptors.size).toBe(0);
  expect(fault([read(1)]).message).toContain("closed");
});

test("what does not load is told apart, each with the line that mends it", () => {
  const missing = Object.assign(new Error("Cannot find module 'i2c-bus'\nRequire stack:"), {
    code: "MODULE_NOT_FOUND",
  });
  expect(i2cBusProblem(missing).fix).toBe("npm install i2c-bus");
  const unbuilt = i2cBusProblem(new Error("Could not locate the bindings file. Tried:\n → /x"));
  expect(unbuilt.what).toContain("is not built");
  expect(unbuilt.what).not.toContain("\n");
  expect(unbuilt.fix).toContain("npm rebuild i2c-bus");
  expect(i2cBusProblem(new Error("Module did not self-register: '/x/i2c.node'.")).what).toContain(
    "another thread",
  );
  expect(i2cBusProblem("odd").what).toContain("odd");
});
