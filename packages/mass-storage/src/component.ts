/** The WIT exports of world `usb-block-device-driver`. */

import { defineBlockDevice } from "@busbar/guest/block-device";
import { MassStorage, massStorageOptions } from "./mass-storage.ts";

/** busbar:device/block-device. */
export const blockDevice = defineBlockDevice({ options: massStorageOptions, driver: MassStorage });
