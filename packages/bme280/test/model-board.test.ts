/** The model "bme280" as a board file has it: what its parameters mean, and what is said of wrong ones. */

import { HostError, type SimulateEntry } from "@busbar/host";
import { simulate, VirtualClock } from "@busbar/sim";
import { describe, expect, it } from "vitest";
import model, {
  CALIBRATION_RANGES,
  compensate,
  DEFAULT_CALIBRATION,
  decodeCalibration,
} from "../src/model.ts";
import { bytes } from "./model-vectors.ts";

const clock = new VirtualClock(1000.1);
const models = new Map([["bme280", model]]);

const bme280 = (parameters: Record<string, unknown> = {}): SimulateEntry => ({
  i2c: "sim",
  address: 0x76,
  model: "bme280",
  ...parameters,
});

function open(...entries: SimulateEntry[]) {
  return simulate(entries, clock, models).openI2c("sim")!;
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
    simulate(entries, clock, models);
  } catch (error) {
    expect(error).toBeInstanceOf(HostError);
    expect((error as HostError).code).toBe("board");
    return (error as HostError).message;
  }
  return "accepted";
}

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

  it.each<[string, SimulateEntry, string]>([
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
  ])("%s", (_, entry, message) => {
    expect(refusal(entry)).toBe(message);
  });
});
