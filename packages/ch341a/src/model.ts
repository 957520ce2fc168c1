import { defineUsbModel, usbSerialNumber } from "@busbar/model";
import * as v from "valibot";
import { Ch341a } from "./model/ch341a.ts";

export { Ch341a, type Ch341aOptions } from "./model/ch341a.ts";

/** The parameters of the model "ch341a". */
const parameters = v.strictObject({
  /** The simulated buses behind it. */
  behind: v.strictObject({
    i2c: v.optional(v.string('expected the name of a simulated I2C bus, such as "far"')),
    spi: v.optional(v.string('expected the name of a simulated SPI bus, such as "far"')),
  }),
  serialNumber: v.optional(usbSerialNumber, "1"),
});

/** The model "ch341a" of the board file. */
export default defineUsbModel(
  parameters,
  ({ behind: { i2c, spi }, serialNumber }, _clock, surroundings) =>
    new Ch341a({
      wires: i2c === undefined ? undefined : surroundings.i2c(i2c).wires(),
      spi: spi === undefined ? undefined : surroundings.spi(spi).wires(),
      serialNumber,
    }),
);
