import { defineUsbModel, usbSerialNumber } from "@busbar/model";
import * as v from "valibot";
import { Cp2112 } from "./model/cp2112.ts";

export { Cp2112, type Cp2112Options } from "./model/cp2112.ts";

/** The parameters of the model "cp2112". */
const parameters = v.strictObject({
  /** The simulated I2C bus behind it. */
  behind: v.strictObject({ i2c: v.string('expected the name of a simulated I2C bus, such as "far"') }),
  serialNumber: v.optional(usbSerialNumber, "1"),
});

/** The model "cp2112" of the board file. */
export default defineUsbModel(
  parameters,
  ({ behind: { i2c }, serialNumber }, clock, surroundings) =>
    new Cp2112({ wires: surroundings.i2c(i2c).wires(), serialNumber }, clock),
);
