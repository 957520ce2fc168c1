/** The WIT export of a driver on USB. */

import { defineBlockDevice } from "@busbar/guest/block-device";
import { usb } from "@busbar/guest/usb";
import { MassStorage, massStorageOptions } from "./mass-storage.ts";

/** busbar:device/block-device. */
export const blockDevice = defineBlockDevice({ bus: usb, options: massStorageOptions, driver: MassStorage });
