/** Our device model, judged by the kernel's own driver: drivers/iio/pressure/bmp280-core.c. */

import { compensate, DEFAULT_CALIBRATION } from "@busbar/bme280/model";
import {
  attachI2cAdapter,
  bindKernelDriver,
  type I2cAdapter,
  inVirtualMachine,
  loadI2cStub,
  readIio,
} from "@busbar/lab/guest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** The worked example of BST-BMP280-DS001 section 3.12, and some humidity, of which there is no example. */
const RAW = { temperature: 519888, pressure: 415148, humidity: 30000 };
const { humidity: HUMIDITY } = compensate(DEFAULT_CALIBRATION, RAW);

describe.runIf(inVirtualMachine())("the kernel's bmp280 driver", () => {
  let adapter: I2cAdapter;
  beforeAll(async () => {
    adapter = await attachI2cAdapter([]);
  });
  afterAll(() => adapter?.detach());

  it("reads the datasheet's example from a simulated BME280", async () => {
    await adapter.replace([
      { address: 0x76, model: "bme280", calibration: { ...DEFAULT_CALIBRATION }, raw: RAW },
    ]);
    await using device = await bindKernelDriver(adapter.busNumber, 0x76, "bme280");
    expect(device.driver).toBe("bmp280");
    const reading = await readIio(device);
    expect(reading.temperature).toBeCloseTo(25.08, 2);
    expect(Math.abs(reading.pressure! - 100653)).toBeLessThan(1);
    expect(Math.abs(reading.humidity! - HUMIDITY)).toBeLessThan(0.01);
  });

  it("reads a simulated BMP280, which has no humidity", async () => {
    const { humidity: _, ...raw } = RAW;
    await adapter.replace([{ address: 0x77, model: "bme280", chip: "bmp280", raw }]);
    await using device = await bindKernelDriver(adapter.busNumber, 0x77, "bmp280");
    const reading = await readIio(device);
    expect(Object.keys(reading)).toEqual(["temperature", "pressure"]);
    expect(reading.temperature).toBeCloseTo(25.08, 2);
    expect(Math.abs(reading.pressure! - 100653)).toBeLessThan(1);
  });

  it("follows chips that are replaced", async () => {
    for (const [temperature, pressure, humidity] of [
      [-39.5, 31_000, 0],
      [84.5, 109_000, 100],
      [22, 101_325, 45],
    ] as const) {
      await adapter.replace([{ address: 0x76, model: "bme280", temperature, pressure, humidity }]);
      await using device = await bindKernelDriver(adapter.busNumber, 0x76, "bme280");
      const reading = await readIio(device);
      expect(Math.abs(reading.temperature! - temperature)).toBeLessThan(0.02);
      expect(Math.abs(reading.pressure! - pressure)).toBeLessThan(2);
      expect(Math.abs(reading.humidity! - humidity)).toBeLessThan(0.1);
    }
  });

  it("refuses what is no such chip, and an address where nothing is", async () => {
    await adapter.replace([{ address: 0x76, model: "registers", registers: { "0xD0": "55" } }]);
    await expect(bindKernelDriver(adapter.busNumber, 0x76, "bme280")).rejects.toThrow("No driver");
    await expect(bindKernelDriver(adapter.busNumber, 0x77, "bme280")).rejects.toThrow("No driver");
  });

  it("reads registers from i2c-stub, which speaks SMBus only", async () => {
    await using stub = await loadI2cStub([0x76]);
    // The calibration of DEFAULT_CALIBRATION's temperature, the example's raw values, and the BMP280's id.
    await stub.write(0x76, 0x88, Uint8Array.of(0x70, 0x6b, 0x43, 0x67, 0x18, 0xfc));
    await stub.write(0x76, 0xd0, Uint8Array.of(0x58));
    await stub.write(0x76, 0xfa, Uint8Array.of(0x7e, 0xed, 0x00));
    await using device = await bindKernelDriver(stub.busNumber, 0x76, "bmp280");
    expect((await readIio(device)).temperature).toBeCloseTo(25.08, 2);
  });
});
