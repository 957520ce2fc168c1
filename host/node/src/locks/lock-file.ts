import * as fs from "node:fs";
import { join } from "node:path";
import {
  describeProcess,
  describeRecord,
  isAlive,
  LONGEST_RECORD,
  type LockRecord,
  parseRecord,
} from "./record.ts";
import type { LockSystem } from "./system.ts";

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = fs.constants;

/** A file can be removed by the process that gives it up between opening and locking it; then there is a new one. */
const MOST_TRIES = 8;

/** Somebody else has the lock; the message is the holder, as `describeRecord` says it. */
export class LockedError extends Error {
  override readonly name = "LockedError";
}

/**
 * A file that this process has locked. The kernel gives it up when the process ends, however it ends, so that no lock is
 * ever stale; what a killed process wrote into it stays to be read.
 */
export class LockFile {
  readonly #path: string;
  readonly #descriptor: number;
  /** False for another user's, which can be locked, but not written. */
  readonly #isOwn: boolean;

  private constructor(path: string, descriptor: number, isOwn: boolean) {
    this.#path = path;
    this.#descriptor = descriptor;
    this.#isOwn = isOwn;
  }

  /**
   * Locks a file, made first where it is missing.
   *
   * @returns undefined where no file can be made or locked here
   * @throws LockedError
   */
  static take(folder: string, name: string, system: LockSystem): LockFile | undefined {
    return LockFile.#lock(join(folder, name), system, true);
  }

  /** Locks a file that is there; undefined where it is not, or cannot be read. @throws LockedError */
  static existing(folder: string, name: string, system: LockSystem): LockFile | undefined {
    return LockFile.#lock(join(folder, name), system, false);
  }

  static #lock(path: string, system: LockSystem, make: boolean): LockFile | undefined {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const opened = openOrMake(path, make);
      if (opened === undefined) return refuseUnreadable(path, system);
      let kept = false;
      try {
        const stats = fs.fstatSync(opened.descriptor);
        if (!stats.isFile()) return undefined;
        if (!system.lock(opened.descriptor))
          throw new LockedError(holderOf(opened.descriptor, stats, system));
        if (!isStill(path, stats)) continue;
        kept = true;
        return new LockFile(path, opened.descriptor, opened.isOwn);
      } finally {
        if (!kept) fs.closeSync(opened.descriptor);
      }
    }
    return undefined;
  }

  /** What the process before wrote; undefined where that is nothing. */
  get record(): LockRecord | undefined {
    return readRecord(this.#descriptor);
  }

  /** Says who has it. A full disk, or a file of another user's, must not keep a device from being used. */
  write(record: LockRecord): void {
    if (!this.#isOwn) return;
    try {
      fs.ftruncateSync(this.#descriptor);
      fs.writeSync(this.#descriptor, `${JSON.stringify(record)}\n`, 0);
    } catch {
      // The lock holds without it; whoever comes second learns the process from /proc/locks.
    }
  }

  /** Gives it up. @param keep leaves the file with what it says */
  release({ keep = false } = {}): void {
    try {
      if (!keep) fs.unlinkSync(this.#path);
    } catch {
      // In a folder of everybody's, only its owner can; a file that nobody has locked is no harm.
    }
    fs.closeSync(this.#descriptor);
  }
}

interface Opened {
  readonly descriptor: number;
  readonly isOwn: boolean;
}

/** No link is followed and no pipe is waited for: the folder is everybody's. */
function openOrMake(path: string, make: boolean): Opened | undefined {
  const flags = O_NOFOLLOW | O_NONBLOCK;
  const attempts = [O_RDWR, O_RDONLY, ...(make ? [O_RDWR | O_CREAT | O_EXCL] : [])];
  for (const each of attempts) {
    try {
      const descriptor = fs.openSync(path, flags | each, 0o644);
      // Whatever the mask of this process is, others must be able to read who has it.
      if ((each & O_CREAT) !== 0) fs.fchmodSync(descriptor, 0o644);
      return { descriptor, isOwn: each !== O_RDONLY };
    } catch {
      // The next way.
    }
  }
  return undefined;
}

/** A file that cannot even be opened: the kernel still tells whether it is locked. */
function refuseUnreadable(path: string, system: LockSystem): undefined {
  try {
    const pid = lockingProcess(fs.lstatSync(path), system);
    if (pid === undefined) return undefined;
    throw new LockedError(describeProcess(pid, system));
  } catch (thrown) {
    if (thrown instanceof LockedError) throw thrown;
    return undefined;
  }
}

function isStill(path: string, { dev, ino }: fs.Stats): boolean {
  try {
    const now = fs.lstatSync(path);
    return now.dev === dev && now.ino === ino;
  } catch {
    return false;
  }
}

function holderOf(descriptor: number, stats: fs.Stats, system: LockSystem): string {
  const record = readRecord(descriptor);
  if (record !== undefined && isAlive(record, system)) return describeRecord(record);
  const pid = lockingProcess(stats, system);
  return pid === undefined ? "another process" : describeProcess(pid, system);
}

/** "1: FLOCK  ADVISORY  WRITE 4711 00:1a:12345 0 EOF": proc(5), /proc/locks. */
function lockingProcess({ ino }: fs.Stats, { read }: LockSystem): number | undefined {
  for (const line of (read("/proc/locks") ?? "").split("\n")) {
    const [, kind, , , pid, file] = line.split(/\s+/);
    if (kind === "FLOCK" && file?.split(":").at(-1) === String(ino) && Number(pid) > 0) return Number(pid);
  }
  return undefined;
}

function readRecord(descriptor: number): LockRecord | undefined {
  const bytes = new Uint8Array(LONGEST_RECORD);
  const length = fs.readSync(descriptor, bytes, 0, bytes.length, 0);
  return parseRecord(new TextDecoder().decode(bytes.subarray(0, length)));
}
