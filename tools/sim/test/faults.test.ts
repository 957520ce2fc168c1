import { I2cError, type I2cErrorCode } from "@busbar/host/backend";
import { beforeEach, describe, expect, it } from "vitest";
import { type I2cFaultKind, RegisterFile, SimulatedI2cBus } from "../src/index.ts";

const ADDRESS = 0x40;
const OTHER = 0x41;

/** Counts what reaches it. */
class Counter extends RegisterFile {
  starts = 0;
  stops = 0;

  protected override started(): boolean {
    this.starts += 1;
    return true;
  }

  override stop(): void {
    this.stops += 1;
  }
}

let target: Counter;
let bus: SimulatedI2cBus;

beforeEach(() => {
  target = new Counter();
  bus = new SimulatedI2cBus([
    [ADDRESS, target],
    [OTHER, new RegisterFile()],
  ]);
  bus.transaction(ADDRESS, [{ kind: "write", data: Uint8Array.of(0x10, 1, 2, 3, 4) }]);
});

function readFour(address = ADDRESS): Uint8Array {
  const [data] = bus.transaction(address, [
    { kind: "write", data: Uint8Array.of(0x10) },
    { kind: "read", length: 4 },
  ]);
  return data!;
}

/** "ok", or the case of the error. */
function outcome(address = ADDRESS): string {
  try {
    readFour(address);
    return "ok";
  } catch (error) {
    return (error as I2cError).payload.tag;
  }
}

const outcomes = (count: number) => Array.from({ length: count }, () => outcome());

describe("faults that end a transaction", () => {
  const cases: [I2cFaultKind, I2cErrorCode, boolean][] = [
    ["no-acknowledge-address", { tag: "no-acknowledge", val: "address" }, false],
    ["arbitration-loss", { tag: "arbitration-loss" }, false],
    ["no-acknowledge-data", { tag: "no-acknowledge", val: "data" }, true],
    ["no-acknowledge", { tag: "no-acknowledge", val: "unknown" }, true],
    ["bus", { tag: "bus" }, true],
    ["overrun", { tag: "overrun" }, true],
    ["other", { tag: "other" }, true],
  ];

  it.each(cases)("%s", (fault, payload, seen) => {
    target.starts = 0;
    target.stops = 0;
    bus.inject({ fault });
    let thrown: unknown;
    try {
      readFour();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(I2cError);
    expect((thrown as I2cError).payload).toEqual(payload);
    expect([target.starts, target.stops]).toEqual(seen ? [1, 1] : [0, 0]);
    expect(readFour()).toEqual(Uint8Array.of(1, 2, 3, 4));
  });
});

describe("faults in the data", () => {
  it("short: the target is gone half way through a read", () => {
    bus.inject({ fault: "short" });
    expect(readFour()).toEqual(Uint8Array.of(1, 2, 0xff, 0xff));
    expect(readFour()).toEqual(Uint8Array.of(1, 2, 3, 4));
  });

  it("short: half way through a write it does not acknowledge", () => {
    bus.inject({ fault: "short" });
    const data = Uint8Array.of(0x10, 9, 9, 9);
    expect(() => bus.transaction(ADDRESS, [{ kind: "write", data }])).toThrow(
      "0x40 did not acknowledge byte 3 of 4.",
    );
    expect(readFour()).toEqual(Uint8Array.of(9, 2, 3, 4));
  });

  it("garbage: random bytes, the same for the same seed", () => {
    const garbage = (seed: number) => {
      bus.inject({ fault: "garbage", seed });
      return readFour();
    };
    const first = garbage(5);
    expect(first).not.toEqual(Uint8Array.of(1, 2, 3, 4));
    expect(garbage(5)).toEqual(first);
    expect(garbage(6)).not.toEqual(first);
    expect(readFour()).toEqual(Uint8Array.of(1, 2, 3, 4));
  });
});

describe("when a fault strikes", () => {
  it("at the n-th transaction, once", () => {
    bus.inject({ fault: "bus", transaction: 3 });
    expect(outcomes(4)).toEqual(["ok", "ok", "bus", "ok"]);
  });

  it("count times in a row: a stuck bus that recovers", () => {
    bus.inject({ fault: "bus", transaction: 2, count: 2 });
    expect(outcomes(4)).toEqual(["ok", "bus", "bus", "ok"]);
  });

  it("every n-th for ever, or count times", () => {
    bus.inject({ fault: "overrun", every: 2 });
    expect(outcomes(5)).toEqual(["ok", "overrun", "ok", "overrun", "ok"]);
    bus.clearFaults();
    bus.inject({ fault: "overrun", transaction: 1, every: 2, count: 2 });
    expect(outcomes(6)).toEqual(["overrun", "ok", "overrun", "ok", "ok", "ok"]);
  });

  it("counts the transactions of one address only where one is given", () => {
    bus.inject({ fault: "bus", transaction: 2 }, ADDRESS);
    expect([outcome(OTHER), outcome(OTHER), outcome(), outcome(OTHER), outcome()]).toEqual([
      "ok",
      "ok",
      "ok",
      "ok",
      "bus",
    ]);
  });

  it("lets the one injected first win, and both count", () => {
    bus.inject({ fault: "bus", transaction: 1 });
    bus.inject({ fault: "overrun", transaction: 1, count: 2 });
    expect(outcomes(3)).toEqual(["bus", "overrun", "ok"]);
  });

  it("counts transactions that fail by themselves", () => {
    bus.inject({ fault: "arbitration-loss", transaction: 2 });
    expect(outcome(0x50)).toBe("no-acknowledge");
    expect(outcome()).toBe("arbitration-loss");
  });
});
