import type * as v from "valibot";
import type { BusModule, BusTypes } from "../module.ts";
import { i2cGrant, simulatedI2c } from "./grant.ts";
import { refuseSharedTargets } from "./shared-targets.ts";

/** The types of I2C. */
export interface I2cTypes extends BusTypes {
  readonly key: "i2c";
  readonly written: v.InferInput<typeof i2cGrant>;
  readonly grant: v.InferOutput<typeof i2cGrant>;
  readonly writtenSimulated: v.InferInput<typeof simulatedI2c>;
  readonly simulated: v.InferOutput<typeof simulatedI2c>;
}

/** I2C: wasi:i2c for drivers, one target for each entry. */
export const i2c: BusModule<I2cTypes> = {
  key: "i2c",
  aKey: 'an "i2c"',
  grant: i2cGrant,
  simulated: { entries: simulatedI2c.entries, expected: "expected the name of a bus" },
  grantLine: '"i2c": { "bus": 1, "address": "0x76" }',
  refuse: refuseSharedTargets,
};
