import { describe, expect, test } from "vitest";
import {
  type Board,
  type Channel,
  type Delay,
  DriverError,
  flag,
  type I2cBoard,
  type I2cTarget,
  i2cOn,
  type SensorDriver,
  sensorOn,
} from "../src/index.ts";

const channels: readonly (Channel & { label: "x" | "y" })[] = [
  { quantity: "acceleration", label: "x", minimum: -20, maximum: 20, resolution: 0.1 },
  { quantity: "acceleration", label: "y", minimum: -20, maximum: 20, resolution: 0.1 },
];

/** A driver and a board that write down what happens to them. */
function setUp({ settings = [] as [string, string][] } = {}) {
  const log: string[] = [];
  const handle = (name: string) => ({ [Symbol.dispose]: () => void log.push(`release ${name}`) });
  const state = {
    log,
    sample: { x: 1.5, y: -2 } as Record<"x" | "y", number | undefined>,
    failOpen: undefined as unknown,
    failDelay: undefined as unknown,
    failConstruction: undefined as unknown,
    failRead: undefined as unknown,
  };
  const raise = (error: unknown) => {
    if (error !== undefined) throw error;
  };

  class Driver implements SensorDriver<"x" | "y"> {
    readonly info = { vendor: "Nobody", model: "XY" };
    readonly channels = channels;
    constructor(target: I2cTarget, delay: Delay, options: { readonly fast: boolean }) {
      log.push(`construct at ${target.address} ${JSON.stringify(options)}`);
      delay.waitMs(1);
      raise(state.failConstruction);
    }
    read() {
      raise(state.failRead);
      return state.sample;
    }
    close() {
      log.push("close");
    }
  }

  const board: Board & I2cBoard = {
    open: (name) => {
      log.push(`open ${name}`);
      raise(state.failOpen);
      const bus = { ...handle("bus"), read: never, write: never, writeRead: never, transaction: never };
      return { bus, address: 0x1d };
    },
    openDelay: () => {
      raise(state.failDelay);
      return { ...handle("delay"), delayNs: (ns) => void log.push(`wait ${ns}`) };
    },
    getSettings: (name) => {
      log.push(`settings of ${name}`);
      return settings;
    },
  };
  return {
    ...sensorOn(board, { bus: i2cOn(board), options: { fast: flag(false) }, driver: Driver }),
    state,
    log,
  };
}

function never(): never {
  throw new Error("no driver of this test uses the bus");
}

function thrownBy(body: () => unknown): unknown {
  try {
    body();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("open", () => {
  test("reads the settings, opens the wiring, constructs the driver", () => {
    const { open, Device, log } = setUp({ settings: [["fast", "true"]] });
    const device = open("tilt");
    expect(device).toBeInstanceOf(Device);
    expect(log).toEqual(["settings of tilt", "open tilt", 'construct at 29 {"fast":true}', "wait 1000000"]);
    expect(device.info()).toEqual({ vendor: "Nobody", model: "XY" });
    expect(device.channels()).toEqual(channels);
  });

  test("the class has the name that engines look for", () => {
    expect(setUp().Device.name).toBe("Device");
  });

  test("a bad setting opens nothing", () => {
    const { open, log } = setUp({ settings: [["fast", "very"]] });
    expect(thrownBy(() => open("tilt"))).toStrictEqual({
      tag: "invalid-argument",
      val: 'The setting "fast" of "tilt" is "very", but must be true or false.',
    });
    expect(log).toEqual(["settings of tilt"]);
  });

  test("what the board refuses is passed on", () => {
    const { open, state } = setUp();
    const payload = { tag: "access-denied", val: "It is another driver's." };
    state.failOpen = Object.assign(new Error("host"), { payload });
    expect(thrownBy(() => open("tilt"))).toStrictEqual(payload);
  });

  test("a driver that cannot be constructed leaves nothing open", () => {
    const { open, state, log } = setUp();
    state.failConstruction = DriverError.wrongDevice("Expected 1, found 2.");
    expect(thrownBy(() => open("tilt"))).toStrictEqual({ tag: "wrong-device", val: "Expected 1, found 2." });
    expect(log.slice(-2)).toEqual(["release delay", "release bus"]);
  });

  test("nor does a bug, which stays one", () => {
    const { open, state, log } = setUp();
    state.failConstruction = new TypeError("undefined is not a function");
    expect(thrownBy(() => open("tilt"))).toBeInstanceOf(Error);
    expect(log.slice(-2)).toEqual(["release delay", "release bus"]);
  });

  test("a board without a delay leaves the bus closed", () => {
    const { open, state, log } = setUp();
    state.failDelay = new Error("host");
    expect(thrownBy(() => open("tilt"))).toBeInstanceOf(Error);
    expect(log.at(-1)).toBe("release bus");
  });
});

describe("read", () => {
  test("gives one value a channel, in their order", () => {
    expect(setUp().open("tilt").read()).toEqual([1.5, -2]);
  });

  test("throws the WIT error, and the next read works", () => {
    const { open, state } = setUp();
    const device = open("tilt");
    state.failRead = DriverError.bus("overrun", "reading");
    expect(thrownBy(() => device.read())).toStrictEqual({
      tag: "bus",
      val: { kind: "overrun", message: "reading" },
    });
    state.failRead = undefined;
    expect(device.read()).toEqual([1.5, -2]);
  });

  test.each([undefined, Number.NaN, Number.POSITIVE_INFINITY])("never gives %s for a number", (value) => {
    const { open, state } = setUp();
    state.sample = { x: 1, y: value };
    expect(thrownBy(() => open("tilt").read())).toStrictEqual({
      tag: "protocol",
      val: "The device gave no value for y; open it again.",
    });
  });
});

describe("a value outside of its channel's range", () => {
  test.each([-20.001, 20.001, -140.88, 1e9])(
    "is an error and no reading: %d; the next read works",
    (value) => {
      const { open, state } = setUp();
      const device = open("tilt");
      state.sample = { x: 1, y: value };
      expect(thrownBy(() => device.read())).toStrictEqual({
        tag: "protocol",
        val: `The device gave ${value} for y, which can be -20 to 20; check its wiring and supply, and if that does not help, open it again.`,
      });
      state.sample = { x: -20, y: 20 };
      expect(device.read()).toEqual([-20, 20]);
    },
  );
});

describe("close", () => {
  test.each(["close", Symbol.dispose] as const)(
    "%s closes the driver, then the delay, then the bus; once",
    (method) => {
      const { open, log } = setUp();
      const device = open("tilt");
      log.length = 0;
      device[method]();
      device[method]();
      expect(log).toEqual(["close", "release delay", "release bus"]);
      expect(thrownBy(() => device.read())).toStrictEqual({
        tag: "disconnected",
        val: '"tilt" is closed; open it again.',
      });
    },
  );

  test("two devices of one component are two", () => {
    const { open } = setUp();
    const [first, second] = [open("a"), open("b")];
    first.close();
    expect(second.read()).toEqual([1.5, -2]);
  });
});
