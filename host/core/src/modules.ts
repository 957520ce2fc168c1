import { i2c } from "./bus/i2c/index.ts";
import type { BusModules } from "./bus/module.ts";
import { usb } from "./bus/usb/index.ts";

/** The buses that this host has by itself, in the order in which an entry's parts are checked. */
export const builtIn = [i2c, usb] as const satisfies BusModules;

/** Their types, by which those of a board follow. */
export type BuiltIn = typeof builtIn;
