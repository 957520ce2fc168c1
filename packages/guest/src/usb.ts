/** component:usb and the settings, for the last lines of a USB driver. Runs inside a component only. */

import { warn as warnOperator } from "busbar:board/log@0.1.0";
import { get } from "busbar:board/settings@0.1.0";
import { init, listDevices } from "component:usb/device@0.2.1";
import { awaitTransfer } from "component:usb/transfers@0.2.1";
import type { UsbHost } from "./usb-device.ts";

/** The USB devices that the board wires to this driver. */
export const usb: UsbHost = { init, listDevices, awaitTransfer };

/** busbar:board/settings `get`: what the board file has for the device `name`. */
export const getSettings: (name: string) => readonly (readonly [string, string])[] = get;

/** busbar:board/log `warn`: one sentence for the operator about what is no error. */
export const warn: (message: string) => void = warnOperator;
