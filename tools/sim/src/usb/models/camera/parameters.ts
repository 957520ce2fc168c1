import * as v from "valibot";
import { wholeNumber } from "../../../numbers.ts";
import { defineUsbModel } from "../model.ts";
import { UsbCamera } from "./camera.ts";

/** The model "camera" of the board file. */
export const cameraModel = defineUsbModel(
  v.strictObject({
    transfer: v.optional(v.picklist(["isochronous", "bulk"]), "isochronous"),
    serialNumber: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(126)), "1"),
    pictureBytes: v.optional(wholeNumber(2000, 1_000_000), 20_000),
    /** One in so many pictures is damaged; 0 for none. */
    damagedEvery: v.optional(wholeNumber(0, 1_000_000), 0),
  }),
  ({ damagedEvery, ...parameters }, clock) =>
    new UsbCamera({
      ...parameters,
      clock,
      damage: (picture) =>
        damagedEvery > 0 && picture % damagedEvery === damagedEvery - 1 ? "error" : undefined,
    }),
);
