import { BackendError } from "@busbar/host/backend";
import {
  capitalized,
  noAdapter,
  noDeviceFile,
  noPermission,
  RemediedError,
  type Remedy,
} from "./remedies.ts";
import { listI2cBuses } from "./scan.ts";
import { type Adapter, adapters, devicePath, hasI2cDev } from "./sysfs.ts";
import { type LinuxSystem, thisMachine } from "./system.ts";

/** One thing that was looked at. */
export interface Finding {
  /** Stable, for programs: "linux", "koffi", "i2c-adapter", "i2c-dev", "/dev/i2c-1", "i2c-bus". */
  readonly id: string;
  /** Whether it is as it has to be. */
  readonly ok: boolean;
  /** What was found: one sentence. */
  readonly what: string;
  /** The line that mends it; absent where nothing is wrong, or nothing can be done. */
  readonly fix?: string;
}

/**
 * Looks at everything that I2C on Linux needs, from the bottom up: the system, the adapters, the kernel module, the
 * permissions, the native packages. No bus traffic; changes nothing.
 */
export function diagnoseLinuxI2c(system: LinuxSystem = thisMachine): readonly Finding[] {
  if (system.platform !== "linux") {
    const what = `This is ${system.platform}; I2C hardware is reached from Linux only.`;
    return [{ id: "linux", ok: false, what, fix: "run on Linux, or simulate the bus in the board file" }];
  }
  const known = adapters(system.files);
  const koffi = load("koffi", "The npm package koffi, which calls the kernel, loads.", () => system.i2cDev());
  return [
    { id: "linux", ok: true, what: "This is Linux." },
    koffi,
    diagnoseAdapters(known, system),
    ...diagnoseDevices(known, system),
    diagnoseI2cBus(koffi.ok, system),
  ];
}

function diagnoseAdapters(known: readonly Adapter[], system: LinuxSystem): Finding {
  if (known.length === 0) return bad("i2c-adapter", noAdapter(system.files));
  const list = known.map(({ number, name }) => (name === "" ? `i2c-${number}` : `i2c-${number} (${name})`));
  return { id: "i2c-adapter", ok: true, what: `The kernel knows ${list.join(", ")}.` };
}

/** Without i2c-dev no device file can be there, and saying so once is enough. */
function diagnoseDevices(known: readonly Adapter[], system: LinuxSystem): Finding[] {
  const [first] = known;
  if (first === undefined) return [];
  if (!hasI2cDev(system.files)) return [bad("i2c-dev", noDeviceFile(first.number, system.files))];
  const loaded: Finding = { id: "i2c-dev", ok: true, what: "The kernel module i2c-dev is loaded." };
  return [loaded, ...known.map((adapter) => diagnoseDevice(adapter, system))];
}

function diagnoseDevice({ number }: Adapter, system: LinuxSystem): Finding {
  const path = devicePath(number);
  if (system.files.status(path) === undefined) return bad(path, noDeviceFile(number, system.files));
  if (!system.files.usable(path)) return bad(path, noPermission(path, system.files));
  return { id: path, ok: true, what: `This user may use ${path}.` };
}

/** i2c-bus matters only where an adapter knows nothing but SMBus, so its lack is a fault only there. */
function diagnoseI2cBus(canList: boolean, system: LinuxSystem): Finding {
  const finding = load("i2c-bus", "The npm package i2c-bus, for SMBus-only adapters, loads.", () =>
    system.i2cBus(),
  );
  if (finding.ok) return finding;
  const needed = canList ? listI2cBuses(system).filter((bus) => bus.kind === "smbus") : [];
  if (needed.length > 0) {
    const buses = needed.map((bus) => bus.path).join(", ");
    return { ...finding, what: `${finding.what} Needed for ${buses}.` };
  }
  return { id: finding.id, ok: true, what: `${finding.what} No adapter here is known to need it.` };
}

function load(id: string, what: string, action: () => unknown): Finding {
  try {
    action();
    return { id, ok: true, what };
  } catch (error) {
    if (error instanceof RemediedError) return bad(id, error.remedy);
    if (error instanceof BackendError) return { id, ok: false, what: error.message };
    throw error;
  }
}

function bad(id: string, { what, fix }: Remedy): Finding {
  return { id, ok: false, what: `${capitalized(what)}.`, fix };
}
