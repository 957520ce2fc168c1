/** The WIT export of a driver on USB. */

import { usb } from "@busbar/guest/usb";
import { defineHid } from "@busbar/hid/driver";
import { PlayStationController, playStationControllerOptions } from "./playstation-controller.ts";

/** busbar:device/hid. */
export const hid = defineHid({
  bus: usb,
  options: playStationControllerOptions,
  driver: PlayStationController,
});
