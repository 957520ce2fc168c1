/** What every driver has in common, whatever it drives over whichever bus: how it is opened, and how it is closed. */

import { DriverError, exported } from "./errors.ts";
import { type OptionsOf, type OptionTable, parseSettings } from "./settings.ts";

/** What every driver has of its board. */
export interface Board {
  /** busbar:board/settings `get`. */
  getSettings(name: string): readonly (readonly [string, string])[];
}

/**
 * A bus, as its drivers have it. A definition names one (`bus: i2c`), and the constructor of its driver takes what that gives.
 *
 * A further bus is one more such value, and no kind of device knows it. `@busbar/guest/i2c` is a whole one: a function that
 * makes it of what a component imports (`i2cOn`, so that tests can have it without a component), and a module that calls
 * it with these imports. WIT's world "<bus>-driver" has them.
 */
export interface DriverBus<Given extends unknown[]> {
  /**
   * Opens what the board wires to the device `name`.
   *
   * @param opened gets what has to be released when the driver is closed, or when opening fails
   * @returns what the driver's constructor is given, before its options
   * @throws DriverError
   */
  open(name: string, opened: DisposableStack): Given;
}

/** What all driver classes have. */
export interface Closable {
  /** Leaves the part asleep, or as the options say. Never throws DriverError, never waits; closing twice is legal. */
  close(): void;
}

/** What a driver package says about itself, whichever bus its part is wired to. */
export interface DriverClass<Table extends OptionTable, Driver extends Closable, Given extends unknown[]> {
  /** The settings that a board file may have for it. */
  readonly options: Table;

  /** The driver class. Its constructor finds, resets and configures the part, and throws DriverError. */
  readonly driver: new (
    ...given: [...Given, options: OptionsOf<Table>]
  ) => Driver;
}

/** `Given`, that nothing is inferred from: which it is follows from the bus, and a constructor may take less. */
type Fixed<Given extends unknown[]> = Given extends unknown ? Given : never;

/** A driver on its bus: what a component is made of. */
export interface DriverDefinition<Table extends OptionTable, Driver extends Closable, Given extends unknown[]>
  extends DriverClass<Table, Driver, Fixed<Given>> {
  /** The bus that the part is wired to: `i2c` of `@busbar/guest/i2c`. */
  readonly bus: DriverBus<Given>;
}

/** A constructed driver, and all that has to be released when it is closed. */
export interface Opened<Driver extends Closable> {
  readonly name: string;
  readonly driver: Driver;
  /** Disposing it closes the driver, then what its bus opened, last opened first. */
  readonly resources: DisposableStack;
}

/**
 * Reads the settings of `name`, opens what it is wired to and constructs the driver. What was opened before a failure is
 * released.
 *
 * @throws DriverError
 */
export function openDriver<Table extends OptionTable, Driver extends Closable, Given extends unknown[]>(
  board: Board,
  { bus, options: table, driver: Driver }: DriverDefinition<Table, Driver, Given>,
  name: string,
): Opened<Driver> {
  const options = parseSettings(table, name, board.getSettings(name));
  // Whatever was opened before a failure is released by it, last opened first.
  using opened = new DisposableStack();
  const driver = new Driver(...bus.open(name, opened), options);
  opened.defer(() => driver.close());
  return { name, driver, resources: opened.move() };
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
    return exported(() => this.#use(body));
  }

  /** The same for a function with an error type of its own. */
  protected runAs<Result>(
    payloadOf: (error: DriverError) => unknown,
    body: (driver: Driver) => Result,
  ): Result {
    return exported(() => this.#use(body), payloadOf);
  }

  /** @throws DriverError */
  #use<Result>(body: (driver: Driver) => Result): Result {
    const { name, driver, resources } = this.#opened;
    if (resources.disposed) throw DriverError.disconnected(`"${name}" is closed; open it again.`);
    return body(driver);
  }

  /** WIT `close`: closes the driver and releases the bus. Closing twice is legal. */
  close(): void {
    this.#opened.resources.dispose();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
