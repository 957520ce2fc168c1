/** The WIT exports of world `usb-serial-port-driver`. */

import { defineSerialPort } from "@busbar/guest/serial-port";
import { CdcAcm, cdcAcmOptions } from "./cdc-acm.ts";

/** busbar:device/serial-port. */
export const serialPort = defineSerialPort({ options: cdcAcmOptions, driver: CdcAcm });
