/** The model "keyboard" of the board file. */

import { defineUsbModel } from "@busbar/model";
import * as v from "valibot";
import { HidKeyboard } from "../model/keyboard.ts";
import { canType } from "../model/us-layout.ts";
import { commonEntries, LONGEST_SCRIPT } from "./common.ts";

export default defineUsbModel(
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
