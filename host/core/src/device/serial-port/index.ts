import { appInterface } from "../app-device.ts";
import type { DeviceModule } from "../module.ts";
import { SerialPortResource } from "./app.ts";
import { SerialPort } from "./serial-port.ts";

export type { SerialPort };

/** Serial ports. `board.serialPort(name)`. */
export const serialPort: DeviceModule<SerialPort, "serialPort"> = {
  kind: "serialPort",
  path: "busbar:device/serial-port",
  version: "0.1.0",
  open: async ({ name, clock, start }) => SerialPort.open(name, await start(), clock),
  app: appInterface(SerialPortResource),
};
