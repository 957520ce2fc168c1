/** What every I2C driver has in common, whatever it drives: how it is opened, and how what was opened is closed. */

import { boardFault, DriverError, exported } from "./errors.ts";
import { type Delay, type I2cTarget, WasiDelay, WasiI2cTarget } from "./i2c.ts";
import { type OptionsOf, type OptionTable, parseSettings } from "./settings.ts";
import type { WasiDelayHandle, Wiring } from "./wit.ts";

/** The functions of busbar:board. */
export interface Board {
  /** busbar:board/i2c `open`. */
  open(name: string): Wiring;
  /** busbar:board/i2c `open-delay`. */
  openDelay(): WasiDelayHandle;
  /** busbar:board/settings `get`. */
  getSettings(name: string): readonly (readonly [string, string])[];
}

/** What all driver classes have. */
export interface Closable {
  /** Leaves the part asleep, or as the options say. Never throws DriverError, never waits; closing twice is legal. */
  close(): void;
}

/** What a driver package says about itself. */
export interface I2cDriverDefinition<Table extends OptionTable, Driver extends Closable> {
  /** The settings that a board file may have for it. */
  readonly options: Table;

  /** The driver class. Its constructor finds, resets and configures the part, and throws DriverError. */
  readonly driver: new (
    target: I2cTarget,
    delay: Delay,
    options: OptionsOf<Table>,
  ) => Driver;
}

/** A constructed driver, and all that has to be released when it is closed. */
export interface Opened<Driver extends Closable> {
  readonly name: string;
  readonly driver: Driver;
  /** Disposing it closes the driver, then the delay, then the bus. */
  readonly resources: DisposableStack;
}

/**
 * Reads the settings of `name`, opens its wiring and constructs the driver. What was opened before a failure is
 * released.
 *
 * @throws DriverError
 */
export function openI2cDriver<Table extends OptionTable, Driver extends Closable>(
  board: Board,
  { options: table, driver: Driver }: I2cDriverDefinition<Table, Driver>,
  name: string,
): Opened<Driver> {
  const options = parseSettings(table, name, board.getSettings(name));
  // Whatever was opened before a failure is released by it, last opened first.
  using opened = new DisposableStack();
  const target = opened.use(new WasiI2cTarget(openWiring(board, name)));
  const delay = opened.use(new WasiDelay(board.openDelay()));
  const driver = new Driver(target, delay, options);
  opened.defer(() => driver.close());
  return { name, driver, resources: opened.move() };
}

function openWiring(board: Board, name: string): Wiring {
  try {
    return board.open(name);
  } catch (error) {
    throw boardFault(error);
  }
}

/**
 * The base of the WIT resources `device`. When the host drops one without `close`, StarlingMonkey calls
 * `Symbol.dispose`. QuickJS runs no code of ours, but frees the object at once, and with it the handles of bus and
 * delay; the part stays as it is.
 */
export abstract class OpenedDevice<Driver extends Closable> implements Disposable {
  readonly #opened: Opened<Driver>;

  constructor(opened: Opened<Driver>) {
    this.#opened = opened;
  }

  /** The driver, closed or not: for what does not change. */
  protected get driver(): Driver {
    return this.#opened.driver;
  }

  /** Runs the body of an exported function; throws the WIT error, `disconnected` after it was closed. */
  protected run<Result>(body: (driver: Driver) => Result): Result {
    return exported(() => {
      const { name, driver, resources } = this.#opened;
      if (resources.disposed) throw DriverError.disconnected(`"${name}" is closed; open it again.`);
      return body(driver);
    });
  }

  /** WIT `close`: closes the driver and releases the bus. Closing twice is legal. */
  close(): void {
    this.#opened.resources.dispose();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
