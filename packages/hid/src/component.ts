/** The WIT exports of world `usb-hid-driver`. */

import { defineHid } from "./driver.ts";
import { Hid, hidOptions } from "./hid.ts";

/** busbar:device/hid. */
export const hid = defineHid({ options: hidOptions, driver: Hid });
