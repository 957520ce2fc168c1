import { readFileSync } from "node:fs";
import { type SystemFiles, thisMachine } from "../linux/system.ts";
import { type DeviceLocks, deviceLocks } from "../locks/device-locks.ts";
import { loadUsb, type UsbModule } from "./module.ts";

/** Everything that the USB backend takes from its surroundings; a test gives its own. */
export interface UsbSystem {
  /** `process.platform`. */
  readonly platform: string;
  readonly files: SystemFiles;
  /** A file of sysfs as bytes; undefined where it is missing or unreadable. */
  readBytes(path: string): Uint8Array | undefined;
  /** @throws BackendError when the native part cannot be loaded */
  usb(): UsbModule;
  /** What keeps other processes from an interface. */
  locks(): DeviceLocks;
}

/** The machine that runs us. */
export const thisUsbSystem: UsbSystem = {
  platform: thisMachine.platform,
  files: thisMachine.files,
  readBytes(path) {
    try {
      return readFileSync(path);
    } catch {
      return undefined;
    }
  },
  usb: loadUsb,
  locks: deviceLocks,
};
