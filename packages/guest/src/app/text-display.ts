/** Text displays, for apps whose world imports them. */

/// <reference path="../../generated/index.d.ts" preserve="true" />

import { type Device, open } from "busbar:device/text-display@0.1.0";
import type { Info, TextDisplaySize } from "../wit.ts";
import { called } from "./called.ts";

/** A text display, whichever chip it is. All methods throw DriverError. */
export interface AppTextDisplay {
  readonly info: Info;
  readonly size: TextDisplaySize;
  /** Blanks it. @throws DriverError */
  clear(): void;
  /** Shows `text` in a row from a column on, both counted from 0. */
  write(row: number, column: number, text: string): void;
  /** From 0 to 1. */
  setBrightness(brightness: number): void;
  /** Gives it back, as its driver's README says. */
  close(): void;
}

/**
 * Opens the text display that the board wires to `name`.
 *
 * @throws DriverError `access-denied` when the board does not let this app use it; others from its driver
 */
export function openTextDisplay(name: string): AppTextDisplay {
  const device: Device = called(() => open(name));
  return {
    info: device.info(),
    size: device.size(),
    clear: () => called(() => device.clear()),
    write: (row, column, text) => called(() => device.write(row, column, text)),
    setBrightness: (brightness) => called(() => device.setBrightness(brightness)),
    close: () => device.close(),
  };
}
