import { defineUsbModel, usbSerialNumber } from "@busbar/model";
import * as v from "valibot";
import { Ft232h } from "./model/ft232h.ts";

export { Ft232h, type Ft232hOptions } from "./model/ft232h.ts";

/** The parameters of the model "ft232h". */
const parameters = v.strictObject({
  /** The simulated bus that is wired to its pins. */
  behind: v.union(
    [v.strictObject({ i2c: v.string() }), v.strictObject({ spi: v.string() })],
    'expected the name of a simulated bus, such as { "i2c": "far" } or { "spi": "far" }',
  ),
  serialNumber: v.optional(usbSerialNumber, "1"),
});

/** The model "ft232h" of the board file. */
export default defineUsbModel(
  parameters,
  ({ behind, serialNumber }, clock, surroundings) =>
    new Ft232h(
      {
        ...("i2c" in behind
          ? { wires: surroundings.i2c(behind.i2c).wires() }
          : { spi: surroundings.spi(behind.spi).wires() }),
        serialNumber,
      },
      clock,
    ),
);
