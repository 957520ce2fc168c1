/** The HID models as the board file has them. */

import * as v from "valibot";
import { numberWithin, wholeNumber } from "../../../numbers.ts";
import { defineUsbModel } from "../model.ts";
import { HidGamepad } from "./gamepad.ts";
import { HidKeyboard } from "./keyboard.ts";
import { HidMouse } from "./mouse.ts";
import { canType } from "./us-layout.ts";

/** What all of them can be given. */
const commonEntries = {
  serialNumber: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(126))),
  garbageReportDescriptor: v.optional(wholeNumber(0, 0xffff_ffff)),
  everyMs: v.optional(wholeNumber(1, 3_600_000)),
  repeat: v.optional(v.boolean()),
};

const LONGEST_SCRIPT = 10_000;

/** The model "keyboard". */
export const keyboardModel = defineUsbModel(
  v.strictObject({
    ...commonEntries,
    type: v.optional(
      v.pipe(
        v.string(),
        v.maxLength(LONGEST_SCRIPT),
        v.check(canType, "expected characters of a US keyboard"),
      ),
    ),
  }),
  (parameters, clock) => new HidKeyboard(parameters, clock),
);

const counts = v.optional(wholeNumber(-0x7fff, 0x7fff));
const movement = v.strictObject({
  x: counts,
  y: counts,
  wheel: counts,
  horizontalWheel: counts,
  buttons: v.optional(wholeNumber(0, 0x1f)),
});

/** The model "mouse". */
export const mouseModel = defineUsbModel(
  v.strictObject({
    ...commonEntries,
    moves: v.optional(v.pipe(v.array(movement), v.maxLength(LONGEST_SCRIPT))),
  }),
  (parameters, clock) => new HidMouse(parameters, clock),
);

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

/** The model "gamepad". */
export const gamepadModel = defineUsbModel(
  v.strictObject({
    ...commonEntries,
    states: v.optional(v.pipe(v.array(controls), v.maxLength(LONGEST_SCRIPT))),
    batteryPercent: v.optional(wholeNumber(0, 100)),
  }),
  (parameters, clock) => new HidGamepad(parameters, clock),
);
