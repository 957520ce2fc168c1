import { type SpiBusName, spiBusNameOf } from "@busbar/host/backend";
import type { Finding } from "../linux/diagnose.ts";
import { capitalized, RemediedError, type Remedy } from "../linux/remedies.ts";
import { noSpiDevice, noSpidev, noSpiPermission } from "./remedies.ts";
import { deviceName, hasController, type SpiPlace, spiDevices, spidevPath } from "./sysfs.ts";
import { type SpiSystem, thisSpiMachine } from "./system.ts";

/**
 * Looks at everything that SPI on Linux needs beside what I2C does: the devices, and the permissions of their files. No bus
 * traffic; changes nothing.
 *
 * @returns nothing where there is no SPI at all, which most machines are well without
 */
export function diagnoseLinuxSpi(system: SpiSystem = thisSpiMachine): readonly Finding[] {
  const devices = spiDevices(system.files);
  if (devices.length === 0) return [];
  const what = `The kernel knows ${devices.map(deviceName).join(", ")}.`;
  return [{ id: "spi", ok: true, what }, ...devices.map((place) => diagnoseDevice(place, system))];
}

/**
 * Whether the device is there to which an entry of a board is wired. It is not opened: that would set its mode.
 *
 * @param bus as in the board file
 * @param id of the finding
 */
export function diagnoseSpiDevice(
  bus: SpiBusName,
  chipSelect: number,
  id: string,
  system: SpiSystem = thisSpiMachine,
): Finding {
  const number = spiBusNameOf(bus);
  if (system.platform !== "linux") {
    const what = `This is ${system.platform}; SPI hardware is reached from Linux only.`;
    return { id, ok: false, what, fix: "run on Linux, or simulate the bus in the board file" };
  }
  if (spiDevices(system.files).length === 0) return bad(id, noSpiDevice(system.files));
  if (typeof number !== "number" || !hasController(number, system.files)) {
    const known = spiDevices(system.files).map(deviceName).join(", ");
    return { id, ok: false, what: `There is no SPI bus ${JSON.stringify(bus)}; this machine has ${known}.` };
  }
  const found = { ...diagnoseDevice({ bus: number, chipSelect }, system), id };
  return found.ok ? (nativeProblem(id, system) ?? found) : found;
}

/** What keeps the system calls from being made; undefined where nothing does. */
function nativeProblem(id: string, system: SpiSystem): Finding | undefined {
  try {
    system.spiDev();
    return undefined;
  } catch (error) {
    if (error instanceof RemediedError) return bad(id, error.remedy);
    throw error;
  }
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
