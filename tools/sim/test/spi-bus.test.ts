import { BackendError, SpiError, type SpiOperation } from "@busbar/host/backend";
import { beforeEach, describe, expect, it } from "vitest";
import {
  Registers,
  RegistersOverSpi,
  SimulatedSpiBus,
  type SpiFaultKind,
  type SpiTarget,
} from "../src/index.ts";

/** Writes down what it sees; sends what counts up from 1. */
class Recorder implements SpiTarget {
  readonly events: string[] = [];
  #sent = 0;

  select({ mode, hz }: { mode: number; hz: number }): void {
    this.events.push(`select mode ${mode} at ${hz} Hz`);
  }

  transfer(received: number): number {
    this.events.push(`received ${received}`);
    this.#sent += 1;
    return this.#sent;
  }

  delay(ns: number): void {
    this.events.push(`delay ${ns}`);
  }

  release(): void {
    this.events.push("release");
  }
}

const wiring = { device: "x", chipSelect: 1, mode: 3, maximumHz: 1000, bitOrder: "msb-first" } as const;
const write = (...data: number[]): SpiOperation => ({ kind: "write", data: Uint8Array.from(data) });
const transfer = (...data: number[]): SpiOperation => ({ kind: "transfer", data: Uint8Array.from(data) });
const read = (length: number): SpiOperation => ({ kind: "read", length });
const delay = (ns: number): SpiOperation => ({ kind: "delay", ns });

let target: Recorder;
let bus: SimulatedSpiBus;

beforeEach(() => {
  target = new Recorder();
  bus = new SimulatedSpiBus([[1, target]]);
});

/** The payload of what a call throws. */
function payloadOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(SpiError);
    return (error as SpiError).payload;
  }
  return "no error";
}

describe("SimulatedSpiBus", () => {
  it("holds chip select over a transaction, in which each byte goes both ways", () => {
    const received = bus.open(wiring).transaction([write(7, 8), delay(500), read(2), transfer(9)]);
    expect(received).toEqual([Uint8Array.of(3, 4), Uint8Array.of(5)]);
    expect(target.events).toEqual([
      "select mode 3 at 1000 Hz",
      "received 7",
      "received 8",
      "delay 500",
      "received 0",
      "received 0",
      "received 9",
      "release",
    ]);
    expect(bus.transactions).toBe(1);
  });

  it("turns the bits of each byte round both ways where the least significant is first", () => {
    const device = bus.open({ ...wiring, bitOrder: "lsb-first" });
    expect(device.transaction([transfer(0x01, 0xc0)])).toEqual([Uint8Array.of(0x80, 0x40)]);
    expect(target.events).toContain(`received ${0x80}`);
    expect(target.events).toContain(`received ${0x03}`);
  });

  it("keeps its lines apart, and receives 0xFF of a device that was unplugged", () => {
    const other = new Recorder();
    bus.attach(2, other);
    const device = bus.open(wiring);
    device.transaction([write(1)]);
    expect(other.events).toEqual([]);
    bus.detach(1);
    expect(device.transaction([read(2)])).toEqual([Uint8Array.of(0xff, 0xff)]);
    expect(target.events.filter((event) => event === "release")).toHaveLength(1);
  });

  it("opens nothing where nothing is", () => {
    expect(() => bus.open({ ...wiring, chipSelect: 0 })).toThrow(
      new BackendError(
        "x: nothing is on chip select 0 of the simulated bus; correct the number, or simulate a device there.",
      ),
    );
  });

  it("gives handles that close alone, more than once", () => {
    const [one, other] = [bus.open(wiring), bus.open(wiring)];
    one.close();
    one.close();
    expect(payloadOf(() => one.transaction([read(1)]))).toMatchObject({ tag: "other" });
    expect(other.transaction([read(1)])).toHaveLength(1);
    expect(bus.transactions).toBe(1);
  });

  it("refuses lines that are none or are taken", () => {
    expect(() => bus.attach(1, new Recorder())).toThrow("Something is on chip select 1 of this bus already");
    expect(() => bus.attach(256, new Recorder())).toThrow(
      "256 is no chip select line; they go from 0 to 255.",
    );
    expect(() => bus.attach(0.5, new Recorder())).toThrow(RangeError);
  });
});

