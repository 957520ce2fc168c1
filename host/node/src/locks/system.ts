import { readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { loadKoffi } from "../linux/ioctl.ts";

/** What locks take from their surroundings; a test gives its own. */
export interface LockSystem {
  /** Folders to keep them in; the first in which a file can be made is used. */
  readonly folders: readonly string[];
  /** `flock(descriptor, LOCK_EX | LOCK_NB)`: false where somebody else has it. @throws where that cannot be asked */
  lock(descriptor: number): boolean;
  /** A file of /proc; undefined where it is missing. */
  read(path: string): string | undefined;
}

/** linux/fcntl.h */
const LOCK_EX = 2;
const LOCK_NB = 4;

/** Everybody may make files there, and nobody may remove another's: the mode of /tmp. */
const SHARED = 0o1777;

/**
 * The machine that runs us; undefined where it has no such locks: on other systems than Linux, and without koffi, which I2C
 * needs in any case. USB is then still claimed by one process alone; only who has it is not told.
 *
 * The folder must be the same for every user, or root's service and a person's command would not see each other: /run/lock
 * where everybody may write it (Debian and its like; it is empty after a start of the machine), /tmp otherwise. A service
 * with a /tmp of its own (systemd's PrivateTmp) needs ReadWritePaths=/run/lock. XDG_RUNTIME_DIR is one user's, so it comes
 * last.
 */
export function thisLockSystem(): LockSystem | undefined {
  if (process.platform !== "linux") return undefined;
  let flock: (descriptor: number, operation: number) => number;
  try {
    flock = loadKoffi().load(null).func("int flock(int fd, int operation)");
  } catch {
    return undefined;
  }
  const own = process.env.XDG_RUNTIME_DIR;
  return {
    folders: [...new Set([...["/run/lock", "/tmp"].filter(isShared), ...(own ? [own] : []), tmpdir()])],
    lock: (descriptor) => flock(descriptor, LOCK_EX | LOCK_NB) === 0,
    read(path) {
      try {
        return readFileSync(path, "utf8");
      } catch {
        return undefined;
      }
    },
  };
}

function isShared(folder: string): boolean {
  return ((statSync(folder, { throwIfNoEntry: false })?.mode ?? 0) & SHARED) === SHARED;
}
