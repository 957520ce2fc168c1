import { SimulatedI2cBus, VirtualClock } from "@busbar/sim";
import { beforeEach, describe, expect, it } from "vitest";
import {
  Bme280,
  type Bme280Options,
  type Bme280Source,
  compensate,
  DEFAULT_CALIBRATION,
  encodeCalibration,
  physicalSource,
  rawSource,
} from "../src/model.ts";
import { bytes, cases } from "./model-vectors.ts";

const ADDRESS = 0x76;
const CALIBRATION = encodeCalibration(DEFAULT_CALIBRATION);
const RAW = { temperature: 519_888, pressure: 415_148, humidity: 30_000 };
const SKIPPED = "800000 800000 8000";
const DATA = "655ac0 7eed00 7530";

/** Oversampling x1 of all three, section 9.1: 1.25 + 2.3 + 2.875 + 2.875 ms. */
const MAXIMUM_X1_MS = 9.3;
const TYPICAL_X1_MS = 8;
const FORCED_X1 = 0x25;
const NORMAL_X1 = 0x27;

let clock: VirtualClock;
let bus: SimulatedI2cBus;

function plug(options: Partial<Bme280Options> = {}): void {
  clock = new VirtualClock(1000.1);
  const chip = new Bme280(
    { chip: "bme280", calibration: CALIBRATION, source: rawSource(RAW), ...options },
    clock,
  );
  bus = new SimulatedI2cBus([[ADDRESS, chip]]);
}

function read(register: number, length = 1): Uint8Array {
  const [data] = bus.transaction(ADDRESS, [
    { kind: "write", data: Uint8Array.of(register) },
    { kind: "read", length },
  ]);
  return data!;
}

function write(...data: number[]): void {
  bus.transaction(ADDRESS, [{ kind: "write", data: Uint8Array.from(data) }]);
}

const status = () => read(0xf3)[0];
const control = () => read(0xf4)[0];
const data = (length = 8) => read(0xf7, length);
const number20 = (part: Uint8Array) => ((part[0]! << 16) | (part[1]! << 8) | part[2]!) >> 4;

/** The raw values that the data registers show. */
function shown() {
  const all = data();
  return {
    pressure: number20(all.subarray(0, 3)),
    temperature: number20(all.subarray(3, 6)),
    humidity: (all[6]! << 8) | all[7]!,
  };
}

beforeEach(() => plug());

describe("registers", () => {
  it("have the reset states of table 18", () => {
    expect(read(0xd0)).toEqual(bytes("60"));
    expect(read(0xe0)).toEqual(bytes("00"));
    expect(read(0xf2, 11)).toEqual(bytes(`00 00 00 00 00 ${SKIPPED.slice(0, -4)}`));
    expect(data()).toEqual(bytes(SKIPPED));
  });

  it.each(cases)(
    "show the calibration and the raw values of $name",
    ({ calibration, raw, data: expected }) => {
      plug({ calibration, source: rawSource(raw) });
      expect(read(0x88, 26)).toEqual(calibration.from88);
      expect(read(0xe1, 7)).toEqual(calibration.fromE1);
      write(0xf2, 1, 0xf4, FORCED_X1);
      clock.advance(MAXIMUM_X1_MS);
      expect(data()).toEqual(expected);
    },
  );

  it("take pairs of register and data in one write, and read on from the register chosen last", () => {
    write(0xf2, 0x05, 0xf5, 0x10, 0xf4, 0x54);
    expect(read(0xf2, 4)).toEqual(bytes("05 00 54 10"));
    write(0xf5, 0x20, 0xf2);
    expect(bus.transaction(ADDRESS, [{ kind: "read", length: 4 }])).toEqual([bytes("05 00 54 20")]);
  });

  it("ignore writes where nothing can be written", () => {
    write(0xd0, 1, 0x88, 1, 0xf7, 1, 0xf3, 0xff, 0xe1, 1);
    expect(read(0xd0)).toEqual(bytes("60"));
    expect(read(0x88, 26)).toEqual(CALIBRATION.from88);
    expect(status()).toBe(0);
    expect(data()).toEqual(bytes(SKIPPED));
    write(0xf2, 0xff);
    expect(read(0xf2)).toEqual(bytes("07"));
  });
});

