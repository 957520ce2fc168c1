/** From a driver class to the WIT export busbar:device/spi-controller. What it runs on is a parameter here. */

import { type Board, type Closable, type DriverDefinition, OpenedDevice } from "./driver.ts";
import { DriverError, exported } from "./errors.ts";
import type { OptionTable } from "./settings.ts";
import { openShared } from "./shared-driver.ts";
import type { SpiOperation } from "./spi-device.ts";
import { fromU64 } from "./u64.ts";
import type {
  BusFaultKind,
  SpiControllerErrorCode,
  SpiControllerInfo,
  SpiControllerOperation,
  SpiWiring,
} from "./wit.ts";

/** What the driver class of an SPI controller is: opened by its constructor, then used for any number of transactions, then closed. */
export interface SpiControllerDriver extends Closable {
  /** Which part it is. */
  readonly info: SpiControllerInfo;

  /** How many SPI buses it has, at least 1. */
  readonly spiBuses: number;

  /**
   * Runs `operations` as one transaction: chip select is asserted before the first, and released after the last. What the part cannot
   * run so, or cannot do for a device that is wired so, is refused with `unsupported`, before anything of it is on the bus.
   *
   * @param bus its number, from 0 to `spiBuses` - 1
   * @param wiring the chip select line, mode, clock and bit order of the device
   * @param operations at least one, none of which is empty
   * @returns one array for each read and each transfer, in order, each exactly as long as was asked for
   * @throws DriverError: `bus` for what went wrong on the bus
   */
  spiTransaction(bus: number, wiring: SpiWiring, operations: readonly SpiOperation[]): Uint8Array[];
}

/** What the driver package of an SPI controller says about itself. */
export type SpiControllerDefinition<Table extends OptionTable, Given extends unknown[]> = DriverDefinition<
  Table,
  SpiControllerDriver,
  Given
>;

/** The WIT resource `device`. */
export interface ExportedSpiController extends Disposable {
  /** WIT `info`. */
  info(): SpiControllerInfo;
  /** WIT `buses`. */
  buses(): number;
  /** WIT `transaction`. Throws the WIT `error-code`. */
  transaction(bus: number, wiring: SpiWiring, operations: readonly SpiControllerOperation[]): Uint8Array[];
  /** WIT `close`. Closing twice is legal. */
  close(): void;
}

/** The value that a component exports under the name `spiController`. */
export interface SpiControllerExport {
  /** WIT `open`. Throws the WIT error. */
  open(name: string): ExportedSpiController;
  /** The class of what `open` returns: the engines look for it by this name. */
  readonly Device: typeof Device;
}

/** Makes the export for `definition` on what the component imports. */
export function spiControllerOn<const Table extends OptionTable, Given extends unknown[]>(
  board: Board,
  definition: SpiControllerDefinition<Table, Given>,
): SpiControllerExport {
  return { Device, open: (name) => exported(() => new Device(openShared(board, definition, name))) };
}

/** An opened controller. */
class Device extends OpenedDevice<SpiControllerDriver> implements ExportedSpiController {
  info(): SpiControllerInfo {
    return this.driver.info;
  }

  buses(): number {
    return this.driver.spiBuses;
  }

  transaction(bus: number, wiring: SpiWiring, operations: readonly SpiControllerOperation[]): Uint8Array[] {
    return this.runAs(errorCodeOf, (driver) => {
      if (bus >= driver.spiBuses) throw DriverError.unsupported(`It has no SPI bus ${bus}.`);
      // As of a delay: a u32 of 2^31 and more is a negative number in both engines.
      const maximumHz = wiring.maximumHz >>> 0;
      return driver.spiTransaction(bus, { ...wiring, maximumHz }, operations.map(toOperation));
    });
  }
}

function toOperation(operation: SpiControllerOperation): SpiOperation {
  switch (operation.tag) {
    case "read":
      return { read: fromU64(operation.val) };
    case "delay-ns":
      // A u32 of 2^31 and more is a negative number in both engines.
      return { delayNs: operation.val >>> 0 };
    case "transfer":
      return { transfer: operation.val };
    default:
      return { write: operation.val };
  }
}

/** The faults of a bus that wasi:spi has a case for; the counterpart of `spiFault`. */
const codes: Readonly<Partial<Record<BusFaultKind, SpiControllerErrorCode>>> = {
  overrun: { tag: "overrun" },
  "arbitration-loss": { tag: "mode-fault" },
};

function errorCodeOf({ payload }: DriverError): SpiControllerErrorCode {
  if (payload.tag !== "bus") return { tag: "other", val: payload.val };
  return codes[payload.val.kind] ?? { tag: "other", val: payload.val.message };
}
