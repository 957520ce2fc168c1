/** The WIT exports of world `snapshots`. */

import { appArguments } from "@busbar/guest/app/arguments";
import { defineApp, print } from "@busbar/guest/app/base";
import { openCamera } from "@busbar/guest/app/camera";
import { openFolder } from "@busbar/guest/app/folder";
import { snapshots } from "./snapshots.ts";

/** wasi:cli/run. */
export const run = defineApp(() => snapshots(appArguments(), { openCamera, openFolder, print }));
