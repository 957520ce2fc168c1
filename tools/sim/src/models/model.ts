import * as v from "valibot";
import type { I2cTarget } from "../i2c/target.ts";
import type { ModelClock } from "./model-clock.ts";

/** A device model as the board file's `simulate` list names it. */
export interface I2cModel {
  /**
   * Makes one target.
   *
   * @param parameters the model's part of the simulate entry, not yet checked
   * @throws v.ValiError when a parameter is unknown or wrong
   */
  create(parameters: unknown, clock: ModelClock): I2cTarget;
}

/** Ties a model's parameters, which `schema` checks and completes, to the target that is made from them. */
export function defineModel<Schema extends v.GenericSchema>(
  schema: Schema,
  create: (parameters: v.InferOutput<Schema>, clock: ModelClock) => I2cTarget,
): I2cModel {
  return {
    create: (parameters, clock) => create(v.parse(schema, parameters, { abortPipeEarly: true }), clock),
  };
}
