import { accessSync, constants, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { type DeviceLocks, deviceLocks } from "../locks/device-locks.ts";
import { type I2cBusModule, loadI2cBus } from "./i2c-bus-module.ts";
import { type I2cDev, loadI2cDev } from "./ioctl.ts";

/** Who may do what with a file. */
export interface FileStatus {
  /** The permission bits, as in `chmod`. */
  readonly mode: number;
  /** The number of the file's group. */
  readonly group: number;
  /** Another one where the file was removed and made again: a device that was pulled out and put back. */
  readonly inode: number;
}

/** The little that is read of a file system. A missing or unreadable file is `undefined`, never an exception. */
export interface SystemFiles {
  /** The names in a folder, in no order. */
  list(path: string): readonly string[] | undefined;
  /** A text file, whole. For /sys, /proc and /etc: all of them short. */
  read(path: string): string | undefined;
  /** Where a symbolic link points, as it is written there. */
  link(path: string): string | undefined;
  /** Permissions of what is at the end of the path, links followed. */
  status(path: string): FileStatus | undefined;
  /** Whether this process may open the file for reading and writing. */
  usable(path: string): boolean;
}

/** Everything that the Linux backend takes from its surroundings; a test gives its own. */
export interface LinuxSystem {
  /** `process.platform`. */
  readonly platform: string;
  readonly files: SystemFiles;
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** @throws BackendError when the native part cannot be loaded */
  i2cDev(): I2cDev;
  /** @throws BackendError when the native part cannot be loaded */
  i2cBus(): I2cBusModule;
  /** What keeps other processes from a target. */
  locks(): DeviceLocks;
}

/** The machine that runs us. */
export const thisMachine: LinuxSystem = {
  platform: process.platform,
  files: {
    list: (path) => attempt(() => readdirSync(path)),
    read: (path) => attempt(() => readFileSync(path, "utf8")),
    link: (path) => attempt(() => readlinkSync(path)),
    status: (path) =>
      attempt(() => {
        const { mode, gid, ino } = statSync(path);
        return { mode: mode & 0o7777, group: gid, inode: ino };
      }),
    usable: (path) =>
      attempt(() => {
        accessSync(path, constants.R_OK | constants.W_OK);
        return true;
      }) ?? false,
  },
  now: () => performance.now(),
  i2cDev: loadI2cDev,
  i2cBus: loadI2cBus,
  locks: deviceLocks,
};

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
