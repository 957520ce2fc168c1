import { usbSerialNumber, wholeNumber } from "@busbar/model";
import * as v from "valibot";

/** What all of them can be given. */
export const commonEntries = {
  serialNumber: v.optional(usbSerialNumber),
  garbageReportDescriptor: v.optional(wholeNumber(0, 0xffff_ffff)),
  everyMs: v.optional(wholeNumber(1, 3_600_000)),
  repeat: v.optional(v.boolean()),
};

/** The most steps of what a device does by itself. */
export const LONGEST_SCRIPT = 10_000;
