import { statSync } from "node:fs";
import { type LinuxSystem, thisMachine } from "../linux/system.ts";
import { loadUartDev, type UartDev } from "./ioctl.ts";

/** A device file. */
export interface DeviceNumber {
  readonly major: number;
  readonly minor: number;
}

/** What calls back again and again, until it is disposed. */
export interface Ticker extends Disposable {
  /** Whether the process goes on for it alone; not at first. */
  keepProcess(isKept: boolean): void;
}

/** The longest that `setTimeout` waits, in milliseconds: 24 days. */
const longestTimeoutMs = 2 ** 31 - 1;

/** Everything that the backend of serial ports takes from its surroundings; a test gives its own. */
export interface UartSystem extends Pick<LinuxSystem, "platform" | "files" | "locks"> {
  /** The numbers of the character device at the end of a path, links followed; undefined where it is none. */
  deviceNumber(path: string): DeviceNumber | undefined;
  /** Waits, in milliseconds; ends early, and without failing, where the signal aborts. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
  /** Calls back again and again. */
  every(ms: number, callback: () => void): Ticker;
  /** @throws BackendError when the native part cannot be loaded */
  uartDev(): UartDev;
}

/** The machine that runs us. */
export const thisUartMachine: UartSystem = {
  platform: thisMachine.platform,
  files: thisMachine.files,
  locks: thisMachine.locks,
  deviceNumber(path) {
    const status = attempt(() => statSync(path));
    if (!status?.isCharacterDevice()) return undefined;
    // gnu_dev_major and gnu_dev_minor of sys/sysmacros.h, of the lower 32 bits, in which Linux has both.
    const { rdev } = status;
    return { major: (rdev >>> 8) & 0xfff, minor: (rdev & 0xff) | ((rdev >>> 12) & 0xfff00) };
  },
  pause: (ms, signal) =>
    new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, Math.min(ms, longestTimeoutMs));
      signal.addEventListener("abort", end);
      if (signal.aborted) end();
    }),
  every(ms, callback) {
    const timer = setInterval(callback, ms);
    timer.unref();
    return {
      keepProcess: (isKept) => void (isKept ? timer.ref() : timer.unref()),
      [Symbol.dispose]: () => clearInterval(timer),
    };
  },
  uartDev: loadUartDev,
};

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
