/** The WIT export of a driver on USB. */

import { defineSerialPort } from "@busbar/guest/serial-port";
import { usb } from "@busbar/guest/usb";
import { CdcAcm, cdcAcmOptions } from "./cdc-acm.ts";

/** busbar:device/serial-port. */
export const serialPort = defineSerialPort({ bus: usb, options: cdcAcmOptions, driver: CdcAcm });
