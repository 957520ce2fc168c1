/** The last lines of a serial port's driver: its class becomes a component's export busbar:device/serial-port. */

import { get as getSettings } from "busbar:board/settings@0.1.0";
import { type SerialPortDefinition, type SerialPortExport, serialPortOn } from "./serial-port-export.ts";
import type { OptionTable } from "./settings.ts";

export type { SerialPortDefinition, SerialPortDriver, SerialPortExport } from "./serial-port-export.ts";

/**
 * Makes the WIT export `serialPort` of a driver. It opens what the board wires to a name, reads the settings, constructs the
 * driver, and releases everything when that fails. Runs inside a component only.
 *
 * @example export const serialPort = defineSerialPort({ bus: usb, options: cdcAcmOptions, driver: CdcAcm });
 */
export function defineSerialPort<const Table extends OptionTable, Given extends unknown[]>(
  definition: SerialPortDefinition<Table, Given>,
): SerialPortExport {
  return serialPortOn({ getSettings }, definition);
}
