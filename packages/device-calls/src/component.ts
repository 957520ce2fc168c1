/** The WIT exports of world `device-calls`. */

import * as blockDevice from "busbar:device/block-device@0.1.0";
import * as camera from "busbar:device/camera@0.1.0";
import * as hid from "busbar:device/hid@0.1.0";
import * as sensor from "busbar:device/sensor@0.1.0";
import * as serialPort from "busbar:device/serial-port@0.1.0";
import * as textDisplay from "busbar:device/text-display@0.1.0";
import { defineApp, print } from "@busbar/guest/app/base";
import { appInput } from "@busbar/guest/app/input";
import { deviceCalls } from "./device-calls.ts";

const interfaces = {
  sensor,
  "text-display": textDisplay,
  "block-device": blockDevice,
  "serial-port": serialPort,
  hid,
  camera,
};

/** wasi:cli/run. */
export const run = defineApp(() => deviceCalls({ interfaces, input: appInput(), print }));
