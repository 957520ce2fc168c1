import { I2cError } from "@busbar/host/backend";
import { describe, expect, it } from "vitest";
import { type I2cTarget, SimulatedI2cBus } from "../src/index.ts";

/** Writes down what it sees; reads count up from 1. */
class Recorder implements I2cTarget {
  readonly events: string[] = [];
  acceptedBytes = Number.POSITIVE_INFINITY;
  awake = true;
  #reads = 0;

  start(direction: "read" | "write", repeated: boolean): boolean {
    this.events.push(`${repeated ? "repeated" : "start"} ${direction}`);
    return this.awake;
  }

  write(byte: number): boolean {
    this.events.push(`write ${byte}`);
    this.acceptedBytes -= 1;
    return this.acceptedBytes >= 0;
  }

  read(): number {
    this.#reads += 1;
    return this.#reads;
  }

  stop(): void {
    this.events.push("stop");
  }
}

const write = (...data: number[]) => ({ kind: "write", data: Uint8Array.from(data) }) as const;
const read = (length: number) => ({ kind: "read", length }) as const;

function payloadOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(I2cError);
    return (error as I2cError).payload;
  }
  return "no error";
}

describe("SimulatedI2cBus", () => {
  it("runs operations as one transaction: start, repeated starts, one stop", () => {
    const target = new Recorder();
    const bus = new SimulatedI2cBus([[0x40, target]]);
    expect(bus.transaction(0x40, [write(7), read(2), read(1)])).toEqual([
      Uint8Array.of(1, 2),
      Uint8Array.of(3),
    ]);
    expect(target.events).toEqual(["start write", "write 7", "repeated read", "repeated read", "stop"]);
    expect(bus.transactions).toBe(1);
  });

  it("keeps targets apart", () => {
    const first = new Recorder();
    const second = new Recorder();
    const bus = new SimulatedI2cBus([
      [0x41, first],
      [0x40, second],
    ]);
    bus.transaction(0x41, [write(1)]);
    expect(second.events).toEqual([]);
    expect(bus.addresses).toEqual([0x40, 0x41]);
    bus.detach(0x41);
    expect(payloadOf(() => bus.transaction(0x41, [write(1)]))).toEqual({
      tag: "no-acknowledge",
      val: "address",
    });
  });

  it("tells an empty address from a busy target and from a refused byte, and goes on after each", () => {
    const target = new Recorder();
    const bus = new SimulatedI2cBus([[0x40, target]]);
    expect(payloadOf(() => bus.transaction(0x41, [read(1)]))).toEqual({
      tag: "no-acknowledge",
      val: "address",
    });

    target.awake = false;
    expect(payloadOf(() => bus.transaction(0x40, [read(1)]))).toEqual({
      tag: "no-acknowledge",
      val: "address",
    });

    target.awake = true;
    target.acceptedBytes = 1;
    target.events.length = 0;
    expect(payloadOf(() => bus.transaction(0x40, [write(1, 2, 3), read(1)]))).toEqual({
      tag: "no-acknowledge",
      val: "data",
    });
    expect(target.events).toEqual(["start write", "write 1", "write 2", "stop"]);
    expect(bus.transaction(0x40, [read(1)])).toEqual([Uint8Array.of(1)]);
    expect(bus.transactions).toBe(4);
  });

  it("takes an operation of no bytes as the address alone", () => {
    const target = new Recorder();
    const bus = new SimulatedI2cBus([[0x40, target]]);
    expect(bus.transaction(0x40, [write(), read(0)])).toEqual([new Uint8Array()]);
    expect(target.events).toEqual(["start write", "repeated read", "stop"]);
    expect(payloadOf(() => bus.transaction(0x41, [write()]))).toEqual({
      tag: "no-acknowledge",
      val: "address",
    });
  });

  it("refuses addresses that are none or are taken", () => {
    const bus = new SimulatedI2cBus([[0x40, new Recorder()]]);
    expect(() => bus.attach(0x40, new Recorder())).toThrow("Something sits at 0x40 of this bus already");
    expect(() => bus.attach(0x80, new Recorder())).toThrow("128 is not a 7-bit address.");
    expect(() => bus.attach(1.5, new Recorder())).toThrow(RangeError);
  });

  it("answers nothing after it is closed, and closes twice", () => {
    const bus = new SimulatedI2cBus([[0x40, new Recorder()]]);
    bus.close();
    bus.close();
    expect(payloadOf(() => bus.transaction(0x40, [read(1)]))).toEqual({ tag: "other" });
    expect(bus.transactions).toBe(0);
  });

  it("gives handles that close alone", () => {
    const bus = new SimulatedI2cBus([[0x40, new Recorder()]]);
    const first = bus.open();
    const second = bus.open();
    first.close();
    first.close();
    expect(payloadOf(() => first.transaction(0x40, [read(1)]))).toEqual({ tag: "other" });
    expect(second.transaction(0x40, [read(1)])).toEqual([Uint8Array.of(1)]);
  });
});

