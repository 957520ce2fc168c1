import { defineUsbModel, usbSerialNumber, wholeNumber } from "@busbar/model";
import * as v from "valibot";
import { UsbCamera } from "./model/camera.ts";

export { UsbCamera, type UsbCameraOptions } from "./model/camera.ts";
export { pictureNumber } from "./model/picture.ts";

/** The model "camera" of the board file. */
export default defineUsbModel(
  v.strictObject({
    transfer: v.optional(v.picklist(["isochronous", "bulk"]), "isochronous"),
    serialNumber: v.optional(usbSerialNumber, "1"),
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
