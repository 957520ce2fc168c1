import type * as v from "valibot";
import type { BytesUse } from "../bytes-use.ts";
import type { Wiring } from "../running.ts";
import type { BusTypes } from "../types.ts";
import type { AppI2c } from "./app.ts";
import type { I2cAnswer, I2cBackend } from "./backend.ts";
import type { I2cGrant, simulatedI2c, WrittenI2cGrant } from "./grant.ts";
import type { OpenedI2c } from "./opened.ts";
import type { I2cTraceEvent } from "./trace.ts";
import type { I2cCounts } from "./use.ts";

/** The types of I2C. */
export interface I2cTypes extends BusTypes {
  readonly key: "i2c";
  readonly written: WrittenI2cGrant;
  readonly grant: I2cGrant;
  readonly writtenSimulated: v.InferInput<typeof simulatedI2c>;
  readonly simulated: v.InferOutput<typeof simulatedI2c>;
  readonly backend: I2cBackend<I2cAnswer>;
  readonly wiring: Wiring<OpenedI2c, I2cCounts>;
  readonly opened: OpenedI2c;
  readonly openedByApp: AppI2c;
  readonly counts: I2cCounts;
  readonly use: BytesUse;
  readonly event: I2cTraceEvent;
}
