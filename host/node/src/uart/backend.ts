import {
  BackendError,
  type UartBackend,
  type UartPort,
  type UartPortName,
  type UartUse,
} from "@busbar/host/backend";
import type { DeviceLock } from "../locks/device-locks.ts";
import { LockedError } from "../locks/lock-file.ts";
import type { LockOwner } from "../locks/record.ts";
import { isSerialPort, uartPath } from "./ports.ts";
import { type DeviceNumber, thisUartMachine, type UartSystem } from "./system.ts";
import { LinuxUartPort } from "./tty.ts";

/** How often it is looked whether a port is there, in milliseconds. */
const lookEveryMs = 250;

/**
 * The serial ports of Linux: every tty of a UART, a USB adapter or a USB device of the class CDC, by its name below `/dev`, and by any
 * link to it, such as those in `/dev/serial/by-id`.
 *
 * A port is set raw, as the entry says, and set back when it is closed. A port that another process of busbar uses is refused, naming
 * it, whichever of its names either of them uses; and so is one that another program has locked (`flock`, or `TIOCEXCL`).
 *
 * Importing and calling this does no I/O. Native code is loaded when the first port is opened. While somebody waits for bytes, one
 * thread of Node's pool does.
 */
export function linuxUart(options: LockOwner = {}): UartBackend {
  return createLinuxUart(thisUartMachine, options);
}

/** {@link linuxUart} on another machine than this one: a test's. */
export function createLinuxUart(system: UartSystem, owner: LockOwner = {}): UartBackend {
  const requireLinux = (port: UartPortName) => {
    if (system.platform === "linux") return;
    throw new BackendError(
      `The serial port ${JSON.stringify(port)} needs Linux and this is ${system.platform}; simulate it here, or run on the machine ` +
        "that has it.",
    );
  };
  /** Another text for another device under the same name. */
  const identity = (path: string) => {
    const inode = system.files.status(path)?.inode;
    return inode === undefined ? undefined : String(inode);
  };

  return {
    name: "Linux ttys",

    openUart(port, use): UartPort | undefined {
      requireLinux(port);
      const path = uartPath(port);
      if (identity(path) === undefined) return undefined;
      const number = system.deviceNumber(path);
      if (number === undefined || !isSerialPort(number, system)) {
        throw new BackendError(`${use.device}: ${path} is no serial port; correct "port" of the entry.`);
      }
      const lock = take(number, path, use, system, owner);
      try {
        return LinuxUartPort.open(path, use, system, lock);
      } catch (error) {
        lock.release();
        throw error;
      }
    },

    hasUart(port) {
      requireLinux(port);
      return identity(uartPath(port)) !== undefined;
    },

    watchUart(port, listener) {
      const path = uartPath(port);
      let known = identity(path);
      /** One that is there and may not be opened yet: udev sets its rights a moment later. */
      let fresh: string | undefined;
      const ticker = system.every(lookEveryMs, look);
      // Somebody waits for a port that is not there.
      ticker.keepProcess(known === undefined);
      return ticker;

      function look(): void {
        const now = identity(path);
        if (known !== undefined && now !== known) {
          known = undefined;
          ticker.keepProcess(true);
          listener("left");
        }
        if (now === undefined || known !== undefined) return;
        if (!system.files.usable(path) && fresh !== now) {
          fresh = now;
          return;
        }
        fresh = undefined;
        known = now;
        ticker.keepProcess(false);
        listener("arrived");
      }
    },
  };
}

/** Keeps others from a port, whichever of its names they have for it. */
function take(
  { major, minor }: DeviceNumber,
  path: string,
  { device }: UartUse,
  system: UartSystem,
  { board }: LockOwner,
): Pick<DeviceLock, "release"> {
  try {
    return system.locks().take(`uart-${major}.${minor}`, { device, ...(board !== undefined && { board }) });
  } catch (thrown) {
    if (!(thrown instanceof LockedError)) throw thrown;
    throw new BackendError(`${device}: ${path} is used by ${thrown.message}; end that first.`, {
      cause: thrown,
    });
  }
}
