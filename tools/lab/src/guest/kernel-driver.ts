import { readdir, readFile, realpath, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A device that one of the kernel's own drivers runs. */
export interface KernelDevice extends AsyncDisposable {
  /** Its folder in sysfs. */
  readonly path: string;
  /** The driver's name. */
  readonly driver: string;
  /** Takes the driver off the device, and the device off the bus. Doing so twice is legal. */
  unbind(): Promise<void>;
}

/**
 * Tells the kernel that a chip sits on an I2C bus, so that its driver binds to it. The driver's module has to be loaded.
 *
 * @param name as the kernel's driver calls the chip: "bme280"
 * @param address 7 bits
 * @throws Error when the kernel refuses, or the driver does: because of a wrong chip id, for example
 */
export async function bindKernelDriver(
  busNumber: number,
  address: number,
  name: string,
): Promise<KernelDevice> {
  const adapter = `/sys/bus/i2c/devices/i2c-${busNumber}`;
  const device = `/sys/bus/i2c/devices/${busNumber}-${address.toString(16).padStart(4, "0")}`;
  let bound = true;
  const unbind = async (): Promise<void> => {
    if (!bound) return;
    bound = false;
    await writeFile(`${adapter}/delete_device`, `0x${address.toString(16)}`);
  };
  // The driver's probe is over when the write returns.
  await writeFile(`${adapter}/new_device`, `${name} 0x${address.toString(16)}`);
  const driver = await realpath(join(device, "driver")).catch(() => undefined);
  if (driver === undefined) {
    await unbind();
    throw new Error(
      `No driver of the kernel takes "${name}" at 0x${address.toString(16)} of i2c-${busNumber}.`,
    );
  }
  return {
    path: await realpath(device),
    driver: driver.slice(driver.lastIndexOf("/") + 1),
    unbind,
    [Symbol.asyncDispose]: unbind,
  };
}

/** What a weather sensor reads through the kernel's industrial I/O, in this project's units. */
export interface IioReading {
  /** °C */
  readonly temperature?: number;
  /** Pa */
  readonly pressure?: number;
  /** %RH */
  readonly humidity?: number;
}

/** The files of industrial I/O, and what their numbers are to be divided by: Documentation/ABI/testing/sysfs-bus-iio. */
const IIO_CHANNELS = [
  ["temperature", "in_temp_input", 1000], // m°C
  ["pressure", "in_pressure_input", 0.001], // kPa
  ["humidity", "in_humidityrelative_input", 1000], // m%RH
] as const;

/** How long a chip may take for its first measurement, in milliseconds: ten times what the slowest needs. */
const FIRST_MEASUREMENT_MS = 1_000;

/**
 * Reads a file of industrial I/O. Until the first measurement is over a BME280 has "skipped" in its data registers, and the driver
 * answers EIO, as it does for what stays wrong.
 */
async function readMeasured(path: string): Promise<string> {
  const limit = performance.now() + FIRST_MEASUREMENT_MS;
  for (;;) {
    try {
      return await readFile(path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EIO" || performance.now() > limit) throw error;
    }
  }
}

/**
 * Reads every channel of a device once.
 *
 * @throws Error with the kernel's errno, when the driver cannot read the device
 */
export async function readIio(device: KernelDevice): Promise<IioReading> {
  const name = (await readdir(device.path)).find((entry) => entry.startsWith("iio:device"));
  if (name === undefined) throw new Error(`${device.path} has no industrial I/O.`);
  const folder = join(device.path, name);
  const files = new Set(await readdir(folder));
  const reading: { -readonly [quantity in keyof IioReading]: number } = {};
  for (const [quantity, file, divisor] of IIO_CHANNELS) {
    if (files.has(file)) reading[quantity] = Number(await readMeasured(join(folder, file))) / divisor;
  }
  return reading;
}
