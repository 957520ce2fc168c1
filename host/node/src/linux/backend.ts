import {
  BackendError,
  busNameOf,
  type I2cBackend,
  type I2cBus,
  type I2cBusName,
  I2cError,
  type I2cOperation,
  type I2cUse,
} from "@busbar/host/backend";
import type { DeviceLock } from "../locks/device-locks.ts";
import { LockedError } from "../locks/lock-file.ts";
import type { LockOwner } from "../locks/record.ts";
import { BusFile } from "./bus-file.ts";
import { ENODEV, ErrnoError, formatAddress, transactionError } from "./errno.ts";
import { RdwrBus } from "./i2c-rdwr.ts";
import { explainMissingBus, noDeviceFile, RemediedError } from "./remedies.ts";
import { SmbusBus } from "./smbus.ts";
import { adapters, devicePath, resolveBus } from "./sysfs.ts";
import { type LinuxSystem, type SystemFiles, thisMachine } from "./system.ts";

interface SharedBus {
  readonly bus: I2cBus;
  /** Of its device file, as it was opened. */
  readonly inode: number | undefined;
  users: number;
  /** Whether its adapter was pulled out. It is closed then. */
  isGone: boolean;
}

/** The opened buses of a process by number, each opened once and shared. */
export type OpenBuses = Map<number, SharedBus>;

/** Every board of this process shares these. Filled by opening, emptied by closing. */
const openBuses: OpenBuses = new Map();

/**
 * The I2C buses of Linux: `/dev/i2c-N` under the number N, the name "i2c-N", or the adapter's own name as in
 * `/sys/class/i2c-dev/i2c-N/name` where only one adapter has it.
 *
 * An adapter that takes any I2C message runs transactions whole (`I2C_RDWR`, up to 42 operations of up to 8192 bytes
 * each); one that knows SMBus operations only goes through the npm package i2c-bus, and what SMBus cannot express in
 * one operation is refused. An address to which a kernel driver is bound is refused as well, and so is a target that
 * another process of busbar uses: the error says which.
 *
 * A bus whose adapter is pulled out lets go of it at the next transaction, which the kernel waits for before it looks at what is
 * plugged in next; and the one after that finds the adapter when it is back, also where it was back before anybody looked.
 *
 * Importing and calling this does no I/O. Native code is loaded when the first bus is opened.
 */
export function linuxI2c(options: LockOwner = {}): I2cBackend {
  return createLinuxI2c(thisMachine, openBuses, options);
}

/** {@link linuxI2c} on another machine than this one: a test's. */
export function createLinuxI2c(system: LinuxSystem, open: OpenBuses, owner: LockOwner = {}): I2cBackend {
  return {
    name: "Linux i2c-dev",
    openI2c(bus: I2cBusName, use?: I2cUse): I2cBus | undefined {
      if (system.platform !== "linux") return refuseElsewhere(bus, system.platform);
      const acquire = () => acquireBus(bus, use);
      const acquired = acquire();
      return acquired && new BusHandle(acquired, acquire, system.files);
    },
  };

  function acquireBus(bus: I2cBusName, use: I2cUse | undefined): Acquired | undefined {
    const number = resolveBus(bus, system.files);
    if (number === undefined) return undefined;
    const lock = use && takeTargets(number, use, system, owner);
    try {
      const shared = share(number);
      if (shared === undefined) {
        lock?.release();
        return undefined;
      }
      return { number, shared, release: () => release(number, shared, lock) };
    } catch (error) {
      lock?.release();
      throw error;
    }
  }

  function share(number: number): SharedBus | undefined {
    let shared = open.get(number);
    if (shared === undefined) {
      const inode = system.files.status(devicePath(number))?.inode;
      const bus = openBus(number, system);
      if (bus === undefined) return undefined;
      shared = { bus, inode, users: 0, isGone: false };
      open.set(number, shared);
    }
    shared.users += 1;
    return shared;
  }

  function release(number: number, shared: SharedBus, lock: TargetLock | undefined): void {
    lock?.release();
    shared.users -= 1;
    if (shared.users > 0 && !shared.isGone) return;
    if (open.get(number) === shared) open.delete(number);
    shared.bus.close();
  }
}

/** A user's share of an opened bus, and what it keeps from others. */
interface Acquired {
  readonly number: number;
  readonly shared: SharedBus;
  release(): void;
}

