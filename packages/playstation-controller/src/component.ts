/** The WIT exports of world `usb-hid-driver`. */

import { defineHid } from "@busbar/hid/driver";
import { PlayStationController, playStationControllerOptions } from "./playstation-controller.ts";

/** busbar:device/hid. */
export const hid = defineHid({ options: playStationControllerOptions, driver: PlayStationController });
