/** The WIT export of a driver on a serial line. */

import { defineSerialPort } from "@busbar/guest/serial-port";
import { uart } from "@busbar/guest/uart";
import { UartSerialPort, uartPortOptions } from "./uart-port.ts";

/** busbar:device/serial-port. */
export const serialPort = defineSerialPort({ bus: uart, options: uartPortOptions, driver: UartSerialPort });
