/** From a driver class to the WIT export busbar:device/switch. What it runs on is a parameter here. */

import { type Board, type Closable, type DriverDefinition, OpenedDevice, openDriver } from "./driver.ts";
import { exported } from "./errors.ts";
import type { OptionTable } from "./settings.ts";
import type { SwitchInfo } from "./wit.ts";

/** What a switch's driver class is: opened by its constructor, which leaves it off, then switched any number of times, then closed. */
export interface SwitchDriver extends Closable {
  /** Which part it is. */
  readonly info: SwitchInfo;

  /** Whether it is on. @throws DriverError */
  isOn(): boolean;

  /** Switches it. @throws DriverError */
  set(on: boolean): void;

  /** Switches it off, or as the options say. Never throws DriverError, never waits; closing twice is legal. */
  close(): void;
}

/** What a switch's driver package says about itself. */
export type SwitchDefinition<Table extends OptionTable, Given extends unknown[]> = DriverDefinition<
  Table,
  SwitchDriver,
  Given
>;

/** The WIT resource `device`. */
export interface ExportedSwitch extends Disposable {
  /** WIT `info`. */
  info(): SwitchInfo;
  /** WIT `is-on`. Throws the WIT error. */
  isOn(): boolean;
  /** WIT `set`. Throws the WIT error. */
  set(on: boolean): void;
  /** WIT `close`. Closing twice is legal. */
  close(): void;
}

/** The value that a component exports under the name `switch`. */
export interface SwitchExport {
  /** WIT `open`. Throws the WIT error. */
  open(name: string): ExportedSwitch;
  /** The class of what `open` returns: the engines look for it by this name. */
  readonly Device: typeof Device;
}

/** Makes the export for `definition` on what the component imports. */
export function switchOn<const Table extends OptionTable, Given extends unknown[]>(
  board: Board,
  definition: SwitchDefinition<Table, Given>,
): SwitchExport {
  return { Device, open: (name) => exported(() => new Device(openDriver(board, definition, name))) };
}

/** An opened switch. */
class Device extends OpenedDevice<SwitchDriver> implements ExportedSwitch {
  info(): SwitchInfo {
    return this.driver.info;
  }

  isOn(): boolean {
    return this.run((driver) => driver.isOn());
  }

  set(on: boolean): void {
    this.run((driver) => driver.set(on));
  }
}
