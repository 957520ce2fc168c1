import type { DeviceModule } from "../module.ts";
import { UsbEcho } from "./usb-echo.ts";

export type { UsbEcho };

/** Devices that send back what they are sent. `board.usbEcho(name)`; no app can have one. */
export const usbEcho: DeviceModule<UsbEcho, "usbEcho"> = {
  kind: "usbEcho",
  path: "busbar:device/usb-echo",
  version: "0.1.0",
  open: async ({ name, start }) => UsbEcho.open(name, await start()),
};
