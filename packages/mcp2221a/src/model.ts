import { defineUsbModel, usbSerialNumber } from "@busbar/model";
import * as v from "valibot";
import { Mcp2221a } from "./model/mcp2221a.ts";

export { Mcp2221a, type Mcp2221aOptions } from "./model/mcp2221a.ts";

/** The parameters of the model "mcp2221a". */
const parameters = v.strictObject({
  /** The simulated I2C bus that is wired to it, and the simulated GPIO chip whose lines 0 to 3 are its pins GP0 to GP3. */
  behind: v.strictObject({
    i2c: v.string('expected the name of a simulated I2C bus, such as "far"'),
    gpio: v.optional(v.string('expected the name of a simulated GPIO chip, such as "pins"')),
  }),
  serialNumber: v.optional(usbSerialNumber, "1"),
});

/** The model "mcp2221a" of the board file. */
export default defineUsbModel(
  parameters,
  ({ behind: { i2c, gpio }, serialNumber }, clock, surroundings) =>
    new Mcp2221a(
      {
        wires: surroundings.i2c(i2c).wires(),
        pins: gpio === undefined ? undefined : surroundings.gpio(gpio),
        serialNumber,
      },
      clock,
    ),
);