describe("faults", () => {
  const errors: [SpiFaultKind, string[]][] = [
    ["chip-select-fault", []],
    ["overrun", ["select mode 3 at 1000 Hz", "release"]],
    ["mode-fault", ["select mode 3 at 1000 Hz", "release"]],
    ["frame-format", ["select mode 3 at 1000 Hz", "release"]],
    ["other", ["select mode 3 at 1000 Hz", "release"]],
  ];

  it.each(errors)("%s", (fault, seen) => {
    bus.inject({ fault });
    const device = bus.open(wiring);
    const val = fault === "other" ? { val: "An injected fault: other." } : {};
    expect(payloadOf(() => device.transaction([transfer(1)]))).toEqual({ tag: fault, ...val });
    expect(target.events).toEqual(seen);
    expect(device.transaction([transfer(1)])).toEqual([Uint8Array.of(1)]);
  });

  it("short: the target is gone half way through each operation", () => {
    bus.inject({ fault: "short" });
    expect(bus.open(wiring).transaction([write(1, 2), read(4)])).toEqual([Uint8Array.of(2, 3, 0xff, 0xff)]);
    expect(target.events.filter((event) => event.startsWith("received"))).toHaveLength(3);
  });

  it("garbage: random bytes, the same for the same seed, of which the target knows nothing", () => {
    const garbage = (seed: number) => {
      bus.inject({ fault: "garbage", seed });
      return bus.open(wiring).transaction([transfer(1, 2, 3, 4)])[0]!;
    };
    const first = garbage(5);
    expect(garbage(5)).toEqual(first);
    expect(garbage(6)).not.toEqual(first);
    expect(target.events.filter((event) => event === "received 1")).toHaveLength(3);
  });

  it("strikes when it says so, and of one line only where one is given", () => {
    bus.attach(2, new Recorder());
    bus.inject({ fault: "overrun", transaction: 2, count: 2 }, 1);
    const outcome = (chipSelect: number) => {
      const thrown = payloadOf(() => bus.open({ ...wiring, chipSelect }).transaction([read(1)]));
      return thrown === "no error" ? "ok" : (thrown as { tag: string }).tag;
    };
    expect([1, 2, 2, 1, 1, 1].map(outcome)).toEqual(["ok", "ok", "ok", "overrun", "overrun", "ok"]);
    bus.clearFaults();
    bus.inject({ fault: "mode-fault" });
    bus.inject({ fault: "overrun", count: 2 });
    expect([2, 2, 2].map(outcome)).toEqual(["mode-fault", "overrun", "ok"]);
  });
});

describe("registers by SPI", () => {
  const registers = () => {
    const contents = new Map([
      [0x10, 0xaa],
      [0x11, 0xbb],
    ]);
    const file = new RegistersOverSpi(new Registers({ contents, readOnly: new Set([0x11]) }));
    return new SimulatedSpiBus([[1, file]]).open(wiring);
  };

  it("are read from the one that bit 7 of the first byte says, going on", () => {
    expect(registers().transaction([write(0x90), read(2)])).toEqual([Uint8Array.of(0xaa, 0xbb)]);
    expect(registers().transaction([transfer(0x90, 0, 0)])).toEqual([Uint8Array.of(0xff, 0xaa, 0xbb)]);
  });

  it("are written without it", () => {
    const device = registers();
    expect(device.transaction([transfer(0x10, 1, 2, 3)])).toEqual([Uint8Array.of(0xff, 0xff, 0xff, 0xff)]);
    expect(device.transaction([write(0x90), read(3)])).toEqual([Uint8Array.of(1, 0xbb, 3)]);
  });

  it("begin anew with each transaction, also after one of no bytes", () => {
    const device = registers();
    device.transaction([write(0x90)]);
    device.transaction([delay(1)]);
    expect(device.transaction([write(0x91), read(1)])).toEqual([Uint8Array.of(0xbb)]);
  });
});
