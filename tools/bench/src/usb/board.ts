import { writeJson } from "../native/board.ts";
import { driverOf } from "../native/build.ts";

/**
 * Writes a board with one USB device, which is called "usb".
 *
 * @param name the driver's package
 * @param usb how the device is found
 * @returns the file
 */
export function writeUsbBoard(folder: string, name: string, usb: object, settings: object): string {
  const limits = { callMs: 600_000 };
  const entry = { driver: driverOf(name), usb, settings: { "timeout-ms": 60_000, ...settings }, limits };
  return writeJson(folder, `${name}.json`, { devices: { usb: entry } });
}
