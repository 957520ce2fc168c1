import { defineModel } from "@busbar/model";
import * as v from "valibot";
import { Tca9548a } from "./model/tca9548a.ts";

export { Tca9548a, type Tca9548aOptions } from "./model/tca9548a.ts";

const busName = v.union(
  [v.string(), v.null()],
  'expected the name of a simulated I2C bus, such as "behind-0"',
);

/** The parameters of the model "tca9548a". */
const parameters = v.strictObject({
  part: v.optional(v.picklist(["TCA9548A", "TCA9546A"]), "TCA9548A"),
  /** The simulated I2C buses behind it, from the first on; null where nothing is. */
  buses: v.optional(v.pipe(v.array(busName), v.maxLength(8, "expected at most 8 buses")), []),
});

/** The model "tca9548a" of the board file. */
export default defineModel(parameters, ({ part, buses }, _clock, surroundings) => {
  const count = part === "TCA9548A" ? 8 : 4;
  if (buses.length > count) throw new RangeError(`A ${part} has ${count} buses.`);
  const behind = Array.from({ length: count }, (_, number) => {
    const name = buses[number];
    return name == null ? undefined : surroundings.i2c(name);
  });
  return new Tca9548a({ buses: behind });
});