/** Of a driver's targets. Releasing twice is legal. */
type TargetLock = Pick<DeviceLock, "release">;

/** Keeps others from targets. Two entries of one process that name one bus differently meet here as well. */
function takeTargets(
  number: number,
  { device, addresses }: I2cUse,
  system: LinuxSystem,
  { board }: LockOwner,
): TargetLock {
  const taken: TargetLock[] = [];
  const release = () => {
    for (const lock of taken) lock.release();
  };
  for (const address of addresses) {
    const target = `i2c-${number}-${formatAddress(address)}`;
    try {
      taken.push(system.locks().take(target, { device, ...(board && { board }) }));
    } catch (thrown) {
      release();
      if (!(thrown instanceof LockedError)) throw thrown;
      throw new BackendError(
        `${device}: the target ${formatAddress(address)} of ${devicePath(number)} is used by ${thrown.message}; end that first.`,
        { cause: thrown },
      );
    }
  }
  return { release };
}

/**
 * Why no backend has the bus that a board names, as one sentence with what to do: the buses that there are, or how to
 * switch I2C on. For the case that `openI2c` returned `undefined` everywhere.
 */
export function explainMissingI2cBus(bus: I2cBusName): string {
  return explainMissingBus(bus, thisMachine.files);
}

/** Names that can only mean a Linux bus get a reason; others may belong to another backend. */
function refuseElsewhere(bus: I2cBusName, platform: string): undefined {
  if (typeof busNameOf(bus) === "number") {
    throw new BackendError(
      `I2C bus ${bus} needs Linux and this is ${platform}; use a simulated bus here, or run on the machine that has the bus.`,
    );
  }
  return undefined;
}

/** Opens a bus in the way that its adapter allows. */
function openBus(number: number, system: LinuxSystem): I2cBus | undefined {
  const { files } = system;
  if (files.status(devicePath(number)) === undefined) {
    const exists = adapters(files).some((adapter) => adapter.number === number);
    if (exists) throw new RemediedError(noDeviceFile(number, files));
    return undefined;
  }
  const file = BusFile.open(number, system);
  if (file === undefined) return undefined;
  try {
    if (file.kind === "i2c") return new RdwrBus(file);
    if (file.kind === "smbus") {
      return new SmbusBus(file, system.i2cBus().openSync(number));
    }
    throw new BackendError(
      `${file.path} can neither run I2C messages nor SMBus operations; use another adapter.`,
    );
  } catch (error) {
    file.close();
    throw error;
  }
}

/** A bus as one user has it, for as long as that uses it. */
class BusHandle implements I2cBus {
  readonly #acquire: () => Acquired | undefined;
  readonly #files: SystemFiles;
  /** Undefined once its adapter is gone, until that is back. */
  #acquired: Acquired | undefined;
  /** Where it was last. */
  #path: string;
  #isClosed = false;

  constructor(acquired: Acquired, acquire: () => Acquired | undefined, files: SystemFiles) {
    this.#acquired = acquired;
    this.#acquire = acquire;
    this.#files = files;
    this.#path = devicePath(acquired.number);
  }

  transaction(address: number, operations: readonly I2cOperation[]): Uint8Array[] {
    if (this.#isClosed) throw new I2cError({ tag: "other" }, `${this.#path} is closed`);
    // Another user found out that it is gone.
    if (this.#acquired?.shared.isGone) this.#letGo();
    this.#acquired ??= this.#acquireAgain(address);
    const { shared } = this.#acquired;
    try {
      return shared.bus.transaction(address, operations);
    } catch (error) {
      // It may even be back already: the open file would only fail from now on.
      if (this.#files.status(this.#path)?.inode !== shared.inode) {
        shared.isGone = true;
        this.#letGo();
      }
      throw error;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#letGo();
  }

  #letGo(): void {
    this.#acquired?.release();
    this.#acquired = undefined;
  }

  #acquireAgain(address: number): Acquired {
    try {
      const acquired = this.#acquire();
      if (acquired === undefined)
        throw transactionError(new ErrnoError(`open ${this.#path}`, ENODEV), this.#path, address);
      this.#path = devicePath(acquired.number);
      return acquired;
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      throw new I2cError({ tag: "other" }, error.message, { cause: error });
    }
  }
}
