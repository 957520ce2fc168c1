import type * as v from "valibot";
import type { Wiring } from "../running.ts";
import type { BusTypes } from "../types.ts";
import type { AppGpio } from "./app.ts";
import type { GpioBackend } from "./backend.ts";
import type { GpioGrant, simulatedGpio, WrittenGpioGrant } from "./grant.ts";
import type { OpenedGpio } from "./opened.ts";
import type { GpioTraceEvent } from "./trace.ts";
import type { GpioCounts, GpioUseMade } from "./use.ts";

/** The types of GPIO. */
export interface GpioTypes extends BusTypes {
  readonly key: "gpio";
  readonly written: WrittenGpioGrant;
  readonly grant: GpioGrant;
  readonly writtenSimulated: v.InferInput<typeof simulatedGpio>;
  readonly simulated: v.InferOutput<typeof simulatedGpio>;
  readonly backend: GpioBackend;
  readonly wiring: Wiring<OpenedGpio, GpioCounts>;
  readonly opened: OpenedGpio;
  readonly openedByApp: AppGpio;
  readonly counts: GpioCounts;
  readonly use: GpioUseMade;
  readonly event: GpioTraceEvent;
}
