/** The model, spoken to as drivers/i2c/busses/i2c-tiny-usb.c does. */

import { I2cError } from "@busbar/host/i2c";
import { type I2cTarget, UsbTransferError } from "@busbar/model";
import { SimulatedI2cBus } from "@busbar/sim";
import { beforeEach, describe, expect, it } from "vitest";
import { I2cTinyUsb } from "../src/model.ts";

const READ = 1;
const BEGIN = 1;
const END = 2;
const ACKNOWLEDGED = 1;
const NOT_ACKNOWLEDGED = 2;

/** Speaks to the adapter as drivers/i2c/busses/i2c-tiny-usb.c does. */
class Kernel {
  readonly adapter: I2cTinyUsb;

  constructor(adapter: I2cTinyUsb) {
    this.adapter = adapter;
  }

  vendor(bRequest: number, wValue: number, wIndex: number, length: number): Uint8Array {
    return this.adapter.control(
      { bmRequestType: 0xc1, bRequest, wValue, wIndex, wLength: length },
      new Uint8Array(),
    );
  }

  read(flags: number, address: number, length: number): Uint8Array {
    return this.vendor(4 | flags, READ, address, length);
  }

  write(flags: number, address: number, ...data: number[]): void {
    const setup = {
      bmRequestType: 0x41,
      bRequest: 4 | flags,
      wValue: 0x200,
      wIndex: address,
      wLength: data.length,
    };
    this.adapter.control(setup, Uint8Array.from(data));
  }

  get status(): number | undefined {
    return this.vendor(3, 0, 0, 1)[0];
  }

  get functionality(): number {
    return Buffer.from(this.vendor(1, 0, 0, 4)).readUInt32LE();
  }
}

/** Memory of 256 bytes behind a pointer that the first byte of a write sets; writes down what the wires say. */
class Memory implements I2cTarget {
  readonly log: string[] = [];
  readonly #bytes = new Uint8Array(256).map((_, index) => index);
  #pointer = 0;
  #first = false;

  start(direction: "read" | "write", repeated: boolean): boolean {
    this.log.push(`${repeated ? "repeated start" : "start"} ${direction}`);
    this.#first = direction === "write";
    return true;
  }

  write(byte: number): boolean {
    if (this.#first) this.#pointer = byte;
    else this.#bytes[this.#pointer++ & 0xff] = byte;
    this.#first = false;
    return true;
  }

  read(): number {
    return this.#bytes[this.#pointer++ & 0xff]!;
  }

  stop(): void {
    this.log.push("stop");
  }
}

describe("the model", () => {
  let memory: Memory;
  let bus: SimulatedI2cBus;
  let kernel: Kernel;

  beforeEach(() => {
    memory = new Memory();
    bus = new SimulatedI2cBus([[0x50, memory]]);
    kernel = new Kernel(new I2cTinyUsb({ wires: bus.wires() }));
  });

  it("echoes, takes a delay, and says that it is a full I2C adapter", () => {
    expect([...kernel.vendor(0, 0x1234, 0, 2)]).toEqual([0x34, 0x12]);
    expect([...kernel.vendor(2, 10, 0, 0)]).toEqual([]);
    // I2C_FUNC_I2C and I2C_FUNC_SMBUS_EMUL of include/uapi/linux/i2c.h
    expect(kernel.functionality).toBe(0x0eff_0009);
  });

  it("runs write and read as one transaction with a repeated start", () => {
    kernel.write(BEGIN, 0x50, 0xd0);
    expect(kernel.status).toBe(ACKNOWLEDGED);
    expect([...kernel.read(END, 0x50, 3)]).toEqual([0xd0, 0xd1, 0xd2]);
    expect(kernel.status).toBe(ACKNOWLEDGED);
    expect(memory.log).toEqual(["start write", "repeated start read", "stop"]);
    expect(bus.transactions).toBe(1);
  });

  it("runs a read that is followed by others", () => {
    kernel.write(BEGIN, 0x50, 0x10);
    expect([...kernel.read(0, 0x50, 1)]).toEqual([0x10]);
    kernel.write(0, 0x50, 0x20, 0xaa);
    expect([...kernel.read(END, 0x50, 1)]).toEqual([0x21]);
    expect(bus.transactions).toBe(1);
    kernel.write(BEGIN, 0x50, 0x20);
    expect([...kernel.read(END, 0x50, 1)]).toEqual([0xaa]);
  });

  it("says which message was not acknowledged, and frees the bus", () => {
    kernel.write(BEGIN, 0x51, 1);
    expect(kernel.status).toBe(NOT_ACKNOWLEDGED);
    expect(bus.transaction(0x50, [{ kind: "read", length: 1 }])).toHaveLength(1);
    // The driver reads the status only after as many bytes as it asked for.
    expect(kernel.read(BEGIN | END, 0x51, 4)).toHaveLength(4);
    expect(kernel.status).toBe(NOT_ACKNOWLEDGED);
  });

  it("probes an address with a quick command", () => {
    kernel.write(BEGIN | END, 0x50);
    expect(kernel.status).toBe(ACKNOWLEDGED);
    kernel.write(BEGIN | END, 0x51);
    expect(kernel.status).toBe(NOT_ACKNOWLEDGED);
  });

  it("refuses a read of no bytes, which never reaches the bus", () => {
    const before = bus.transactions;
    expect(() => kernel.read(BEGIN | END, 0x50, 0)).toThrow(UsbTransferError);
    expect(bus.transactions).toBe(before);
    kernel.write(BEGIN | END, 0x50, 1);
    expect(kernel.status).toBe(ACKNOWLEDGED);
  });

  it.each(["no-acknowledge-data", "no-acknowledge", "bus", "overrun", "other"] as const)(
    "stalls at a fault after the address: %s",
    (fault) => {
      bus.inject({ fault });
      expect(() => kernel.write(BEGIN | END, 0x50, 1)).toThrow(UsbTransferError);
      kernel.write(BEGIN | END, 0x50, 1);
      expect(kernel.status).toBe(ACKNOWLEDGED);
    },
  );

  it("gives the bus back when the kernel leaves a transaction unfinished", () => {
    kernel.write(BEGIN, 0x50, 1);
    expect(() => bus.begin()).toThrow(I2cError);
    kernel.write(BEGIN, 0x50, 2);
    kernel.adapter.detached();
    bus.begin().stop();
    expect(memory.log).toEqual(["start write", "stop", "start write", "stop"]);
  });

  it.each([
    ["a 10-bit address", 0xc1, READ | 0x10, 0x50],
    ["a mangled protocol", 0xc1, READ | 0x4000, 0x50],
    ["an address that has 8 bits", 0xc1, READ, 0x80],
    ["a read in the direction of a write", 0x41, READ, 0x50],
  ])("refuses %s", (_, bmRequestType, wValue, wIndex) => {
    const setup = { bmRequestType, bRequest: 7, wValue, wIndex, wLength: 1 };
    expect(() => kernel.adapter.control(setup, new Uint8Array(1))).toThrow(UsbTransferError);
    expect(bus.transactions).toBe(0);
  });

  it("refuses requests that it does not know", () => {
    expect(() => kernel.vendor(8, 0, 0, 1)).toThrow(UsbTransferError);
    const standard = { bmRequestType: 0x80, bRequest: 1, wValue: 0, wIndex: 0, wLength: 4 };
    expect(() => kernel.adapter.control(standard, new Uint8Array())).toThrow(UsbTransferError);
  });
});
