import { BackendError, type I2cBusName } from "@busbar/host/backend";
import { BusFile } from "./bus-file.ts";
import {
  I2C_FUNC_SMBUS_QUICK,
  I2C_FUNC_SMBUS_READ_BYTE,
  I2C_SMBUS_BLOCK_MAX,
  I2C_SMBUS_BYTE,
  I2C_SMBUS_QUICK,
  I2C_SMBUS_READ,
  I2C_SMBUS_WRITE,
} from "./constants.ts";
import { errnoOf, transactionError } from "./errno.ts";
import type { SmbusCall } from "./ioctl.ts";
import { explainMissingBus, noDeviceFile, RemediedError } from "./remedies.ts";
import { type Adapter, adapters, devicePath, driverAt, resolveBus } from "./sysfs.ts";
import { type LinuxSystem, thisMachine } from "./system.ts";

/** A bus of this machine. */
export interface I2cBusInfo extends Adapter {
  /** `/dev/i2c-N`. */
  readonly path: string;
  /** The adapter's `I2C_FUNC_...` bits, linux/i2c.h; `undefined` where the bus cannot be opened. */
  readonly functionality: number | undefined;
  /** "i2c": any transaction; "smbus": SMBus operations only; `undefined`: neither, or not known. */
  readonly kind: "i2c" | "smbus" | undefined;
  /** Why the bus cannot be opened, with the line that mends it: one sentence. */
  readonly problem: string | undefined;
}

/**
 * What a scan found at an address:
 * - "acknowledges": a device answers
 * - "absent": none does
 * - "busy": a kernel driver is bound to it, so it was not probed (i2cdetect prints UU)
 * - "not-probed": the adapter lacks the operation that is safe at this address
 */
export type I2cScanState = "acknowledges" | "absent" | "busy" | "not-probed";

/** One address of a scan. */
export interface I2cScanEntry {
  /** 7 bits, right-aligned. */
  readonly address: number;
  readonly state: I2cScanState;
  /** With "busy": the kernel driver's name, where sysfs has it. */
  readonly driver?: string;
  /** With "absent": what the controller reported, where that was something else than a missing acknowledge. */
  readonly fault?: string;
}

/** A scanned bus. */
export interface I2cScan extends Adapter {
  /** Every address from 0x08 to 0x77, in order. */
  readonly entries: readonly I2cScanEntry[];
}

/**
 * The addresses that i2cdetect scans by default. Until i2c-tools 4.1 it began at 0x03; the I2C specification reserves
 * 0x00..0x07 and 0x78..0x7f (UM10204 section 3.1.12), and 4.2 left them out.
 */
const FIRST_ADDRESS = 0x08;
const LAST_ADDRESS = 0x77;

/** `union i2c_smbus_data`: a count, a block, and one byte for compatibility. */
const SMBUS_DATA_LENGTH = I2C_SMBUS_BLOCK_MAX + 2;

/** A bus whose lines are held low times out at every address, a second each on some controllers. */
const PATIENCE_MS = 10_000;
const EBUSY = 16;
const ETIMEDOUT = 110;

/** All I2C buses of this machine, with what each can do. Opens them, but causes no bus traffic. */
export function listI2cBuses(system: LinuxSystem = thisMachine): readonly I2cBusInfo[] {
  if (system.platform !== "linux") return [];
  return adapters(system.files).map((adapter) => {
    const path = devicePath(adapter.number);
    try {
      const file = openExisting(adapter.number, system);
      const { functionality, kind } = file;
      file.close();
      return { ...adapter, path, functionality, kind, problem: undefined };
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      return { ...adapter, path, functionality: undefined, kind: undefined, problem: error.message };
    }
  });
}

/**
 * Finds out which addresses of a bus acknowledge, with the operations and the precautions of i2cdetect's default mode.
 * No probing is free of risk: a few chips take even these as an order. Synchronous; 112 short transactions.
 *
 * @throws BackendError when the bus does not exist or cannot be used, when its adapter has no operation to probe with,
 *   or when its lines seem stuck
 */