describe("reset", () => {
  it("returns to the reset states and copies the calibration for 2 ms", () => {
    write(0xf2, 1, 0xf5, 0x10, 0xf4, NORMAL_X1);
    clock.advance(100);
    expect(data()).toEqual(bytes(DATA));
    write(0xe0, 0xb6);
    expect(status()).toBe(0x01);
    expect(read(0x88, 26)).toEqual(new Uint8Array(26));
    expect(read(0xe1, 7)).toEqual(new Uint8Array(7));
    expect(read(0xd0)).toEqual(bytes("60"));
    expect(read(0xf2, 4)).toEqual(bytes("00 01 00 00"));
    clock.advance(1.9);
    expect(status()).toBe(0x01);
    clock.advance(0.1);
    expect(status()).toBe(0x00);
    expect(read(0x88, 26)).toEqual(CALIBRATION.from88);
    expect(data()).toEqual(bytes(SKIPPED));
    clock.advance(1000);
    expect(data()).toEqual(bytes(SKIPPED));
  });

  it("takes its one word only, and always reads 0", () => {
    write(0xf4, 0x24, 0xe0, 0xb5);
    expect(control()).toBe(0x24);
    expect(read(0xe0)).toEqual(bytes("00"));
  });

  it("breaks off a measurement", () => {
    write(0xf4, FORCED_X1);
    write(0xe0, 0xb6);
    expect(status()).toBe(0x01);
    clock.advance(100);
    expect(data()).toEqual(bytes(SKIPPED));
  });
});

describe("forced mode", () => {
  it("measures for the maximum time, then shows the values and sleeps", () => {
    write(0xf2, 1, 0xf4, FORCED_X1);
    expect(status()).toBe(0x08);
    clock.advance(MAXIMUM_X1_MS - 0.01);
    expect([status(), control()]).toEqual([0x08, FORCED_X1]);
    expect(data()).toEqual(bytes(SKIPPED));
    clock.advance(0.01);
    expect([status(), control()]).toEqual([0x00, FORCED_X1 & 0xfc]);
    expect(data()).toEqual(bytes(DATA));
  });

  it("measures for the typical time where it is told to", () => {
    plug({ measurementTime: "typical" });
    write(0xf2, 1, 0xf4, FORCED_X1);
    clock.advance(TYPICAL_X1_MS - 0.01);
    expect(status()).toBe(0x08);
    clock.advance(0.01);
    expect(status()).toBe(0x00);
  });

  // Section 9.1, maximum: 1.25 + 2.3 t + (2.3 p + 0.575) + (2.3 h + 0.575), without what is skipped.
  it.each([
    ["x16 of all", 0x05, 0xb5, 1.25 + 36.8 + 37.375 + 37.375],
    ["temperature only", 0x00, 0x21, 1.25 + 2.3],
    ["pressure x2 only", 0x00, 0x09, 1.25 + 5.175],
    ["humidity x4 only", 0x03, 0x01, 1.25 + 9.775],
    ["mode 10 is forced too", 0x00, 0x22, 1.25 + 2.3],
    ["osrs 111 is x16", 0x00, 0xe1, 1.25 + 36.8],
  ])("takes the time that the oversampling needs: %s", (_, humidity, control, ms) => {
    write(0xf2, humidity, 0xf4, control);
    clock.advance(ms - 0.01);
    expect(status()).toBe(0x08);
    clock.advance(0.011);
    expect(status()).toBe(0x00);
  });

  it.each([
    ["temperature", 1, 0x05, "655ac0 800000 7530"],
    ["pressure", 1, 0x21, "800000 7eed00 7530"],
    ["humidity", 0, 0x25, "655ac0 7eed00 8000"],
  ])("shows the mark of a skipped channel: %s", (_, humidity, control, expected) => {
    write(0xf2, humidity, 0xf4, control);
    clock.advance(100);
    expect(data()).toEqual(bytes(expected));
  });

  it("takes ctrl_hum with the next write to ctrl_meas only", () => {
    write(0xf4, FORCED_X1, 0xf2, 1);
    clock.advance(100);
    expect(data()).toEqual(bytes("655ac0 7eed00 8000"));
    write(0xf4, FORCED_X1);
    clock.advance(100);
    expect(data()).toEqual(bytes(DATA));
  });

  it("delays a command until the measurement is over, and ignores others meanwhile", () => {
    write(0xf2, 1, 0xf4, FORCED_X1);
    clock.advance(5);
    write(0xf4, 0x21);
    write(0xf4, 0x00);
    expect(control()).toBe(FORCED_X1);
    clock.advance(MAXIMUM_X1_MS - 5);
    expect([status(), control()]).toEqual([0x08, 0x21]);
    expect(data()).toEqual(bytes(DATA));
    clock.advance(1.25 + 2.3 + 2.875);
    expect([status(), control()]).toEqual([0x00, 0x20]);
    expect(data()).toEqual(bytes("800000 7eed00 7530"));
  });
});

