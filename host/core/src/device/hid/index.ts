import { appInterface } from "../app-device.ts";
import type { DeviceModule } from "../module.ts";
import { HidResource } from "./app.ts";
import { Hid } from "./hid.ts";

export type { Hid };

/** Keyboards, mice, gamepads and any other HID device. `board.hid(name)`. */
export const hid: DeviceModule<Hid, "hid"> = {
  kind: "hid",
  path: "busbar:device/hid",
  version: "0.1.0",
  open: async ({ name, clock, start }) => Hid.open(name, await start(), clock),
  app: appInterface(HidResource),
};
