import { HostError, type SimulateEntry } from "@busbar/host";
import { describe, expect, it } from "vitest";
import {
  CALIBRATION_RANGES,
  compensate,
  DEFAULT_CALIBRATION,
  decodeCalibration,
  Registers,
  simulate,
  simulatedBuses,
} from "../src/index.ts";
import { FakeClock } from "./support/clock.ts";
import { bytes } from "./support/vectors.ts";

const clock = new FakeClock();

const bme280 = (parameters: Record<string, unknown> = {}): SimulateEntry => ({
  i2c: "sim",
  address: 0x76,
  model: "bme280",
  ...parameters,
});

const registers = (parameters: Record<string, unknown> = { registers: {} }): SimulateEntry => ({
  i2c: "sim",
  address: 0x50,
  model: "registers",
  ...parameters,
});

function open(...entries: SimulateEntry[]) {
  return simulate(entries, clock).openI2c("sim")!;
}

function read(bus: ReturnType<typeof open>, address: number, register: number, length: number): Uint8Array {
  const [data] = bus.transaction(address, [
    { kind: "write", data: Uint8Array.of(register) },
    { kind: "read", length },
  ]);
  return data!;
}

function measure(bus: ReturnType<typeof open>): Uint8Array {
  bus.transaction(0x76, [{ kind: "write", data: Uint8Array.of(0xf2, 5, 0xf4, 0xb5) }]);
  clock.advance(200);
  return read(bus, 0x76, 0xf7, 8);
}

function refusal(...entries: SimulateEntry[]): string {
  try {
    simulate(entries, clock);
  } catch (error) {
    expect(error).toBeInstanceOf(HostError);
    expect((error as HostError).code).toBe("board");
    return (error as HostError).message;
  }
  return "accepted";
}

describe("simulate", () => {
  it("is a backend of the named buses only", () => {
    const backend = simulate([bme280(), { ...registers(), i2c: "other" }], clock);
    expect(backend.name).toBe("simulator");
    expect(backend.openI2c("sim")).toBeDefined();
    expect(backend.openI2c("other")).toBeDefined();
    expect(backend.openI2c("none")).toBeUndefined();
    expect(backend.openI2c(1)).toBeUndefined();
    expect(simulate([], clock).openI2c("sim")).toBeUndefined();
  });

  it("opens one bus twice: what one handle writes the other reads, and closing one leaves the other", () => {
    const backend = simulate([registers()], clock);
    const first = backend.openI2c("sim")!;
    const second = backend.openI2c("sim")!;
    first.transaction(0x50, [{ kind: "write", data: Uint8Array.of(1, 42) }]);
    first.close();
    expect(() => read(first, 0x50, 1, 1)).toThrow("closed");
    expect(read(second, 0x50, 1, 1)).toEqual(Uint8Array.of(42));
  });

  it("knows a bus by all names that mean it", () => {
    const backend = simulate([{ ...registers(), i2c: "/dev/i2c-1" }], clock);
    for (const bus of [1, "1", "i2c-1"]) expect(backend.openI2c(bus), String(bus)).toBeDefined();
    for (const bus of [2, "i2c-10", "sim"]) expect(backend.openI2c(bus), String(bus)).toBeUndefined();
    const twice = [registers(), { ...registers(), i2c: 1 }, { ...registers(), i2c: "i2c-1" }];
    expect(() => simulate(twice, clock)).toThrow("0x50");
  });

  it("puts several targets on one bus, and the same address on two", () => {
    const buses = simulatedBuses([bme280(), registers(), { ...bme280(), i2c: "second" }], clock);
    expect([...buses].map(([name, bus]) => [name, bus.addresses])).toEqual([
      ["sim", [0x50, 0x76]],
      ["second", [0x76]],
    ]);
  });

  it("injects the faults of an entry into the transactions of its address", () => {
    const bus = open(bme280({ faults: [{ transaction: 2, fault: "arbitration-loss" }] }), registers());
    read(bus, 0x50, 0, 1);
    read(bus, 0x76, 0xd0, 1);
    read(bus, 0x50, 0, 1);
    expect(() => read(bus, 0x76, 0xd0, 1)).toThrow("arbitration-loss");
    expect(read(bus, 0x76, 0xd0, 1)).toEqual(Uint8Array.of(0x60));
  });
});

