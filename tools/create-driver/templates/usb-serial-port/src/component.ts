/** The WIT exports of world `usb-serial-port-driver`. Nothing to fill in. */

import { defineSerialPort } from "@busbar/guest/serial-port";
import { MySerialPort, mySerialPortOptions } from "./my-serial-port.ts";

/** busbar:device/serial-port. */
export const serialPort = defineSerialPort({
  options: mySerialPortOptions,
  driver: MySerialPort,
});
