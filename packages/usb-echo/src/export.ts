/** From the driver class to the WIT export busbar:device/usb-echo. Where USB and settings come from is a parameter. */

import { exported, parseSettings, UsbDevice, type UsbHost } from "@busbar/guest";
import { type Pipe, UsbEcho, type UsbEchoInfo, usbEchoOptions } from "./usb-echo.ts";

/** What the component imports. */
export interface Imports {
  readonly usb: UsbHost;
  /** busbar:board/settings `get`. */
  readonly getSettings: (name: string) => readonly (readonly [string, string])[];
  readonly warn: (message: string) => void;
}

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

/** Makes the export on what the component imports. */
export function usbEchoOn({ usb, getSettings, warn }: Imports): UsbEchoExport {
  const open = (name: string): Device =>
    exported(() => {
      const options = parseSettings(usbEchoOptions, name, getSettings(name));
      using opened = new DisposableStack();
      const device = opened.use(new UsbDevice(usb, name, warn));
      const echo = new UsbEcho(device, options);
      opened.move();
      return new Device(echo);
    });
  return { Device, open };
}
