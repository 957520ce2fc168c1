import { defineUsbModel, usbSerialNumber, wholeNumber } from "@busbar/model";
import * as v from "valibot";
import { I2cTinyUsb } from "./model/i2c-tiny-usb.ts";

export { I2cTinyUsb, type I2cTinyUsbOptions } from "./model/i2c-tiny-usb.ts";

/** The parameters of the model "i2c-tiny-usb". */
const parameters = v.strictObject({
  /** The simulated I2C bus behind it. */
  behind: v.strictObject({ i2c: v.string('expected the name of a simulated I2C bus, such as "far"') }),
  /** The most bytes of a message that its firmware takes. */
  longest: v.optional(wholeNumber(1, 0xffff), 254),
  serialNumber: v.optional(usbSerialNumber, "1"),
});

/** The model "i2c-tiny-usb" of the board file. */
export default defineUsbModel(
  parameters,
  ({ behind: { i2c }, longest, serialNumber }, _clock, surroundings) =>
    new I2cTinyUsb({ wires: surroundings.i2c(i2c).wires(), longest, serialNumber }),
);