export function scanI2c(bus: I2cBusName, system: LinuxSystem = thisMachine): I2cScan {
  if (system.platform !== "linux") {
    throw new BackendError(`Scanning I2C bus ${bus} needs Linux, and this is ${system.platform}.`);
  }
  const number = resolveBus(bus, system.files);
  const adapter = adapters(system.files).find((candidate) => candidate.number === number);
  if (adapter === undefined) throw new BackendError(explainMissingBus(bus, system.files));
  // A file of its own: I2C_SLAVE sets the address that I2C_SMBUS then uses, for this file only.
  const file = openExisting(adapter.number, system);
  try {
    return { ...adapter, entries: scanFile(file, system) };
  } finally {
    file.close();
  }
}

function openExisting(number: number, system: LinuxSystem): BusFile {
  const file = BusFile.open(number, system);
  if (file === undefined) throw new RemediedError(noDeviceFile(number, system.files));
  return file;
}

function scanFile(file: BusFile, system: LinuxSystem): I2cScanEntry[] {
  if ((file.functionality & (I2C_FUNC_SMBUS_QUICK | I2C_FUNC_SMBUS_READ_BYTE)) === 0) {
    throw new BackendError(
      `${file.path} cannot be scanned: its adapter has neither quick write nor receive byte.`,
    );
  }
  const started = system.now();
  const entries: I2cScanEntry[] = [];
  for (let address = FIRST_ADDRESS; address <= LAST_ADDRESS; address += 1) {
    const { entry, stuck } = scanAddress(file, address, system);
    if (stuck && system.now() - started > PATIENCE_MS) {
      throw new BackendError(
        `${file.path} seems stuck: probes keep timing out; check that SDA and SCL have pull-up resistors and that no device holds them low.`,
      );
    }
    entries.push(entry);
  }
  return entries;
}

function scanAddress(
  file: BusFile,
  address: number,
  system: LinuxSystem,
): { entry: I2cScanEntry; stuck: boolean } {
  const probe = probeFor(address);
  if ((file.functionality & probe.needs) === 0) {
    return { entry: { address, state: "not-probed" }, stuck: false };
  }
  try {
    file.dev.slave(file.descriptor, address);
  } catch (error) {
    if (errnoOf(error) !== EBUSY) throw new BackendError(transactionError(error, file.path, address).message);
    const driver = driverAt(file.number, address, system.files);
    return { entry: { address, state: "busy", ...(driver === undefined ? {} : { driver }) }, stuck: false };
  }
  try {
    file.dev.smbus(file.descriptor, probe.call());
    return { entry: { address, state: "acknowledges" }, stuck: false };
  } catch (error) {
    const fault = transactionError(error, file.path, address);
    if (fault.payload.tag === "no-acknowledge") return { entry: { address, state: "absent" }, stuck: false };
    const errno = errnoOf(error);
    const stuck = errno === ETIMEDOUT || errno === EBUSY;
    return { entry: { address, state: "absent", fault: fault.message }, stuck };
  }
}

interface Probe {
  /** The `I2C_FUNC_...` bit of the operation. */
  readonly needs: number;
  readonly call: () => SmbusCall;
}

/** The address byte with the write bit, and a stop. Known to corrupt the Atmel AT24RF08 EEPROM of old laptops. */
const quickWrite: Probe = {
  needs: I2C_FUNC_SMBUS_QUICK,
  call: () => ({ read_write: I2C_SMBUS_WRITE, command: 0, size: I2C_SMBUS_QUICK, data: null }),
};

/** Reads one byte. Known to lock the bus on some write-only chips, mainly clock generators. */
const receiveByte: Probe = {
  needs: I2C_FUNC_SMBUS_READ_BYTE,
  call: () => ({
    read_write: I2C_SMBUS_READ,
    command: 0,
    size: I2C_SMBUS_BYTE,
    data: new Uint8Array(SMBUS_DATA_LENGTH),
  }),
};

/** i2cdetect's default mode (tools/i2cdetect.c, MODE_AUTO): EEPROMs are read, everything else gets a quick write. */
function probeFor(address: number): Probe {
  const mayBeEeprom = (address >= 0x30 && address <= 0x37) || (address >= 0x50 && address <= 0x5f);
  return mayBeEeprom ? receiveByte : quickWrite;
}
