import type { I2cBus } from "./backend.ts";
import { I2cError } from "./error.ts";

/** A bus on which nothing can be done: what a driver has that is only tried with new settings. */
export const trialBus: I2cBus = {
  transaction() {
    throw new I2cError({ tag: "other" }, "this is a trial without a bus");
  },
  close() {},
};
