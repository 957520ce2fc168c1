/** From a driver class to the WIT export busbar:device/contact. What it runs on is a parameter here. */

import { type Board, type Closable, type DriverDefinition, OpenedDevice, openDriver } from "./driver.ts";
import { exported } from "./errors.ts";
import type { OptionTable } from "./settings.ts";
import type { ContactChanges, ContactInfo } from "./wit.ts";

/** What a contact's driver class is: opened by its constructor, then asked any number of times, then closed. */
export interface ContactDriver extends Closable {
  /** Which part it is. */
  readonly info: ContactInfo;

  /** Whether it is closed now. @throws DriverError */
  isClosed(): boolean;

  /**
   * Waits until there is a change that was not told yet, at most `timeoutMs` milliseconds; then tells all that there are, each to the
   * other state than the one before.
   *
   * @throws DriverError
   */
  nextChanges(timeoutMs: number): ContactChanges;
}

/** What a contact's driver package says about itself. */
export type ContactDefinition<Table extends OptionTable, Given extends unknown[]> = DriverDefinition<
  Table,
  ContactDriver,
  Given
>;

/** The WIT resource `device`. */
export interface ExportedContact extends Disposable {
  /** WIT `info`. */
  info(): ContactInfo;
  /** WIT `is-closed`. Throws the WIT error. */
  isClosed(): boolean;
  /** WIT `next-changes`. Throws the WIT error. */
  nextChanges(timeoutMs: number): ContactChanges;
  /** WIT `close`. Closing twice is legal. */
  close(): void;
}

/** The value that a component exports under the name `contact`. */
export interface ContactExport {
  /** WIT `open`. Throws the WIT error. */
  open(name: string): ExportedContact;
  /** The class of what `open` returns: the engines look for it by this name. */
  readonly Device: typeof Device;
}

/** Makes the export for `definition` on what the component imports. */
export function contactOn<const Table extends OptionTable, Given extends unknown[]>(
  board: Board,
  definition: ContactDefinition<Table, Given>,
): ContactExport {
  return { Device, open: (name) => exported(() => new Device(openDriver(board, definition, name))) };
}

/** An opened contact. `>>> 0`: a u32 of 2^31 and more arrives negative in a QuickJS guest. */
class Device extends OpenedDevice<ContactDriver> implements ExportedContact {
  info(): ContactInfo {
    return this.driver.info;
  }

  isClosed(): boolean {
    return this.run((driver) => driver.isClosed());
  }

  nextChanges(timeoutMs: number): ContactChanges {
    return this.run((driver) => driver.nextChanges(timeoutMs >>> 0));
  }
}