describe("a transaction message by message", () => {
  it("is one transaction until it is stopped", () => {
    const target = new Recorder();
    const bus = new SimulatedI2cBus([[0x40, target]]);
    const transfer = bus.begin();
    transfer.write(0x40, Uint8Array.of(9));
    expect(payloadOf(() => bus.transaction(0x40, [read(1)]))).toEqual({ tag: "arbitration-loss" });
    expect(transfer.read(0x40, 2)).toEqual(Uint8Array.of(1, 2));
    transfer.stop();
    transfer.stop();
    expect(transfer.open).toBe(false);
    expect(target.events).toEqual(["start write", "write 9", "repeated read", "stop"]);
    expect(payloadOf(() => transfer.read(0x40, 1))).toEqual({ tag: "other" });
    expect(bus.transaction(0x40, [read(1)])).toEqual([Uint8Array.of(3)]);
  });

  it("releases the bus when a message fails", () => {
    const bus = new SimulatedI2cBus([[0x40, new Recorder()]]);
    const transfer = bus.begin();
    expect(payloadOf(() => transfer.read(0x41, 1))).toEqual({ tag: "no-acknowledge", val: "address" });
    expect(transfer.open).toBe(false);
    expect(bus.transaction(0x40, [read(1)])).toEqual([Uint8Array.of(1)]);
  });

  it("can go on with another target, which ends it for the first", () => {
    const first = new Recorder();
    const second = new Recorder();
    const bus = new SimulatedI2cBus([
      [0x40, first],
      [0x41, second],
    ]);
    const transfer = bus.begin();
    transfer.write(0x40, Uint8Array.of(1));
    transfer.write(0x41, Uint8Array.of(2));
    transfer.stop();
    expect(first.events).toEqual(["start write", "write 1", "stop"]);
    expect(second.events).toEqual(["start write", "write 2", "stop"]);
  });

  it("can be begun on a handle, whose closing ends it", () => {
    const bus = new SimulatedI2cBus([[0x40, new Recorder()]]);
    const handle = bus.open();
    const transfer = handle.begin();
    expect(transfer.read(0x40, 1)).toEqual(Uint8Array.of(1));
    handle.close();
    expect(transfer.open).toBe(false);
    expect(payloadOf(() => handle.begin())).toEqual({ tag: "other" });
    expect(bus.transaction(0x40, [read(1)])).toEqual([Uint8Array.of(2)]);
  });

  it("is cut off by closing the bus", () => {
    const target = new Recorder();
    const bus = new SimulatedI2cBus([[0x40, target]]);
    const transfer = bus.begin();
    transfer.write(0x40, Uint8Array.of(1));
    bus.close();
    expect(target.events.at(-1)).toBe("stop");
    expect(payloadOf(() => transfer.read(0x40, 1))).toEqual({ tag: "other" });
  });
});
