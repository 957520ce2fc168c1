/** From a driver class to the WIT export busbar:device/text-display. What it runs on is a parameter here. */

import { type Board, type Closable, type DriverDefinition, OpenedDevice, openDriver } from "./driver.ts";
import { exported } from "./errors.ts";
import type { OptionTable } from "./settings.ts";
import type { TextDisplayCapabilities } from "./text-display-arguments.ts";
import type { Info, TextDisplaySize } from "./wit.ts";

/**
 * What a text display's driver class is: opened and cleared by its constructor, then written to any number of times,
 * then closed. All its methods but `close` throw DriverError, and check what they are given before the bus is touched:
 * text-display-arguments.ts has the checks.
 */
export interface TextDisplayDriver extends Closable {
  /** Which part this driver drives. */
  readonly info: Info;
  /** How many characters fit. */
  readonly size: TextDisplaySize;
  /** What it can do; what it cannot is `unsupported`. */
  readonly capabilities: TextDisplayCapabilities;

  /** Shows nothing any more. */
  clear(): void;

  /**
   * Shows `text` in a row from a column on, both counted from 0; all of it or, where it does not fit or cannot be
   * shown, nothing.
   */
  write(row: number, column: number, text: string): void;

  /** From 0, dark, to 1; more than 0 is never dark. */
  setBrightness(brightness: number): void;

  /** One of `capabilities.blinkRates`, in hertz, or 0. */
  setBlinkRate(hertz: number): void;

  /** Draws a character: one number a row of dots, from the top; the rightmost dot is bit 0. */
  defineCharacter(index: number, rows: readonly number[] | Uint8Array): void;
}

/** What a text display's driver package says about itself. */
export type TextDisplayDefinition<Table extends OptionTable, Given extends unknown[]> = DriverDefinition<
  Table,
  TextDisplayDriver,
  Given
>;

/** The WIT resource `device`. Every method throws the WIT error. */
export interface ExportedTextDisplay extends Disposable {
  /** WIT `info`. */
  info(): Info;
  /** WIT `size`. */
  size(): TextDisplaySize;
  /** WIT `capabilities`. */
  capabilities(): TextDisplayCapabilities;
  /** WIT `clear`. */
  clear(): void;
  /** WIT `write`. */
  write(row: number, column: number, text: string): void;
  /** WIT `set-brightness`. */
  setBrightness(brightness: number): void;
  /** WIT `set-blink-rate`. */
  setBlinkRate(hertz: number): void;
  /** WIT `define-character`. */
  defineCharacter(index: number, rows: Uint8Array): void;
  /** WIT `close`. Closing twice is legal. */
  close(): void;
}

/** The value that a component exports under the name `textDisplay`. */
export interface TextDisplayExport {
  /** WIT `open`. Throws the WIT error. */
  open(name: string): ExportedTextDisplay;
  /** The class of what `open` returns: the engines look for it by this name. */
  readonly Device: typeof Device;
}

/** Makes the export for `definition` on `board`. */
export function textDisplayOn<const Table extends OptionTable, Given extends unknown[]>(
  board: Board,
  definition: TextDisplayDefinition<Table, Given>,
): TextDisplayExport {
  return { Device, open: (name) => exported(() => new Device(openDriver(board, definition, name))) };
}

/** An opened text display. `>>> 0`: a u32 of 2^31 and more arrives negative in a QuickJS guest. */
class Device extends OpenedDevice<TextDisplayDriver> implements ExportedTextDisplay {
  info(): Info {
    return this.driver.info;
  }

  size(): TextDisplaySize {
    return this.driver.size;
  }

  capabilities(): TextDisplayCapabilities {
    return this.driver.capabilities;
  }

  clear(): void {
    this.run((driver) => driver.clear());
  }

  write(row: number, column: number, text: string): void {
    this.run((driver) => driver.write(row >>> 0, column >>> 0, text));
  }

  setBrightness(brightness: number): void {
    this.run((driver) => driver.setBrightness(brightness));
  }

  setBlinkRate(hertz: number): void {
    this.run((driver) => driver.setBlinkRate(hertz));
  }

  defineCharacter(index: number, rows: Uint8Array): void {
    this.run((driver) => driver.defineCharacter(index >>> 0, rows));
  }
}
