/** From a driver class to the WIT export busbar:device/gpio-controller. What it runs on is a parameter here. */

import { type Board, type Closable, type DriverDefinition, OpenedDevice } from "./driver.ts";
import { DriverError, exported } from "./errors.ts";
import type { OptionTable } from "./settings.ts";
import { openShared } from "./shared-driver.ts";
import type { GpioControllerInfo, GpioLevel, GpioLineUse } from "./wit.ts";

/** What the driver class of GPIO lines is: opened by its constructor, then used any number of times, then closed. */
export interface GpioControllerDriver extends Closable {
  /** Which part it is. */
  readonly info: GpioControllerInfo;

  /** The names of its lines as the data sheet has them, in the order of their offsets from 0. */
  readonly gpioLines: readonly string[];

  /**
   * Gets a line ready to be used: an output has its level from the moment that it is one.
   *
   * @throws DriverError: `unsupported` where it cannot be used so
   */
  takeLine(offset: number, use: GpioLineUse): void;

  /** The level that is there now; of an output, too. @throws DriverError */
  readLine(offset: number): GpioLevel;

  /** Sets the level of an output. @throws DriverError */
  writeLine(offset: number, level: GpioLevel): void;

  /** Nobody uses the line any more: an output is none afterwards, where that can be. @throws DriverError */
  releaseLine(offset: number): void;
}

/** What the driver package of GPIO lines says about itself. */
export type GpioControllerDefinition<Table extends OptionTable, Given extends unknown[]> = DriverDefinition<
  Table,
  GpioControllerDriver,
  Given
>;

/** The WIT resource `device`. */
export interface ExportedGpioController extends Disposable {
  /** WIT `info`. */
  info(): GpioControllerInfo;
  /** WIT `lines`. */
  lines(): string[];
  /** WIT `take`. Throws the WIT error. */
  take(offset: number, use: GpioLineUse): void;
  /** WIT `read`. Throws the WIT error. */
  read(offset: number): GpioLevel;
  /** WIT `write`. Throws the WIT error. */
  write(offset: number, level: GpioLevel): void;
  /** WIT `release`. Throws the WIT error. */
  release(offset: number): void;
  /** WIT `close`. Closing twice is legal. */
  close(): void;
}

/** The value that a component exports under the name `gpioController`. */
export interface GpioControllerExport {
  /** WIT `open`. Throws the WIT error. */
  open(name: string): ExportedGpioController;
  /** The class of what `open` returns: the engines look for it by this name. */
  readonly Device: typeof Device;
}

/** Makes the export for `definition` on what the component imports. */
export function gpioControllerOn<const Table extends OptionTable, Given extends unknown[]>(
  board: Board,
  definition: GpioControllerDefinition<Table, Given>,
): GpioControllerExport {
  return { Device, open: (name) => exported(() => new Device(openShared(board, definition, name))) };
}

/** An opened controller. */
class Device extends OpenedDevice<GpioControllerDriver> implements ExportedGpioController {
  info(): GpioControllerInfo {
    return this.driver.info;
  }

  lines(): string[] {
    return [...this.driver.gpioLines];
  }

  take(offset: number, use: GpioLineUse): void {
    this.#on(offset, (driver) => driver.takeLine(offset, use));
  }

  read(offset: number): GpioLevel {
    return this.#on(offset, (driver) => driver.readLine(offset));
  }

  write(offset: number, level: GpioLevel): void {
    this.#on(offset, (driver) => driver.writeLine(offset, level));
  }

  release(offset: number): void {
    this.#on(offset, (driver) => driver.releaseLine(offset));
  }

  #on<Result>(offset: number, body: (driver: GpioControllerDriver) => Result): Result {
    return this.run((driver) => {
      if (offset < driver.gpioLines.length) return body(driver);
      throw DriverError.invalidArgument(`It has no line ${offset}.`);
    });
  }
}
