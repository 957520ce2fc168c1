import { BackendError, busNameOf, type I2cBusName } from "@busbar/host/backend";
import type { SystemFiles } from "./system.ts";

/** An I2C adapter that the kernel knows. */
export interface Adapter {
  /** N of `/dev/i2c-N`. */
  readonly number: number;
  /** The driver's name for it: "bcm2835 (i2c@7e804000)"; empty where it has none. Not necessarily unique. */
  readonly name: string;
}

/** The device file of a bus. */
export function devicePath(number: number): string {
  return `/dev/i2c-${number}`;
}

/** All adapters in the order of their numbers, whether i2c-dev is loaded or not. */
export function adapters(files: SystemFiles): readonly Adapter[] {
  const found = new Map<number, Adapter>();
  for (const folder of ["/sys/bus/i2c/devices", "/sys/class/i2c-dev"]) {
    for (const entry of files.list(folder) ?? []) {
      const number = busNumber(entry);
      if (number === undefined || found.has(number)) continue;
      found.set(number, { number, name: files.read(`${folder}/${entry}/name`)?.trim() ?? "" });
    }
  }
  return [...found.values()].sort((left, right) => left.number - right.number);
}

/** N of "i2c-N". */
function busNumber(name: string): number | undefined {
  return /^i2c-(0|[1-9][0-9]{0,6})$/.test(name) ? Number(name.slice("i2c-".length)) : undefined;
}

/**
 * The number that the board file means: N, "N", "i2c-N", "/dev/i2c-N", or an adapter's name as in `/sys/class/i2c-dev/i2c-N/name`, which
 * stays the same where numbers depend on the order of loading. `undefined` for a name that no adapter has; a number
 * is returned whether its bus exists or not.
 *
 * @throws BackendError when several adapters have the name
 */
export function resolveBus(written: I2cBusName, files: SystemFiles): number | undefined {
  const bus = busNameOf(written);
  if (typeof bus === "number") return Number.isSafeInteger(bus) && bus >= 0 ? bus : undefined;
  const named = adapters(files).filter((adapter) => adapter.name === bus);
  if (named.length > 1) {
    const numbers = named.map((adapter) => adapter.number).join(", ");
    throw new BackendError(
      `Several I2C adapters are called "${bus}": write one of the numbers ${numbers} instead.`,
    );
  }
  return named[0]?.number;
}

/** How sysfs calls the device at an address of a bus: "1-0076". */
export function clientName(bus: number, address: number): string {
  return `${bus}-${address.toString(16).padStart(4, "0")}`;
}

/**
 * The kernel driver that is bound to an address: "bmp280". `undefined` where there is none, or where it sits on another
 * segment of a multiplexed bus.
 */
export function driverAt(bus: number, address: number, files: SystemFiles): string | undefined {
  const target = files.link(`/sys/bus/i2c/devices/${clientName(bus, address)}/driver`);
  return target?.split("/").pop();
}

/** Whether i2c-dev, which makes `/dev/i2c-N`, is loaded or built in. */
export function hasI2cDev(files: SystemFiles): boolean {
  return files.list("/sys/class/i2c-dev") !== undefined;
}

/** Whether this is a Raspberry Pi, whose I2C is switched on by raspi-config. */
export function isRaspberryPi(files: SystemFiles): boolean {
  return files.read("/proc/device-tree/model")?.startsWith("Raspberry Pi") ?? false;
}

/** Whether this process runs in a Docker or Podman container, which sees only the devices that it was given. */
export function isContainer(files: SystemFiles): boolean {
  return files.status("/.dockerenv") !== undefined || files.status("/run/.containerenv") !== undefined;
}
