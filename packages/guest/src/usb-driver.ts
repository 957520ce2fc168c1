/** How a USB driver is opened, whatever it drives: its settings, its device, its class. */

import type { Opened } from "./board.ts";
import { type OptionsOf, type OptionTable, parseSettings } from "./settings.ts";
import { UsbDevice, type UsbHost } from "./usb-device.ts";

/** busbar:board/time. */
export interface Time {
  /** Milliseconds on a clock that never goes back; only differences mean anything. */
  nowMs(): number;
  /** Waits for at least `ms` milliseconds, a whole number. */
  waitMs(ms: number): void;
}

/** What the component of a USB driver imports. */
export interface UsbBoard {
  readonly usb: UsbHost;
  readonly time: Time;
  /** busbar:board/settings `get`. */
  getSettings(name: string): readonly (readonly [string, string])[];
  /** busbar:board/log `warn`. */
  warn(message: string): void;
}

/** What the driver package of a USB device says about itself. */
export interface UsbDriverDefinition<Table extends OptionTable, Driver extends { close(): void }> {
  /** The settings that a board file may have for it. */
  readonly options: Table;
  /** The driver class. Its constructor claims what it needs and gets the device ready, and throws DriverError. */
  readonly driver: new (
    device: UsbDevice,
    time: Time,
    options: OptionsOf<Table>,
  ) => Driver;
}

/**
 * Reads the settings of `name`, opens its device and constructs the driver. What was opened before a failure is given
 * back.
 *
 * @throws DriverError
 */
export function openUsbDriver<Table extends OptionTable, Driver extends { close(): void }>(
  { usb, time, getSettings, warn }: UsbBoard,
  { options: table, driver: Driver }: UsbDriverDefinition<Table, Driver>,
  name: string,
): Opened<Driver> {
  const options = parseSettings(table, name, getSettings(name));
  using opened = new DisposableStack();
  const device = opened.use(new UsbDevice(usb, name, warn));
  const driver = new Driver(device, time, options);
  opened.defer(() => driver.close());
  return { name, driver, resources: opened.move() };
}
