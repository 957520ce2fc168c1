/** From a driver class to the WIT export busbar:device/i2c-controller. What it runs on is a parameter here. */

import { type Board, type Closable, type DriverDefinition, OpenedDevice } from "./driver.ts";
import { DriverError, exported } from "./errors.ts";
import type { I2cOperation } from "./i2c-target.ts";
import type { OptionTable } from "./settings.ts";
import { openShared } from "./shared-driver.ts";
import { fromU64 } from "./u64.ts";
import type {
  BusFaultKind,
  I2cControllerFailure,
  I2cControllerInfo,
  I2cControllerOperation,
  I2cErrorCode,
} from "./wit.ts";

/** What the driver class of an I2C controller is: opened by its constructor, then used for any number of transactions, then closed. */
export interface I2cControllerDriver extends Closable {
  /** Which part it is. */
  readonly info: I2cControllerInfo;

  /** How many I2C buses it has, at least 1. */
  readonly i2cBuses: number;

  /**
   * Runs `operations` as one transaction: a start, a repeated start between them, one stop. What the part cannot run so is refused
   * with `unsupported`, before anything of it is on the bus.
   *
   * @param bus its number, from 0 to `i2cBuses` - 1
   * @param address 7 bits, right-aligned
   * @param operations at least one, none of which is empty
   * @returns one array for each read, in order, each exactly as long as was asked for
   * @throws DriverError: `bus` for what went wrong on the bus
   */
  i2cTransaction(bus: number, address: number, operations: readonly I2cOperation[]): Uint8Array[];
}

/** What the driver package of an I2C controller says about itself. */
export type I2cControllerDefinition<Table extends OptionTable, Given extends unknown[]> = DriverDefinition<
  Table,
  I2cControllerDriver,
  Given
>;

/** The WIT resource `device`. */
export interface ExportedI2cController extends Disposable {
  /** WIT `info`. */
  info(): I2cControllerInfo;
  /** WIT `buses`. */
  buses(): number;
  /** WIT `transaction`. Throws the WIT failure. */
  transaction(bus: number, address: number, operations: readonly I2cControllerOperation[]): Uint8Array[];
  /** WIT `close`. Closing twice is legal. */
  close(): void;
}

/** The value that a component exports under the name `i2cController`. */
export interface I2cControllerExport {
  /** WIT `open`. Throws the WIT error. */
  open(name: string): ExportedI2cController;
  /** The class of what `open` returns: the engines look for it by this name. */
  readonly Device: typeof Device;
}

/** Makes the export for `definition` on what the component imports. */
export function i2cControllerOn<const Table extends OptionTable, Given extends unknown[]>(
  board: Board,
  definition: I2cControllerDefinition<Table, Given>,
): I2cControllerExport {
  return { Device, open: (name) => exported(() => new Device(openShared(board, definition, name))) };
}

/** An opened controller. */
class Device extends OpenedDevice<I2cControllerDriver> implements ExportedI2cController {
  info(): I2cControllerInfo {
    return this.driver.info;
  }

  buses(): number {
    return this.driver.i2cBuses;
  }

  transaction(bus: number, address: number, operations: readonly I2cControllerOperation[]): Uint8Array[] {
    return this.runAs(failureOf, (driver) => {
      if (bus >= driver.i2cBuses) throw DriverError.unsupported(`It has no I2C bus ${bus}.`);
      return driver.i2cTransaction(bus, address, operations.map(toOperation));
    });
  }
}

function toOperation({ tag, val }: I2cControllerOperation): I2cOperation {
  return tag === "read" ? { read: fromU64(val) } : { write: val };
}

/** What a fault on the bus is to whoever is wired to it; the counterpart of `i2cFault`. */
const codes: Readonly<Record<BusFaultKind, I2cErrorCode>> = {
  bus: { tag: "bus" },
  "arbitration-loss": { tag: "arbitration-loss" },
  "no-acknowledge-address": { tag: "no-acknowledge", val: "address" },
  "no-acknowledge-data": { tag: "no-acknowledge", val: "data" },
  "no-acknowledge": { tag: "no-acknowledge", val: "unknown" },
  overrun: { tag: "overrun" },
  other: { tag: "other" },
};

function failureOf({ payload }: DriverError): I2cControllerFailure {
  return payload.tag === "bus"
    ? { code: codes[payload.val.kind], message: payload.val.message }
    : { code: { tag: "other" }, message: payload.val };
}
