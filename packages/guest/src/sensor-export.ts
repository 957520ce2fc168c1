/** From a driver class to the WIT export busbar:device/sensor. What it runs on is a parameter here. */

import { type Board, type Closable, type DriverDefinition, OpenedDevice, openDriver } from "./driver.ts";
import { DriverError, exported } from "./errors.ts";
import type { OptionTable } from "./settings.ts";
import type { Channel, Info } from "./wit.ts";

/** What a sensor's driver class is: opened by its constructor, then read any number of times, then closed. */
export interface SensorDriver<Label extends string = string> extends Closable {
  /** Which part answered. */
  readonly info: Info;

  /** What `read` measures; the channels that the options turn off are left out. */
  readonly channels: readonly (Channel & { readonly label: Label })[];

  /**
   * A fresh sample, in the units of the channels' quantities; `undefined` for a channel that is turned off. A value
   * outside of its channel's range is made a `protocol` error by the export.
   *
   * @throws DriverError
   */
  read(): Readonly<Record<Label, number | undefined>>;

  /** Leaves the part asleep. Never throws DriverError, never waits; closing twice is legal. */
  close(): void;
}

/** What a sensor's driver package says about itself. */
export type SensorDefinition<
  Table extends OptionTable,
  Label extends string,
  Given extends unknown[],
> = DriverDefinition<Table, SensorDriver<Label>, Given>;

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
export function sensorOn<const Table extends OptionTable, Label extends string, Given extends unknown[]>(
  board: Board,
  definition: SensorDefinition<Table, Label, Given>,
): SensorExport {
  return { Device, open: (name) => exported(() => new Device(openDriver(board, definition, name))) };
}

/** An opened sensor. */
class Device extends OpenedDevice<SensorDriver> implements ExportedSensor {
  info(): Info {
    return this.driver.info;
  }

  channels(): readonly Channel[] {
    return this.driver.channels;
  }

  read(): number[] {
    return this.run((driver) => {
      const sample = driver.read();
      return driver.channels.map((channel) => measured(sample, channel));
    });
  }
}

/** What lies outside of what a channel can measure was not measured: an error, not a reading. */
function measured(sample: Readonly<Record<string, number | undefined>>, channel: Channel): number {
  const { label, minimum, maximum } = channel;
  const value = sample[label];
  if (value === undefined || !Number.isFinite(value)) {
    throw DriverError.protocol(`The device gave no value for ${label}; open it again.`);
  }
  if (value >= minimum && value <= maximum) return value;
  throw DriverError.protocol(
    `The device gave ${value} for ${label}, which can be ${minimum} to ${maximum}; check its wiring and supply, and if ` +
      "that does not help, open it again.",
  );
}
