/** The WIT export of a driver on USB. Nothing to fill in. */

import { defineSerialPort } from "@busbar/guest/serial-port";
import { usb } from "@busbar/guest/usb";
import { MySerialPort, mySerialPortOptions } from "./my-serial-port.ts";

/** busbar:device/serial-port. */
export const serialPort = defineSerialPort({
  bus: usb,
  options: mySerialPortOptions,
  driver: MySerialPort,
});
