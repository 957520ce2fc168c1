/** Our SHT3x and TMP102, drivers on every host and models, judged by the kernel's own: drivers/hwmon/sht3x.c, tmp102.c. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { attachI2cAdapter, bindKernelDriver, type I2cAdapter, type KernelDevice } from "@busbar/lab/guest";
import { afterAll, beforeAll, expect, it } from "vitest";
import { boardFile, describeOn, hosts, some } from "./hosts.ts";
import { driver } from "./native-program.ts";
import { SLOW_LIMITS } from "./support.ts";

/** One file of the kernel's hardware monitoring, in °C or %RH: Documentation/hwmon/sysfs-interface.rst. */
async function readHwmon({ path }: KernelDevice, file: string): Promise<number> {
  const [name] = await readdir(join(path, "hwmon"));
  return Number(await readFile(join(path, "hwmon", name!, file), "utf8")) / 1000;
}

describeOn(hosts, "the kernel's hwmon drivers and ours", (host) => {
  let adapter: I2cAdapter;
  beforeAll(async () => {
    adapter = await attachI2cAdapter([]);
  });
  afterAll(() => adapter?.detach());

  async function ours(chip: string, address: string, settings: Record<string, string> = {}) {
    const i2c = { bus: adapter.busNumber, address };
    const devices = { it: { driver: driver(chip), i2c, settings, limits: SLOW_LIMITS } };
    await using board = await host.open(await boardFile({ devices }));
    // Closed, or a chip that measures by itself would go on, and the kernel's driver would not bind to it.
    await using sensor = await board.sensor("it");
    return await sensor.read();
  }

  const rooms = [
    [21.5, 43],
    [-39, 3],
    [120, 99],
  ] as const;

  it.each(some(host, rooms))("sht3x and we agree on %d °C and %d percent", async (temperature, humidity) => {
    // The kernel waits 15 ms, the longest time of older data sheets.
    const measurementTime = "typical";
    await adapter.replace([{ address: 0x44, model: "sht3x", temperature, humidity, measurementTime }]);
    const readings = [
      await ours("sht3x", "0x44"),
      await ours("sht3x", "0x44", { "clock-stretching": "true" }),
      await ours("sht3x", "0x44", { mode: "periodic", "rate-hz": "10" }),
    ];
    await using device = await bindKernelDriver(adapter.busNumber, 0x44, "sht3x");
    const kernel = [await readHwmon(device, "temp1_input"), await readHwmon(device, "humidity1_input")];
    for (const reading of readings) {
      // The kernel divides by 2^16 instead of 2^16 - 1, and cuts to thousandths.
      expect(Math.abs(reading.temperature! - kernel[0]!)).toBeLessThan(0.005);
      expect(Math.abs(reading.humidity! - kernel[1]!)).toBeLessThan(0.005);
    }
  });

  it.each(some(host, rooms))("tmp102 and we agree on %d °C", async (temperature) => {
    await adapter.replace([{ address: 0x48, model: "tmp102", temperature }]);
    const readings = [
      await ours("tmp102", "0x48"),
      await ours("tmp102", "0x48", { mode: "continuous", "extended-mode": "true" }),
    ];
    await using device = await bindKernelDriver(adapter.busNumber, 0x48, "tmp102");
    // What we left asleep converts first: the kernel says EAGAIN for 35 ms.
    const kernel = await expect
      .poll(() => readHwmon(device, "temp1_input").catch(() => undefined))
      .toBeDefined()
      .then(() => readHwmon(device, "temp1_input"));
    for (const reading of readings) expect(reading.temperature).toBe(kernel);
  });
});
