/** The model "mouse" of the board file. */

import { defineUsbModel, wholeNumber } from "@busbar/model";
import * as v from "valibot";
import { HidMouse } from "../model/mouse.ts";
import { commonEntries, LONGEST_SCRIPT } from "./common.ts";

const counts = v.optional(wholeNumber(-0x7fff, 0x7fff));
const movement = v.strictObject({
  x: counts,
  y: counts,
  wheel: counts,
  horizontalWheel: counts,
  buttons: v.optional(wholeNumber(0, 0x1f)),
});

export default defineUsbModel(
  v.strictObject({
    ...commonEntries,
    moves: v.optional(v.pipe(v.array(movement), v.maxLength(LONGEST_SCRIPT))),
  }),
  (parameters, clock) => new HidMouse(parameters, clock),
);
