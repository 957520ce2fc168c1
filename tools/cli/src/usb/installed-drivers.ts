import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseUsbFits, type UsbFit } from "@busbar/host";

/** A driver package that a board file can name, and the USB devices that it is for. */
export interface InstalledDriver {
  /** The package's name: "@busbar/hid". */
  readonly name: string;
  readonly fits: readonly UsbFit[];
}

/**
 * The USB drivers that are installed where a board file would look for them: in `node_modules` of its folder and of all
 * folders above. A package whose manifest says nothing about USB, or nothing that can be read, is none.
 *
 * @param folder the board file's, absolute
 */
export function installedUsbDrivers(folder: string): InstalledDriver[] {
  const found = new Map<string, InstalledDriver | undefined>();
  for (const modules of modulesAbove(folder)) {
    for (const name of packagesIn(modules)) {
      // As in Node, the nearest of two packages of one name is meant.
      if (!found.has(name)) found.set(name, readDriver(name, join(modules, name)));
    }
  }
  return [...found.values()].filter((driver) => driver !== undefined);
}

function modulesAbove(folder: string): string[] {
  const parent = dirname(folder);
  return [join(folder, "node_modules"), ...(parent === folder ? [] : modulesAbove(parent))];
}

function packagesIn(modules: string): string[] {
  return namesIn(modules).flatMap((name) =>
    name.startsWith("@") ? namesIn(join(modules, name)).map((each) => `${name}/${each}`) : [name],
  );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith("."));
  } catch {
    return [];
  }
}

function readDriver(name: string, folder: string): InstalledDriver | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const { busbar } = manifest as { busbar?: { component?: unknown; usb?: unknown } };
    const fits = typeof busbar?.component === "string" ? parseUsbFits(busbar.usb) : undefined;
    return fits && { name, fits };
  } catch {
    return undefined;
  }
}
