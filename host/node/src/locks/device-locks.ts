import { readdirSync } from "node:fs";
import { LockedError, LockFile } from "./lock-file.ts";
import { type DetachedDriver, type LockRecord, type LockUse, ownRecord } from "./record.ts";
import { type LockSystem, thisLockSystem } from "./system.ts";

const PREFIX = "busbar-";
const SUFFIX = ".lock";

/** A lock that this process has. */
export interface DeviceLock {
  /** Writes down that a kernel driver was taken away, or, without one, that it is back. */
  note(detached: DetachedDriver | undefined): void;
  /** Gives it up. Releasing twice is legal. */
  release(): void;
}

/** A lock that a process left behind with something that is to be mended. */
export interface Abandoned {
  /** As it was taken: "usb-1-2.3-0". */
  readonly name: string;
  readonly detached: DetachedDriver;
}

/** One lock, for all of this process who have it. */
interface Shared {
  readonly file: LockFile | undefined;
  readonly device: string | undefined;
  record: LockRecord;
  users: number;
}

/**
 * Locks that keep two processes from one I2C target, SPI device or USB interface: a file each, "busbar-i2c-1-0x76.lock",
 * "busbar-spi-0.1.lock" or "busbar-usb-1-2.3-0.lock", under flock(2). Within a process, one name can be had any number of times for one device.
 */
export class DeviceLocks {
  readonly #system: LockSystem | undefined;
  readonly #taken = new Map<string, Shared>();

  /** @param system undefined where there are no such locks: then everything can be taken */
  constructor(system: LockSystem | undefined) {
    this.#system = system;
  }

  /**
   * Takes a lock.
   *
   * @param name "i2c-1-0x76"
   * @throws LockedError where another process, or another device of this one, has it; its message says who
   */
  take(name: string, use: LockUse): DeviceLock {
    const known = this.#taken.get(name);
    if (known !== undefined && known.device !== use.device) {
      const { board } = known.record;
      throw new LockedError(`"${known.device}" of this process${board === undefined ? "" : ` (${board})`}`);
    }
    const shared = known ?? this.#lock(name, use);
    shared.users += 1;
    let isReleased = false;
    return {
      note: (detached) => {
        const { detached: _, ...record } = shared.record;
        shared.record = { ...record, ...(detached && { detached }) };
        shared.file?.write(shared.record);
      },
      release: () => {
        if (isReleased) return;
        isReleased = true;
        shared.users -= 1;
        if (shared.users > 0) return;
        this.#taken.delete(name);
        shared.file?.release({ keep: shared.record.detached !== undefined });
      },
    };
  }

  /** Who else has a lock, for people; undefined where it is free, or this process's. */
  holder(name: string): string | undefined {
    if (this.#taken.has(name)) return undefined;
    try {
      this.#existing(name, (file) => file.release({ keep: true }));
      return undefined;
    } catch (thrown) {
      if (thrown instanceof LockedError) return thrown.message;
      throw thrown;
    }
  }

  /**
   * Goes through what processes that are gone left to be mended, each locked meanwhile. Files of theirs that say nothing of
   * the kind are removed.
   *
   * @param mend returns whether nothing is left to be mended
   */
  eachAbandoned(mend: (abandoned: Abandoned) => boolean): void {
    for (const name of this.#names()) {
      if (this.#taken.has(name)) continue;
      try {
        this.#existing(name, (file) => {
          const detached = file.record?.detached;
          file.release({ keep: detached !== undefined && !mend({ name, detached }) });
        });
      } catch (thrown) {
        // Somebody has it now: it is not abandoned.
        if (!(thrown instanceof LockedError)) throw thrown;
      }
    }
  }

  #lock(name: string, use: LockUse): Shared {
    const system = this.#system;
    let file: LockFile | undefined;
    for (const folder of system?.folders ?? []) {
      file = LockFile.take(folder, fileOf(name), system!);
      if (file !== undefined) break;
    }
    const record =
      system === undefined ? { pid: process.pid, started: "", command: "" } : ownRecord(use, system);
    // What a killed process took away from the kernel is still to come back.
    const detached = file?.record?.detached;
    const shared: Shared = {
      file,
      device: use.device,
      record: { ...record, ...(detached && { detached }) },
      users: 0,
    };
    file?.write(shared.record);
    this.#taken.set(name, shared);
    return shared;
  }

  #existing(name: string, look: (file: LockFile) => void): void {
    for (const folder of this.#system?.folders ?? []) {
      const file = LockFile.existing(folder, fileOf(name), this.#system!);
      if (file !== undefined) look(file);
    }
  }

  #names(): Set<string> {
    const names = new Set<string>();
    for (const folder of this.#system?.folders ?? []) {
      for (const file of list(folder)) {
        if (file.startsWith(PREFIX) && file.endsWith(SUFFIX)) {
          names.add(file.slice(PREFIX.length, -SUFFIX.length));
        }
      }
    }
    return names;
  }
}

function fileOf(name: string): string {
  return `${PREFIX}${name}${SUFFIX}`;
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

let own: DeviceLocks | undefined;

/** The locks of this process. No I/O, and no native code is loaded, before they are asked for. */
export function deviceLocks(): DeviceLocks {
  own ??= new DeviceLocks(thisLockSystem());
  return own;
}