describe("the model bme280", () => {
  it("is a BME280 at 22 °C, 101325 Pa and 45 %RH where nothing is said", () => {
    const bus = open(bme280());
    expect(read(bus, 0x76, 0xd0, 1)).toEqual(bytes("60"));
    const calibration = {
      from88: read(bus, 0x76, 0x88, 26),
      fromE1: read(bus, 0x76, 0xe1, 7),
    };
    expect(decodeCalibration(calibration)).toEqual(DEFAULT_CALIBRATION);
    const data = measure(bus);
    const raw = {
      pressure: ((data[0]! << 16) | (data[1]! << 8) | data[2]!) >> 4,
      temperature: ((data[3]! << 16) | (data[4]! << 8) | data[5]!) >> 4,
      humidity: (data[6]! << 8) | data[7]!,
    };
    const reading = compensate(DEFAULT_CALIBRATION, raw);
    expect(reading.temperature).toBeCloseTo(22, 3);
    expect(reading.pressure).toBeCloseTo(101_325, 0);
    expect(reading.humidity).toBeCloseTo(45, 1);
  });

  it("takes calibration as registers, bit for bit", () => {
    const from88 = "1d6ead6632001b8f38d6d00b542b0ffff9ff0c3020d18813 ff4b";
    const fromE1 = "520100ffcbf91e";
    const bus = open(
      bme280({
        calibration: { "0x88": from88, "0xE1": fromE1 },
        raw: { temperature: 1, pressure: 2, humidity: 3 },
      }),
    );
    expect(read(bus, 0x76, 0x88, 26)).toEqual(bytes(from88));
    expect(read(bus, 0x76, 0xe1, 7)).toEqual(bytes(fromE1));
    expect(measure(bus)).toEqual(bytes("000020 000010 0003"));
  });

  it("takes named calibration values, the others staying as they are by default", () => {
    const bus = open(bme280({ calibration: { T1: 28000, H4: -5 } }));
    const calibration = {
      from88: read(bus, 0x76, 0x88, 26),
      fromE1: read(bus, 0x76, 0xe1, 7),
    };
    expect(decodeCalibration(calibration)).toEqual({ ...DEFAULT_CALIBRATION, T1: 28000, H4: -5 });
  });

  it("is a BMP280, which needs no humidity", () => {
    const bus = open(bme280({ chip: "bmp280", raw: { temperature: 1, pressure: 2 } }));
    expect(read(bus, 0x76, 0xd0, 1)).toEqual(bytes("58"));
    expect(refusal(bme280({ chip: "bmp280", calibration: { H2: 0 } }))).toBe("accepted");
  });

  it("takes a calibration of zeros with raw values, though not with physical ones", () => {
    const zeros = Object.fromEntries(Object.keys(CALIBRATION_RANGES).map((name) => [name, 0]));
    const raw = { temperature: 1, pressure: 2, humidity: 3 };
    expect(refusal(bme280({ calibration: zeros, raw }))).toBe("accepted");
    expect(refusal(bme280({ calibration: zeros }))).toBe(
      "simulate[0] (bme280 at 0x76): a chip of this calibration cannot show that temperature; change either.",
    );
  });
});

