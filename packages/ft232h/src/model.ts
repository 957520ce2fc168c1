import { defineUsbModel, usbSerialNumber } from "@busbar/model";
import * as v from "valibot";
import { Ft232h } from "./model/ft232h.ts";

export { Ft232h, type Ft232hOptions } from "./model/ft232h.ts";

/** The parameters of the model "ft232h". */
const parameters = v.strictObject({
  /** The simulated I2C bus behind it. */
  behind: v.strictObject({ i2c: v.string('expected the name of a simulated I2C bus, such as "far"') }),
  serialNumber: v.optional(usbSerialNumber, "1"),
});

/** The model "ft232h" of the board file. */
export default defineUsbModel(
  parameters,
  ({ behind: { i2c }, serialNumber }, clock, surroundings) =>
    new Ft232h({ wires: surroundings.i2c(i2c).wires(), serialNumber }, clock),
);
