/** From the driver class to the WIT export busbar:device/usb-echo. What it runs on is a parameter here. */

import { type Board, type DriverBus, exported, openDriver, type UsbGiven } from "@busbar/guest";
import { type Pipe, UsbEcho, type UsbEchoInfo, usbEchoOptions } from "./usb-echo.ts";

/** The WIT resource `device`. */
export class Device implements Disposable {
  readonly #echo: UsbEcho;

  constructor(echo: UsbEcho) {
    this.#echo = echo;
  }

  info(): UsbEchoInfo {
    return this.#echo.info;
  }

  roundTrip(pipe: Pipe, data: Uint8Array): Uint8Array {
    return exported(() => this.#echo.roundTrip(pipe, data));
  }

  run(pipe: Pipe, length: number, count: number): void {
    // QuickJS gives a u32 of 2^31 and more as a negative number.
    exported(() => this.#echo.run(pipe, length >>> 0, count >>> 0));
  }

  close(): void {
    exported(() => this.#echo.close());
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** The value that the component exports under the name `usbEcho`. */
export interface UsbEchoExport {
  /** The class of what `open` returns: the engines look for it by this name. */
  readonly Device: typeof Device;
  /** WIT `open`. Throws the WIT error. */
  open(name: string): Device;
}

/** Makes the export on what the component imports, and on its bus. */
export function usbEchoOn(board: Board, bus: DriverBus<UsbGiven>): UsbEchoExport {
  const definition = { bus, options: usbEchoOptions, driver: UsbEcho };
  return { Device, open: (name) => exported(() => new Device(openDriver(board, definition, name).driver)) };
}