describe("normal mode", () => {
  /** The temperature is the number of milliseconds since power-on. */
  const stopwatch: Bme280Source = (elapsedMs) => ({ ...RAW, temperature: Math.round(elapsedMs) });

  beforeEach(() => plug({ source: stopwatch, measurementTime: "typical" }));

  it("measures in cycles of measurement and standby, and latches at the end of each measurement", () => {
    write(0xf2, 1, 0xf5, 0x40, 0xf4, NORMAL_X1); // 125 ms standby, so a cycle takes 133 ms
    const seen: unknown[] = [];
    for (const ms of [7, 1, 124, 1, 7, 1, 1330]) {
      clock.advance(ms);
      seen.push([status(), shown().temperature]);
    }
    expect(seen).toEqual([
      [0x08, 0x80000],
      [0x00, 8],
      [0x00, 8],
      [0x08, 8],
      [0x08, 8],
      [0x00, 141],
      [0x00, 1471],
    ]);
    expect(control()).toBe(NORMAL_X1);
  });

  it.each([
    ["bme280", 0x20, 62.5],
    ["bme280", 0xc0, 10],
    ["bme280", 0xe0, 20],
    ["bmp280", 0xc0, 2000],
    ["bmp280", 0xe0, 4000],
    ["bmp280", 0x00, 0.5],
  ] as const)("has the standby times of %s: %i", (chip, config, standbyMs) => {
    plug({ chip, measurementTime: "typical" });
    write(0xf5, config, 0xf4, 0x23); // temperature only: 3 ms
    clock.advance(3);
    expect(status()).toBe(0x00);
    clock.advance(standbyMs - 0.01);
    expect(status()).toBe(0x00);
    clock.advance(0.011);
    expect(status()).toBe(0x08);
  });

  it("ignores config, which is written in sleep mode", () => {
    write(0xf5, 0x40, 0xf4, NORMAL_X1, 0xf5, 0xa0);
    expect(read(0xf5)).toEqual(bytes("40"));
    clock.advance(10);
    write(0xf4, 0x24, 0xf5, 0xa0);
    expect(read(0xf5)).toEqual(bytes("a0"));
  });

  it("goes to sleep at once in standby, and after the measurement else", () => {
    write(0xf2, 1, 0xf5, 0x40, 0xf4, NORMAL_X1);
    clock.advance(50);
    write(0xf4, 0x24);
    expect(control()).toBe(0x24);
    clock.advance(1000);
    expect(shown().temperature).toBe(8);

    write(0xf4, NORMAL_X1); // at 1050 ms
    clock.advance(133 + 4); // in the second measurement
    write(0xf4, 0x24);
    expect([status(), control()]).toEqual([0x08, NORMAL_X1]);
    clock.advance(1000);
    expect([status(), control()]).toEqual([0x00, 0x24]);
    expect(shown().temperature).toBe(1050 + 133 + 8);
  });

  it("survives a clock that jumps by years", () => {
    write(0xf5, 0x1c, 0xf4, NORMAL_X1);
    clock.advance(1e11);
    expect(status()! & 0x01).toBe(0);
    clock.advance(1e11);
    expect(data()).not.toEqual(bytes(SKIPPED));
  });
});

describe("a burst", () => {
  it("never mixes two measurements", () => {
    let sample = 0;
    plug({
      source: () => {
        sample += 1;
        return sample === 1
          ? { temperature: 0x11111, pressure: 0x11111, humidity: 0x1111 }
          : { temperature: 0x22222, pressure: 0x22222, humidity: 0x2222 };
      },
    });
    write(0xf2, 1, 0xf4, NORMAL_X1);
    clock.advance(MAXIMUM_X1_MS);
    const original = clock.now.bind(clock);
    const transfer = bus.begin();
    transfer.write(ADDRESS, Uint8Array.of(0xf7));
    let looks = 0;
    clock.now = () => original() + 1000 * looks++; // time goes on with every look at the clock
    expect(transfer.read(ADDRESS, 8)).toEqual(bytes("111110 111110 1111"));
    transfer.stop();
    clock.advance(1000);
    expect(data()).toEqual(bytes("222220 222220 2222"));
  });
});

