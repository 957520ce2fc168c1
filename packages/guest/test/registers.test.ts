import fc from "fast-check";
import { expect, test } from "vitest";
import { DriverError, type I2cTarget, Registers } from "../src/index.ts";
import { type ExpectedTransaction, Playback } from "../src/playback.ts";

function played<Result>(expected: ExpectedTransaction[], use: (registers: Registers) => Result): Result {
  const playback = new Playback(0x42, expected);
  const result = use(new Registers(playback.target));
  playback.done();
  return result;
}

test.each([
  ["readU8", [0xfe], 254],
  ["readI8", [0xfe], -2],
  ["readU16LE", [0x34, 0xf2], 0xf234],
  ["readU16BE", [0xf2, 0x34], 0xf234],
  ["readI16LE", [0x34, 0xf2], 0xf234 - 65536],
  ["readI16BE", [0xf2, 0x34], 0xf234 - 65536],
] as const)("%s of %o is %d", (method, read, value) => {
  expect(played([{ write: [0x10], read }], (registers) => registers[method](0x10))).toBe(value);
});

test.each([
  ["writeU8", 0xfe, [0xfe]],
  ["writeI8", -2, [0xfe]],
  ["writeU16LE", 0xf234, [0x34, 0xf2]],
  ["writeU16BE", 0xf234, [0xf2, 0x34]],
  ["writeI16LE", -2, [0xfe, 0xff]],
  ["writeI16BE", -2, [0xff, 0xfe]],
] as const)("%s of %d is %o", (method, value, bytes) => {
  played([{ write: [0x10, ...bytes] }], (registers) => registers[method](0x10, value));
});

test.each([
  ["writeU8", [-1, 256, 1.5]],
  ["writeI8", [-129, 128]],
  ["writeU16LE", [-1, 65536]],
  ["writeU16BE", [-1, 65536, Number.NaN]],
  ["writeI16LE", [-32769, 32768]],
  ["writeI16BE", [-32769, 32768]],
] as const)("%s refuses %o as the driver's bug, and writes nothing", (method, values) => {
  for (const value of values) {
    expect(() => played([], (registers) => registers[method](0x10, value))).toThrow(RangeError);
  }
});

test("blocks are read and written in one transaction", () => {
  const bytes = played([{ write: [0x88], read: [1, 2, 3] }], (registers) => registers.readBlock(0x88, 3));
  expect([...bytes]).toEqual([1, 2, 3]);
  played([{ write: [0x20, 7, 8, 9] }], (registers) => registers.writeBlock(0x20, Uint8Array.of(7, 8, 9)));
});

test("every 16-bit value comes back as it was written, in both orders, signed or not", () => {
  const memory = new Uint8Array(256);
  const target: I2cTarget = {
    address: 0x42,
    read: (length) => new Uint8Array(length),
    write: ([register, ...bytes]) => memory.set(bytes, register),
    // A view with an offset: the DataView on it must respect that.
    writeRead: ([register], length) => memory.subarray(register, register! + length),
    transaction: () => [],
    at: () => target,
  };
  const registers = new Registers(target);
  fc.assert(
    fc.property(
      fc.integer({ min: -32768, max: 32767 }),
      fc.integer({ min: 1, max: 254 }),
      (value, register) => {
        registers.writeI16LE(register, value);
        expect(registers.readI16LE(register)).toBe(value);
        expect(registers.readU16LE(register)).toBe(value & 0xffff);
        registers.writeI16BE(register, value);
        expect(registers.readI16BE(register)).toBe(value);
        registers.writeU16BE(register, value & 0xffff);
        expect(registers.readU16BE(register)).toBe(value & 0xffff);
      },
    ),
    { seed: 20261122 },
  );
});

test("updateBits changes the bits of the mask, and writes even where nothing changes", () => {
  const update = (before: number, after: number, mask: number, value: number) =>
    played([{ write: [0x01], read: [before] }, { write: [0x01, after] }], (registers) =>
      registers.updateBits(0x01, mask, value),
    );
  update(0b1010_1010, 0b1010_0110, 0b0000_1100, 0b0000_0100);
  update(0xff, 0x00, 0xff, 0x00);
  update(0b0000_0100, 0b0000_0100, 0b0000_1100, 0b0000_0100);
});

test("updateBits refuses bits outside the mask, and touches nothing", () => {
  expect(() => played([], (registers) => registers.updateBits(0x01, 0x0f, 0x10))).toThrow(RangeError);
  expect(() => played([], (registers) => registers.updateBits(0x01, 0x1ff, 0))).toThrow(RangeError);
});

test("a bus error says which register", () => {
  const error = { tag: "no-acknowledge", val: "data" } as const;
  const failing = (expected: ExpectedTransaction, use: (registers: Registers) => void) => {
    try {
      played([{ ...expected, error }], use);
    } catch (caught) {
      if (caught instanceof DriverError && caught.payload.tag === "bus") return caught;
      throw caught;
    }
    throw new Error("nothing was thrown");
  };
  const one = failing({ write: [0xf7], read: [0] }, (registers) => registers.readU8(0xf7));
  expect(one.payload.val).toEqual({
    kind: "no-acknowledge-data",
    message: "reading 1 byte from register 0xF7 of 0x42",
  });
  expect(one.cause).toBeInstanceOf(DriverError);
  expect((one.cause as Error).cause).toHaveProperty("payload", error);
  const many = failing({ write: [0x05, 1, 2] }, (registers) => registers.writeU16BE(0x05, 0x0102));
  expect(many.payload.val).toHaveProperty("message", "writing 2 bytes to register 0x05 of 0x42");
});

test("other errors pass as they are", () => {
  const playback = new Playback(0x42, []);
  playback.target[Symbol.dispose]();
  expect(() => new Registers(playback.target).readU8(1)).toThrow(
    "The device at 0x42 was closed; open it again.",
  );
});
