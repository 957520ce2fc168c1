import { parseUsbFits, type UsbFit } from "@busbar/host/grants";
import { type InstalledPackage, installedPackages } from "@busbar/host-node";

/** A driver package that a board file can name, and the USB devices that it is for. */
export interface InstalledDriver {
  /** The package's name: "@busbar/hid". */
  readonly name: string;
  readonly fits: readonly UsbFit[];
}

/**
 * The USB drivers that are installed where a board file would look for them. A package whose manifest says nothing about USB, or
 * nothing that can be read, is none.
 *
 * @param folder the board file's, absolute
 */
export function installedUsbDrivers(folder: string): InstalledDriver[] {
  const found = new Map<string, InstalledDriver | undefined>();
  for (const place of installedPackages(folder)) {
    // As in Node, the nearest of two packages of one name is meant.
    for (const each of place) if (!found.has(each.name)) found.set(each.name, driverOf(each));
  }
  return [...found.values()].filter((driver) => driver !== undefined);
}

function driverOf({ name, busbar }: InstalledPackage): InstalledDriver | undefined {
  const { component, usb } = (busbar ?? {}) as { component?: unknown; usb?: unknown };
  const fits = typeof component === "string" ? parseUsbFits(usb) : undefined;
  return fits && { name, fits };
}
