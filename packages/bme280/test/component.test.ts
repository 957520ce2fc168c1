/** The built components of both engines, through the host, on a simulated chip. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPackage } from "@busbar/build";
import { type BoardEvent, readComponent } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { type I2cFaultKind, SimulatedI2cBus, VirtualClock } from "@busbar/sim";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Bme280, rawSource } from "../src/model.ts";
import vectors from "./vectors/bme280.json" with { type: "json" };

const packageFolder = join(import.meta.dirname, "..");
const built = mkdtempSync(join(tmpdir(), "busbar-bme280-"));
const components = {
  quickjs: join(packageFolder, "dist/bme280.wasm"),
  starlingmonkey: join(built, "bme280.wasm"),
};
const engines = ["quickjs", "starlingmonkey"] as const;

beforeAll(async () => {
  await buildPackage(packageFolder, { engine: "starlingmonkey", outFolder: built });
}, 120_000);
afterAll(() => rmSync(built, { recursive: true }));

/** The data sheet's worked example: calibration 4.2.2 and 8.1, adc_T 519888, adc_P 415148. */
const example = {
  calibration: "706b436718fc7d8e43d6d00b270b8c00f9ff8c3cf8c67017004b",
  humidityCalibration: "6301001524031e",
  data: "655ac07eed006f15",
};

/** A board with one simulated BME280 that has this calibration and shows these raw values. */
async function simulatedBoard(
  component: string,
  chip: typeof example,
  more: Readonly<Record<string, string>> = {},
) {
  const clock = new VirtualClock();
  const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"));
  const data = bytes(chip.data);
  const model = new Bme280(
    {
      chip: "bme280",
      calibration: { from88: bytes(chip.calibration), fromE1: bytes(chip.humidityCalibration) },
      source: rawSource({
        pressure: (data[0]! << 12) | (data[1]! << 4) | (data[2]! >> 4),
        temperature: (data[3]! << 12) | (data[4]! << 4) | (data[5]! >> 4),
        humidity: (data[6]! << 8) | data[7]!,
      }),
    },
    clock,
  );
  const bus = new SimulatedI2cBus([[0x76, model]]);
  const events: BoardEvent[] = [];
  const settings = { "temperature-oversampling": 16, "pressure-oversampling": 16, ...more };
  const board = await openBoard(
    { devices: { indoor: { driver: component, i2c: { bus: "test", address: "0x76" }, settings } } },
    { clock, i2c: [{ name: "test", openI2c: () => bus.open() }], onEvent: (event) => events.push(event) },
  );
  return { board, bus, events };
}

describe.each(engines)("the %s component", (engine) => {
  test("imports what its world declares and nothing more", () => {
    const { imports, exports } = readComponent(readFileSync(components[engine]), engine);
    expect(imports.map(({ name }) => name).sort()).toEqual([
      "busbar:board/i2c@0.1.0",
      "busbar:board/settings@0.1.0",
      "busbar:device/errors@0.1.0",
      "wasi:i2c/delay@0.2.0-draft",
      "wasi:i2c/i2c@0.2.0-draft",
    ]);
    expect(exports.map(({ name }) => name)).toContain("busbar:device/sensor@0.1.0");
  });

  test("reads the data sheet's worked example: 25.08 °C, 100653 Pa", async () => {
    const { board } = await simulatedBoard(components[engine], example);
    await using _ = board;
    const reading = await (await board.sensor("indoor")).read();
    expect(reading.temperature).toBeCloseTo(25.08, 2);
    expect(Math.abs(reading.pressure! - 100_653)).toBeLessThan(1);
  });

  test.each(vectors.cases)("vector $name", async ({ input, decoded, recomputed_double: expected }) => {
    const { board } = await simulatedBoard(components[engine], {
      calibration: input.registers_0x88_0xA1,
      humidityCalibration: input.registers_0xE1_0xE7,
      data: input.registers_0xF7_0xFE,
    });
    await using _ = board;
    const sensor = await board.sensor("indoor");
    if (decoded.calibration.P1 === 0) {
      // The data sheet's formula gives up with 0 (4.2.3); a pressure of 0 would be a wrong reading.
      await expect(sensor.read()).rejects.toMatchObject({ code: "protocol" });
      return;
    }
    const reading = await sensor.read();
    // The tolerances that the vectors recommend.
    expect(Math.abs(reading.temperature! - expected.temperature_C)).toBeLessThan(0.01);
    expect(Math.abs(reading.pressure! - expected.pressure_Pa)).toBeLessThan(0.5);
    expect(Math.abs(reading.humidity! - expected.humidity_RH)).toBeLessThan(0.02);
  });

  test.each(["sensor", "board"])("the part sleeps after its %s is closed", async (closed) => {
    const { board, bus } = await simulatedBoard(components[engine], example, { mode: "normal" });
    const sensor = await board.sensor("indoor");
    await (closed === "sensor" ? sensor : board)[Symbol.asyncDispose]();
    const [ctrlMeas] = bus.transaction(0x76, [
      { kind: "write", data: Uint8Array.of(0xf4) },
      { kind: "read", length: 1 },
    ]);
    expect(ctrlMeas![0]! & 0b11).toBe(0);
    await board[Symbol.asyncDispose]();
  });
});

describe("a bus fault at every single transaction", () => {
  /** The fault, and what the app sees of it: the WIT error's case and kind. */
  const faults: [I2cFaultKind, string][] = [
    ["no-acknowledge-address", "no-acknowledge-address"],
    ["no-acknowledge-data", "no-acknowledge-data"],
    ["no-acknowledge", "no-acknowledge"],
    ["arbitration-loss", "arbitration-loss"],
    ["bus", "bus"],
    ["overrun", "overrun"],
    ["other", "other"],
  ];

  test.each(faults)("of open: %s is a typed error, and the next open works", async (fault, kind) => {
    const { board, bus } = await simulatedBoard(components.quickjs, example);
    await using _ = board;
    const before = bus.transactions;
    await using opened = await board.sensor("indoor");
    const count = bus.transactions - before;
    expect(count).toBeGreaterThan(5);
    await opened[Symbol.asyncDispose]();
    for (let transaction = 1; transaction <= count; transaction += 1) {
      bus.inject({ fault, transaction });
      await expect(board.sensor("indoor")).rejects.toMatchObject({ payload: { tag: "bus", val: { kind } } });
      bus.clearFaults();
      await using sensor = await board.sensor("indoor");
      expect((await sensor.read()).temperature).toBeCloseTo(25.08, 2);
    }
  });

  test.each(faults)("of read: %s is a typed error, and the next read works", async (fault, kind) => {
    const { board, bus, events } = await simulatedBoard(components.quickjs, example);
    await using _ = board;
    const sensor = await board.sensor("indoor");
    const before = bus.transactions;
    await sensor.read();
    const count = bus.transactions - before;
    expect(count).toBe(3);
    for (let transaction = 1; transaction <= count; transaction += 1) {
      bus.inject({ fault, transaction });
      await expect(sensor.read()).rejects.toMatchObject({ payload: { tag: "bus", val: { kind } } });
      bus.clearFaults();
      expect((await sensor.read()).temperature).toBeCloseTo(25.08, 2);
    }
    expect(events.filter((event) => event.kind === "lifecycle")).toHaveLength(1);
  });
});
