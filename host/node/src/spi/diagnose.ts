import type { Finding } from "../linux/diagnose.ts";
import { capitalized, type Remedy } from "../linux/remedies.ts";
import { noSpiDevice, noSpidev, noSpiPermission } from "./remedies.ts";
import { deviceName, type SpiPlace, spiDevices, spidevPath } from "./sysfs.ts";
import { type SpiSystem, thisSpiMachine } from "./system.ts";

/**
 * Looks at everything that SPI on Linux needs beside what I2C does: the devices, and the permissions of their files. No bus
 * traffic; changes nothing.
 */
export function diagnoseLinuxSpi(system: SpiSystem = thisSpiMachine): readonly Finding[] {
  if (system.platform !== "linux") {
    const what = `This is ${system.platform}; SPI hardware is reached from Linux only.`;
    return [{ id: "spi", ok: false, what, fix: "run on Linux, or simulate the bus in the board file" }];
  }
  const devices = spiDevices(system.files);
  if (devices.length === 0) return [bad("spi", noSpiDevice(system.files))];
  const what = `The kernel knows ${devices.map(deviceName).join(", ")}.`;
  return [{ id: "spi", ok: true, what }, ...devices.map((place) => diagnoseDevice(place, system))];
}

function diagnoseDevice(place: SpiPlace, { files }: SpiSystem): Finding {
  const path = spidevPath(place);
  if (files.status(path) === undefined) return bad(path, noSpidev(place, files));
  if (!files.usable(path)) return bad(path, noSpiPermission(path, files));
  return { id: path, ok: true, what: `This user may use ${path}.` };
}

function bad(id: string, { what, fix }: Remedy): Finding {
  return { id, ok: false, what: `${capitalized(what)}.`, fix };
}
