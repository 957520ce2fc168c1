/** The last lines of a HID driver: its class becomes what the world `usb-hid-driver` exports. */

import { nowMs, waitMs } from "busbar:board/time@0.1.0";
import { type OptionsOf, type OptionTable, parseSettings, type Time, UsbDevice } from "@busbar/guest";
import { getSettings, usb } from "@busbar/guest/usb";
import type { Hid } from "./hid.ts";
import { type HidExport, hidOn } from "./hid-export.ts";

export type { HidExport } from "./hid-export.ts";

/** What a HID driver's package says about itself. */
export interface HidDriverDefinition<Table extends OptionTable> {
  /** The settings that a board file may have for it. */
  readonly options: Table;
  /** `Hid`, or a class that adds to it what a device needs besides. Its constructor throws DriverError. */
  readonly driver: new (
    device: UsbDevice,
    time: Time,
    options: OptionsOf<Table>,
  ) => Hid;
}

/**
 * Makes the WIT export `hid` of a driver. It reads the settings, opens the USB device that the board wires to a name,
 * constructs the driver, and gives everything back when that fails. Runs inside a component only.
 *
 * @example export const hid = defineHid({ options: hidOptions, driver: Hid });
 */
export function defineHid<const Table extends OptionTable>(
  definition: HidDriverDefinition<Table>,
): HidExport {
  const { options: table, driver: Driver } = definition;
  return hidOn((name) => {
    const options = parseSettings(table, name, getSettings(name));
    // Whatever was opened before a failure is given back by it.
    using opened = new DisposableStack();
    const device = opened.use(new UsbDevice(usb, name));
    const driver = new Driver(device, { nowMs, waitMs }, options);
    const { vendorId, productId, deviceVersionBcd, ...strings } = device.descriptor;
    const identity = {
      vendorId,
      productId,
      versionBcd: deviceVersionBcd,
      vendor: device.readString(strings.manufacturerIndex),
      product: device.readString(strings.productIndex),
      serialNumber: device.readString(strings.serialNumberIndex),
    };
    opened.move();
    return { identity, driver };
  });
}
