/** The WIT exports of world `usb-hid-driver`. */

import { defineHid } from "@busbar/hid/driver";
import { XboxController, xboxControllerOptions } from "./xbox-controller.ts";

/** busbar:device/hid. */
export const hid = defineHid({ options: xboxControllerOptions, driver: XboxController });
