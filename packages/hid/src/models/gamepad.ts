/** The model "gamepad" of the board file. */

import { defineUsbModel, numberWithin, wholeNumber } from "@busbar/model";
import * as v from "valibot";
import { HidGamepad } from "../model/gamepad.ts";
import { commonEntries, LONGEST_SCRIPT } from "./common.ts";

const stick = v.optional(v.tuple([numberWithin(-1, 1), numberWithin(-1, 1)]));
const trigger = v.optional(numberWithin(0, 1));
const controls = v.strictObject({
  buttons: v.optional(v.pipe(v.array(wholeNumber(1, 16)), v.maxLength(16))),
  hat: v.optional(wholeNumber(0, 7)),
  leftStick: stick,
  rightStick: stick,
  leftTrigger: trigger,
  rightTrigger: trigger,
});

export default defineUsbModel(
  v.strictObject({
    ...commonEntries,
    states: v.optional(v.pipe(v.array(controls), v.maxLength(LONGEST_SCRIPT))),
    batteryPercent: v.optional(wholeNumber(0, 100)),
  }),
  (parameters, clock) => new HidGamepad(parameters, clock),
);
