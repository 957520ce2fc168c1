/** From a driver class to the WIT export busbar:device/sensor. Where the wiring comes from is a parameter here. */

import { boardFault, DriverError, exported } from "./errors.ts";
import { type Delay, type I2cTarget, WasiDelay, WasiI2cTarget } from "./i2c.ts";
import { type OptionsOf, type OptionTable, parseSettings } from "./settings.ts";
import type { Channel, Info, WasiDelayHandle, Wiring } from "./wit.ts";

/** What a sensor's driver class is: opened by its constructor, then read any number of times, then closed. */
export interface SensorDriver<Label extends string = string> {
  /** Which part answered. */
  readonly info: Info;

  /** What `read` measures; the channels that the options turn off are left out. */
  readonly channels: readonly (Channel & { readonly label: Label })[];

  /**
   * A fresh sample, in the units of the channels' quantities; `undefined` for a channel that is turned off.
   *
   * @throws DriverError
   */
  read(): Readonly<Record<Label, number | undefined>>;

  /** Leaves the part asleep. Never throws DriverError, never waits; closing twice is legal. */
  close(): void;
}

/** What a driver package says about itself. */
export interface SensorDefinition<Table extends OptionTable, Label extends string> {
  /** The settings that a board file may have for it. */
  readonly options: Table;

  /** The driver class. Its constructor finds, resets and configures the part, and throws DriverError. */
  readonly driver: new (
    target: I2cTarget,
    delay: Delay,
    options: OptionsOf<Table>,
  ) => SensorDriver<Label>;
}

/** The functions of busbar:board. */
export interface Board {
  /** busbar:board/i2c `open`. */
  open(name: string): Wiring;
  /** busbar:board/i2c `open-delay`. */
  openDelay(): WasiDelayHandle;
  /** busbar:board/settings `get`. */
  getSettings(name: string): readonly (readonly [string, string])[];
}

/** The WIT resource `device`. */
export interface ExportedSensor extends Disposable {
  /** WIT `info`. */
  info(): Info;
  /** WIT `channels`. */
  channels(): readonly Channel[];
  /** WIT `read`: one value a channel. Throws the WIT error. */
  read(): number[];
  /** WIT `close`: puts the part to sleep and releases the bus. Closing twice is legal. */
  close(): void;
}

/** The value that a component exports under the name `sensor`. */
export interface SensorExport {
  /** WIT `open`. Throws the WIT error. */
  open(name: string): ExportedSensor;
  /** The class of what `open` returns: the engines look for it by this name. */
  readonly Device: typeof Device;
}

/** Makes the export for `definition` on `board`. */
export function sensorOn<const Table extends OptionTable, Label extends string>(
  board: Board,
  definition: SensorDefinition<Table, Label>,
): SensorExport {
  return { Device, open: (name) => exported(() => openSensor(board, definition, name)) };
}

function openSensor<Table extends OptionTable, Label extends string>(
  board: Board,
  { options: table, driver: Driver }: SensorDefinition<Table, Label>,
  name: string,
): Device {
  const options = parseSettings(table, name, board.getSettings(name));
  // Whatever was opened before a failure is released by it, last opened first.
  using opened = new DisposableStack();
  const target = opened.use(new WasiI2cTarget(openWiring(board, name)));
  const delay = opened.use(new WasiDelay(board.openDelay()));
  const driver = new Driver(target, delay, options);
  opened.defer(() => driver.close());
  return new Device(name, driver, opened.move());
}

function openWiring(board: Board, name: string): Wiring {
  try {
    return board.open(name);
  } catch (error) {
    throw boardFault(error);
  }
}

/**
 * An opened sensor. When the host drops it without `close`, StarlingMonkey calls `Symbol.dispose`. QuickJS runs no code
 * of ours, but frees the object at once, and with it the handles of bus and delay; the part stays as it is.
 */
class Device implements ExportedSensor {
  readonly #name: string;
  readonly #driver: SensorDriver;
  readonly #resources: DisposableStack;

  constructor(name: string, driver: SensorDriver, resources: DisposableStack) {
    this.#name = name;
    this.#driver = driver;
    this.#resources = resources;
  }

  info(): Info {
    return this.#driver.info;
  }

  channels(): readonly Channel[] {
    return this.#driver.channels;
  }

  read(): number[] {
    return exported(() => {
      if (this.#resources.disposed)
        throw DriverError.disconnected(`"${this.#name}" is closed; open it again.`);
      const sample = this.#driver.read();
      return this.#driver.channels.map(({ label }) => measured(sample, label));
    });
  }

  close(): void {
    this.#resources.dispose();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function measured(sample: Readonly<Record<string, number | undefined>>, label: string): number {
  const value = sample[label];
  if (value !== undefined && Number.isFinite(value)) return value;
  throw DriverError.protocol(`The device gave no value for ${label}; open it again.`);
}
