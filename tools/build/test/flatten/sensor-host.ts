/// <reference lib="dom" />

/**
 * A host of a flattened sensor driver, by hand: the canonical ABI of the few functions that a sensor on I2C needs. It
 * shares no code with the linker, and knows nothing but docs/flattened.md and the WIT.
 */

import type { I2cBus, I2cOperation } from "@busbar/host/i2c";
import { GuestMemory } from "./guest-memory.ts";

/** One channel of a sensor, and what it read. */
export interface Channel {
  readonly label: string;
  readonly value: number;
}

/** What a driver is given. */
export interface SensorWiring {
  readonly bus: I2cBus;
  /** 7 bits. */
  readonly address: number;
  readonly settings: Readonly<Record<string, string>>;
  /** @param ns nanoseconds */
  delay(ns: number): void;
}

const sensor = "busbar:device/sensor@0.1.0";
/** The handles of the bus and of the delay; the driver's own begin behind them. */
const busHandle = 1;
const delayHandle = 2;
const firstDevice = 3;
/** A `channel` record: an enum, a string, three f64. */
const channelSize = 40;

/** Instantiates a flattened driver, opens it, reads it once and closes it. */
export function readSensor(flattened: Uint8Array<ArrayBuffer>, wiring: SensorWiring): Channel[] {
  const host = new SensorHost(flattened, wiring);
  const device = host.open("indoor");
  const labels = host.labels(device);
  const values = host.values(device);
  host.close(device);
  return labels.map((label, index) => ({ label, value: values[index]! }));
}

class SensorHost {
  readonly #wiring: SensorWiring;
  readonly #exports: WebAssembly.Exports;
  readonly #memory: GuestMemory;
  /** The representations of the driver's devices. */
  readonly #devices: number[] = [];

  constructor(flattened: Uint8Array<ArrayBuffer>, wiring: SensorWiring) {
    this.#wiring = wiring;
    const instance = new WebAssembly.Instance(new WebAssembly.Module(flattened), this.#imports());
    this.#exports = instance.exports;
    this.#memory = new GuestMemory(this.#exports);
    if ("_initialize" in this.#exports) (this.#exports._initialize as () => void)();
  }

  /** The device's representation, with which its methods are called. */
  open(name: string): number {
    const text = new TextEncoder().encode(name);
    const pointer = this.#memory.allocate(4, 8);
    this.#memory.storeBytes(text, pointer);
    const handle = this.#called("open", this.#memory.pairAt(pointer), (at) => this.#payload(at));
    return this.#devices[handle - firstDevice]!;
  }

  labels(device: number): string[] {
    return this.#called("[method]device.channels", [device], (result) => {
      const [at, count] = this.#memory.pairAt(result);
      return Array.from({ length: count }, (_, index) =>
        this.#memory.textAt(...this.#memory.pairAt(at + channelSize * index + 4)),
      );
    });
  }