describe("the filter", () => {
  const steps = [1000, 2000, 2000, 2000];
  let index: number;

  beforeEach(() => {
    index = 0;
    plug({
      source: () => {
        const value = steps[index++]!;
        return { temperature: value, pressure: 2 * value, humidity: value };
      },
    });
  });

  function measure(control = FORCED_X1): ReturnType<typeof shown> {
    write(0xf2, 1, 0xf4, control);
    clock.advance(100);
    return shown();
  }

  it("passes the first value and follows the others: section 3.4.4", () => {
    write(0xf5, 0x08); // coefficient 4
    expect(measure()).toEqual({ temperature: 1000, pressure: 2000, humidity: 1000 });
    expect(measure()).toEqual({ temperature: 1250, pressure: 2500, humidity: 2000 });
    expect(measure()).toEqual({ temperature: 1438, pressure: 2875, humidity: 2000 });
    write(0xf5, 0x08); // writing it resets the memory
    expect(measure()).toEqual({ temperature: 2000, pressure: 4000, humidity: 2000 });
  });

  it("keeps its memory over a skipped measurement", () => {
    write(0xf5, 0x04); // coefficient 2
    measure();
    expect(measure(0x21)).toMatchObject({ temperature: 1500, pressure: 0x80000 });
    expect(measure()).toMatchObject({ temperature: 1750, pressure: 3000 });
  });

  it("is off by default", () => {
    measure();
    expect(measure()).toMatchObject({ temperature: 2000, pressure: 4000 });
  });
});

describe("BMP280", () => {
  beforeEach(() => plug({ chip: "bmp280" }));

  it("has its own id and nothing of humidity", () => {
    expect(read(0xd0)).toEqual(bytes("58"));
    expect(read(0x88, 24)).toEqual(CALIBRATION.from88.subarray(0, 24));
    expect(read(0xe1, 7)).toEqual(new Uint8Array(7));
    write(0xf2, 1, 0xf4, FORCED_X1);
    expect(read(0xf2)).toEqual(bytes("00"));
    clock.advance(1.25 + 2.3 + 2.875);
    expect(status()).toBe(0);
    expect(data()).toEqual(bytes("655ac0 7eed00 0000"));
  });
});

describe("physical values", () => {
  const values = { temperature: 21.5, pressure: 98_765, humidity: 55 };
  const still = physicalSource(DEFAULT_CALIBRATION, values);

  function measured(control: number, config = 0) {
    write(0xf5, config, 0xf2, 1, 0xf4, control);
    clock.advance(200);
    return { raw: shown(), reading: compensate(DEFAULT_CALIBRATION, shown()) };
  }

  it("come back, with the resolution of the oversampling", () => {
    plug({ source: still });
    const coarse = measured(FORCED_X1);
    expect(Math.abs(coarse.reading.temperature - values.temperature)).toBeLessThan(0.0026);
    expect(Math.abs(coarse.reading.pressure - values.pressure)).toBeLessThan(1.4);
    expect(Math.abs(coarse.reading.humidity - values.humidity)).toBeLessThan(0.01);
    expect([coarse.raw.temperature % 16, coarse.raw.pressure % 16]).toEqual([0, 0]);

    const fine = measured(0xb5);
    expect(Math.abs(fine.reading.temperature - values.temperature)).toBeLessThan(0.0003);
    expect(Math.abs(fine.reading.pressure - values.pressure)).toBeLessThan(0.2);
    expect(measured(FORCED_X1, 0x04).raw).toEqual(fine.raw);
  });

  it("move with time", () => {
    plug({
      source: physicalSource(DEFAULT_CALIBRATION, {
        ...values,
        temperature: { mean: 20, swing: 5, periodSeconds: 60 },
      }),
    });
    const temperatureAt = (ms: number) => {
      clock.advance(ms - 200);
      return measured(0xb5).reading.temperature;
    };
    clock.advance(200 - (1.25 + 36.8 + 37.375 + 2.875));
    expect(temperatureAt(15_000)).toBeCloseTo(25, 1);
    expect(temperatureAt(30_000)).toBeCloseTo(15, 1);
  });

  it("never look like a skipped channel", () => {
    const marks = compensate(DEFAULT_CALIBRATION, {
      temperature: 0x80000,
      pressure: 0x80000,
      humidity: 0x8000,
    });
    plug({ source: physicalSource(DEFAULT_CALIBRATION, marks) });
    for (const control of [FORCED_X1, 0xb5]) {
      const { raw, reading } = measured(control);
      expect(raw.temperature).not.toBe(0x80000);
      expect(raw.pressure).not.toBe(0x80000);
      expect(raw.humidity).not.toBe(0x8000);
      expect(Math.abs(reading.temperature - marks.temperature)).toBeLessThan(0.006);
      expect(Math.abs(reading.pressure - marks.pressure)).toBeLessThan(6);
      expect(Math.abs(reading.humidity - marks.humidity)).toBeLessThan(0.03);
    }
  });
});
