import { createRequire } from "node:module";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { I2C_M_RD } from "../src/linux/constants.ts";
import { ErrnoError } from "../src/linux/errno.ts";
import { type I2cDev, i2cStructures, loadI2cDev } from "../src/linux/ioctl.ts";
import { E, thrown } from "./linux-machine.ts";

const koffi = createRequire(import.meta.url)("koffi") as typeof import("koffi");

// The offsets that a C compiler gives linux/i2c.h and linux/i2c-dev.h, for the size of a pointer.
describe("structures", () => {
  const pointer = koffi.sizeof("void *");
  const { message, rdwr, smbus } = i2cStructures(koffi);

  test("struct i2c_msg", () => {
    expect([0, 2, 4]).toEqual(["addr", "flags", "len"].map((name) => koffi.offsetof(message, name)));
    expect(message.members?.len?.type.size).toBe(2);
    expect(koffi.offsetof(message, "buf")).toBe(8);
    expect(koffi.sizeof(message)).toBe(8 + pointer);
  });

  test("struct i2c_rdwr_ioctl_data", () => {
    expect(koffi.offsetof(rdwr, "msgs")).toBe(0);
    expect(koffi.offsetof(rdwr, "nmsgs")).toBe(pointer);
    expect(koffi.sizeof(rdwr)).toBe(2 * pointer);
  });

  test("struct i2c_smbus_ioctl_data", () => {
    expect([0, 1, 4]).toEqual(["read_write", "command", "size"].map((name) => koffi.offsetof(smbus, name)));
    expect(koffi.offsetof(smbus, "data")).toBe(8);
    expect(koffi.sizeof(smbus)).toBe(8 + pointer);
  });

  test("a message in memory is what the kernel reads", () => {
    const buf = Uint8Array.of(0xf7, 0x01);
    const memory = Buffer.alloc(koffi.sizeof(message));
    koffi.encode(memory, message, { addr: 0x76, flags: I2C_M_RD, len: 0x1234, buf });
    const view = new DataView(memory.buffer, memory.byteOffset);
    const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
    expect([0, 2, 4].map((offset) => view.getUint16(offset, littleEndian))).toEqual([0x76, 1, 0x1234]);
    const address =
      pointer === 8 ? view.getBigUint64(8, littleEndian) : BigInt(view.getUint32(8, littleEndian));
    expect(address).toBe(koffi.address(buf));
  });
});

// /dev/null answers ENOTTY to every request: the call went out, and errno came back.
describe.runIf(process.platform === "linux")("the real system calls", () => {
  let dev: I2cDev;
  let descriptor: number;

  beforeEach(() => {
    dev = loadI2cDev();
    descriptor = dev.open("/dev/null");
  });

  afterEach(() => {
    dev.close(descriptor);
  });

  const errnoOfCall = (action: () => unknown): number => {
    const error = thrown(action);
    expect(error).toBeInstanceOf(ErrnoError);
    return (error as ErrnoError).errno;
  };

  test("every request reaches the kernel", () => {
    const messages = [{ addr: 0x76, flags: I2C_M_RD, len: 4, buf: new Uint8Array(4) }];
    expect(errnoOfCall(() => dev.slave(descriptor, 0x76))).toBe(E.ENOTTY);
    expect(errnoOfCall(() => dev.funcs(descriptor))).toBe(E.ENOTTY);
    expect(errnoOfCall(() => dev.rdwr(descriptor, messages))).toBe(E.ENOTTY);
    const smbus = { read_write: 0, command: 0, size: 0, data: null };
    expect(errnoOfCall(() => dev.smbus(descriptor, smbus))).toBe(E.ENOTTY);
    expect(errnoOfCall(() => dev.smbus(descriptor, { ...smbus, data: new Uint8Array(34) }))).toBe(E.ENOTTY);
  });

  test("a closed descriptor is EBADF, a missing file ENOENT", () => {
    expect(errnoOfCall(() => dev.funcs(-1))).toBe(9);
    expect(errnoOfCall(() => dev.open("/dev/busbar-has-no-such-file"))).toBe(E.ENOENT);
  });

  test("the kernel writes into the memory of a Uint8Array inside a structure", () => {
    // readv has the same shape as I2C_RDWR, an array of structures with a pointer and a length, and needs no bus.
    const vector = koffi.struct({ iov_base: "uint8_t *", iov_len: "size_t" });
    const readv = koffi.load(null).func("readv", "intptr_t", ["int", koffi.pointer(vector), "int"]);
    const zero = dev.open("/dev/zero");
    const within = new Uint8Array(16).fill(0xff);
    const part = within.subarray(4, 12);
    const small = Uint8Array.of(0xff);
    const vectors = [part, small].map((bytes) => ({ iov_base: bytes, iov_len: bytes.length }));
    expect(readv(zero, vectors, 2)).toBe(9);
    dev.close(zero);
    expect([...within]).toEqual([255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255]);
    expect([...small]).toEqual([0]);
  });
});