  values(device: number): number[] {
    return this.#called("[method]device.read", [device], (result) => {
      const at = this.#payload(result);
      const [, count] = this.#memory.pairAt(result + 4);
      return Array.from({ length: count }, (_, index) => this.#memory.view.getFloat64(at + 8 * index, true));
    });
  }

  close(device: number): void {
    this.#function("[method]device.close")(device);
    this.#function("[dtor]device")(device);
  }

  #function(name: string): (...values: number[]) => number {
    return this.#exports[`${sensor}#${name}`] as (...values: number[]) => number;
  }

  /** Calls a function whose result lies in memory, and says when that was read. */
  #called<Result>(name: string, values: number[], read: (result: number) => Result): Result {
    const result = this.#function(name)(...values);
    const value = read(result);
    (this.#exports[`cabi_post_${sensor}#${name}`] as (result: number) => void)(result);
    return value;
  }

  /** The first word of a `result` that is a success. */
  #payload(result: number): number {
    if (this.#memory.view.getUint8(result) !== 0)
      throw new Error(`the driver answers with error ${this.#memory.view.getUint8(result + 4)}`);
    return this.#memory.view.getUint32(result + 4, true);
  }

  #imports(): WebAssembly.Imports {
    const drop = () => {};
    return {
      "wasi:i2c/i2c@0.2.0-draft": {
        "[method]i2c.transaction": (
          _: number,
          address: number,
          at: number,
          count: number,
          result: number,
        ) => {
          const read = this.#wiring.bus.transaction(address, this.#operations(at, count));
          const lists = this.#memory.allocate(4, 8 * read.length);
          read.forEach((bytes, index) => {
            this.#memory.storeBytes(bytes, lists + 8 * index);
          });
          this.#memory.view.setUint8(result, 0);
          this.#memory.storePair(lists, read.length, result + 4);
        },
        "[method]i2c.write": (_: number, address: number, at: number, length: number, result: number) => {
          this.#wiring.bus.transaction(address, [{ kind: "write", data: this.#memory.bytesAt(at, length) }]);
          this.#memory.view.setUint8(result, 0);
        },
        "[method]i2c.read": (_: number, address: number, length: bigint, result: number) =>
          this.#read(address, [{ kind: "read", length: Number(length) }], result),
        "[method]i2c.write-read": (
          _: number,
          address: number,
          at: number,
          length: number,
          readLength: bigint,
          result: number,
        ) => {
          const write = { kind: "write", data: this.#memory.bytesAt(at, length) } as const;
          this.#read(address, [write, { kind: "read", length: Number(readLength) }], result);
        },
        "[resource-drop]i2c": drop,
      },
      "wasi:i2c/delay@0.2.0-draft": {
        "[method]delay.delay-ns": (_: number, ns: number) => this.#wiring.delay(ns >>> 0),
        "[resource-drop]delay": drop,
      },
      "busbar:board/i2c@0.1.0": {
        open: (_: number, _length: number, result: number) => {
          this.#memory.view.setUint8(result, 0);
          this.#memory.view.setUint32(result + 4, busHandle, true);
          this.#memory.view.setUint16(result + 8, this.#wiring.address, true);
        },
        "open-delay": () => delayHandle,
      },
      "busbar:board/settings@0.1.0": {
        get: (_: number, _length: number, result: number) => this.#settings(result),
      },
      [`[export]${sensor}`]: {
        "[resource-new]device": (device: number) => firstDevice + this.#devices.push(device) - 1,
        "[resource-rep]device": (handle: number) => this.#devices[handle - firstDevice]!,
        "[resource-drop]device": drop,
      },
    };
  }

  /** A list of the variant `operation`: 16 bytes each, the payload from 8 on. */
  #operations(at: number, count: number): I2cOperation[] {
    return Array.from({ length: count }, (_, index): I2cOperation => {
      const operation = at + 16 * index;
      return this.#memory.view.getUint8(operation) === 0
        ? { kind: "read", length: Number(this.#memory.view.getBigUint64(operation + 8, true)) }
        : { kind: "write", data: this.#memory.bytesAt(...this.#memory.pairAt(operation + 8)) };
    });
  }

  /** A transaction with one read at its end. */
  #read(address: number, operations: readonly I2cOperation[], result: number): void {
    const [bytes] = this.#wiring.bus.transaction(address, operations);
    this.#memory.view.setUint8(result, 0);
    this.#memory.storeBytes(bytes!, result + 4);
  }

  /** A list of pairs of strings. */
  #settings(result: number): void {
    const settings = Object.entries(this.#wiring.settings);
    const pairs = this.#memory.allocate(4, 16 * settings.length);
    settings.flat().forEach((text, index) => {
      this.#memory.storeBytes(new TextEncoder().encode(text), pairs + 8 * index);
    });
    this.#memory.storePair(pairs, settings.length, result);
  }
}
