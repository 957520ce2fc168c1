import { defineUsbModel, usbSerialNumber } from "@busbar/model";
import * as v from "valibot";
import { Cp2112 } from "./model/cp2112.ts";

export { Cp2112, type Cp2112Options } from "./model/cp2112.ts";

/** The parameters of the model "cp2112". */
const parameters = v.strictObject({
  /** The simulated I2C bus that is wired to it, and the simulated GPIO chip whose lines 0 to 7 are its pins GPIO.0 to GPIO.7. */
  behind: v.strictObject({
    i2c: v.string('expected the name of a simulated I2C bus, such as "far"'),
    gpio: v.optional(v.string('expected the name of a simulated GPIO chip, such as "pins"')),
  }),
  serialNumber: v.optional(usbSerialNumber, "1"),
});

/** The model "cp2112" of the board file. */
export default defineUsbModel(
  parameters,
  ({ behind: { i2c, gpio }, serialNumber }, clock, surroundings) =>
    new Cp2112(
      {
        wires: surroundings.i2c(i2c).wires(),
        pins: gpio === undefined ? undefined : surroundings.gpio(gpio),
        serialNumber,
      },
      clock,
    ),
);