describe("a wrong entry", () => {
  const moving = { mean: 20, swing: 2, periodSeconds: 60 };
  const place = "simulate[0] (bme280 at 0x76):";
  const expectedTemperature =
    '"temperature": expected a number from -40 to 85, or { mean, swing, periodSeconds } that stays there.';

  it("takes a module's model, and says what is wrong with it", () => {
    const use = (model: unknown, name = "./chip.ts") =>
      simulate([{ ...bme280(), model: name }], clock, new Map([[name, model]])).openI2c("sim")!;
    const chip = new Registers({ contents: new Map([[0xd0, 0x77]]) });
    expect(read(use({ create: () => chip }), 0x76, 0xd0, 1)).toEqual(bytes("77"));

    const module = "simulate[0] (./chip.ts at 0x76):";
    for (const none of [null, 1, {}, { create: 1 }, () => chip]) {
      expect(() => use(none)).toThrow(
        `${module} Its default export is no model; write "export default defineModel(...)".`,
      );
    }
    const failing = () => {
      throw new TypeError("chip is undefined");
    };
    expect(() => use({ create: failing })).toThrow(`${module} The module failed: chip is undefined.`);
    // What `modules` has does not replace a model of ours.
    expect(read(use({ create: () => chip }, "bme280"), 0x76, 0xd0, 1)).toEqual(bytes("60"));
  });

  it.each<[string, SimulateEntry, string]>([
    [
      "an unknown model",
      { ...bme280(), model: "bme820" },
      'simulate[0] (bme820 at 0x76): There is no such model; choose one of bme280, hd44780, ht16k33, hts221, registers, sht3x, tmp102, or name a module such as "./model.ts".',
    ],
    [
      "an unknown parameter",
      bme280({ temprature: 20 }),
      `${place} "temprature" is no parameter of this model; remove it, or correct its spelling.`,
    ],
    [
      "no address",
      { ...bme280(), address: 200 },
      "simulate[0] (bme280 at 0xC8): 200 is not a 7-bit address.",
    ],
    [
      "an unknown chip",
      bme280({ chip: "bme680" }),
      `${place} "chip": expected ("bme280" | "bmp280"), not "bme680".`,
    ],
    ["too warm", bme280({ temperature: 86 }), `${place} ${expectedTemperature}`],
    ["no number", bme280({ temperature: "warm" }), `${place} ${expectedTemperature}`],
    [
      "swinging out of range",
      bme280({ temperature: { ...moving, swing: 70 } }),
      `${place} ${expectedTemperature}`,
    ],
    [
      "raw and physical",
      bme280({ raw: { temperature: 1, pressure: 1, humidity: 1 }, pressure: 100_000 }),
      `${place} expected either "raw" or temperature, pressure and humidity, not both.`,
    ],
    [
      "raw without humidity",
      bme280({ raw: { temperature: 1, pressure: 1 } }),
      `${place} the "raw" of a bme280 needs its "humidity", from 0 to 65535.`,
    ],
    ["raw without pressure", bme280({ raw: { temperature: 1 } }), `${place} "raw.pressure" is missing.`],
    [
      "raw of 21 bits",
      bme280({ raw: { temperature: 0x100000, pressure: 1, humidity: 1 } }),
      `${place} "raw.temperature": expected a whole number from 0 to 1048575.`,
    ],
    [
      "humidity of a bmp280",
      bme280({ chip: "bmp280", humidity: 40 }),
      `${place} a bmp280 measures no humidity; remove it.`,
    ],
    [
      "a calibration value of too many bits",
      bme280({ calibration: { H4: 2048 } }),
      `${place} "calibration.H4": expected a whole number from -2048 to 2047.`,
    ],
    [
      "a calibration of too few bytes",
      bme280({ calibration: { "0x88": "00 11" } }),
      `${place} "calibration.0x88": expected 26 bytes.`,
    ],
    [
      "two kinds of calibration",
      bme280({ calibration: { T1: 1, "0xE1": "00000000000000" } }),
      `${place} "calibration": expected either the registers 0x88 and 0xE1 or named values, not both.`,
    ],
    [
      "an unknown fault",
      bme280({ faults: [{ fault: "fire" }] }),
      `${place} "faults.0.fault": expected ("no-acknowledge-address" | "no-acknowledge-data" | "no-acknowledge" | ` +
        '"arbitration-loss" | "bus" | "overrun" | "other" | "short" | "garbage"), not "fire".',
    ],
    [
      "a fault at transaction 0",
      bme280({ faults: [{ fault: "bus", transaction: 0 }] }),
      `${place} "faults.0.transaction": expected a whole number from 1 to 9007199254740991.`,
    ],
  ])("%s", (_, entry, message) => {
    expect(refusal(entry)).toBe(message);
  });

  it.each<[entry: object, message: string]>([
    [
      { usb: "1-1", model: "toaster" },
      'There is no such model; choose one of disk, cdc-acm, camera, gamepad, keyboard, mouse, usb-echo, usb-loopback, or name a module such as "./model.ts".',
    ],
    [
      { usb: "1-1", model: "usb-echo", speed: 1 },
      '"speed" is no parameter of this model; remove it, or correct its spelling.',
    ],
  ])("of USB: %j", (entry, message) => {
    const { model } = entry as { model: string };
    expect(refusal(bme280(), entry as SimulateEntry)).toBe(
      `simulate[1] (${model} at USB port 1-1): ${message}`,
    );
  });

  it("two at one address", () => {
    expect(refusal(registers(), bme280(), { ...registers(), address: 0x76 })).toBe(
      "simulate[2] (registers at 0x76): Something sits at 0x76 of this bus already; choose another address.",
    );
  });
});
