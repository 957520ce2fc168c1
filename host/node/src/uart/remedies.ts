import { BackendError } from "@busbar/host/backend";
import { type ErrnoError, errnoName } from "../linux/errno.ts";
import { forbidden, noPermission, RemediedError, type Remedy, udevRule } from "../linux/remedies.ts";
import type { SystemFiles } from "../linux/system.ts";

const EPERM = 1;
const EIO = 5;
const ENXIO = 6;
const EACCES = 13;
const EBUSY = 16;
const ENODEV = 19;
const ENOTTY = 25;

/** Gives serial ports to the group that has them on Debian and its like, and the person to that group. */
const installUdevRule = udevRule("dialout", "tty");

/** This user may not open the device file. */
export function noUartPermission(path: string, files: SystemFiles): Remedy {
  return noPermission(path, files, installUdevRule);
}

/** Another program has the port, one that is none of busbar's. */
export function inUse(path: string, device: string, cause?: unknown): BackendError {
  return new BackendError(
    `${device}: ${path} is used by another program; end that first. It may be a terminal, a getty or ModemManager: sudo fuser ${path}`,
    { cause },
  );
}

/** What opening and setting a tty failed with, as the sentence that a person needs. */
export function uartOpenError(
  cause: ErrnoError,
  path: string,
  device: string,
  files: SystemFiles,
): BackendError {
  switch (cause.errno) {
    case EACCES:
      return new RemediedError(noUartPermission(path, files), { cause });
    case EPERM:
      return new RemediedError(forbidden(path, files), { cause });
    case EBUSY:
      return inUse(path, device, cause);
    // A device file that nobody serves: most machines have a /dev/ttyS3, and no port behind it.
    case EIO:
    case ENXIO:
    case ENODEV:
      return new BackendError(
        `${device}: there is no port behind ${path} (${errnoName(cause.errno)}); correct "port" of the entry, or plug the adapter in again.`,
        { cause },
      );
    case ENOTTY:
      return new BackendError(`${device}: ${path} is no serial port; correct "port" of the entry.`, {
        cause,
      });
    default:
      return new BackendError(
        `${device}: opening ${path} failed with ${errnoName(cause.errno)}; the kernel log may say why: dmesg`,
        { cause },
      );
  }
}
