/** The WIT exports of world `usb-files`. */

import { appArguments } from "@busbar/guest/app/arguments";
import { defineApp, print, printError, writeOut } from "@busbar/guest/app/base";
import { openBlockDevice } from "@busbar/guest/app/block-device";
import { openFolder } from "@busbar/guest/app/folder";
import { usbFiles } from "./usb-files.ts";

/** wasi:cli/run. */
export const run = defineApp(() =>
  usbFiles(appArguments(), { openBlockDevice, openFolder, print, printError, writeOut }),
);
