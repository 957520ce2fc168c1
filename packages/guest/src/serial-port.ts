/** The last lines of a serial port's driver: its class becomes what the world `usb-serial-port-driver` exports. */

import { nowMs, waitMs } from "busbar:board/time@0.1.0";
import { type SerialPortDefinition, type SerialPortExport, serialPortOn } from "./serial-port-export.ts";
import type { OptionTable } from "./settings.ts";
import { getSettings, usb, warn } from "./usb.ts";

export type { SerialPortDefinition, SerialPortDriver, SerialPortExport } from "./serial-port-export.ts";

/**
 * Makes the WIT export `serialPort` of a driver. It opens the USB device that the board wires to a name, reads the
 * settings, constructs the driver, and gives everything back when that fails. Runs inside a component only.
 *
 * @example export const serialPort = defineSerialPort({ options: cdcAcmOptions, driver: CdcAcm });
 */
export function defineSerialPort<const Table extends OptionTable>(
  definition: SerialPortDefinition<Table>,
): SerialPortExport {
  return serialPortOn({ usb, time: { nowMs, waitMs }, getSettings, warn }, definition);
}
