import type * as v from "valibot";
import type { BusTypes } from "../types.ts";
import type { AppUart } from "./app.ts";
import type { UartBackend } from "./backend.ts";
import type { simulatedUart, UartGrant, WrittenUartGrant } from "./grant.ts";
import type { OpenedUart } from "./opened.ts";
import type { UartTraceEvent } from "./trace.ts";
import type { UartCounts, UartUseMade } from "./use.ts";
import type { UartWiring } from "./wiring.ts";

/** The types of serial ports. */
export interface UartTypes extends BusTypes {
  readonly key: "uart";
  readonly written: WrittenUartGrant;
  readonly grant: UartGrant;
  readonly writtenSimulated: v.InferInput<typeof simulatedUart>;
  readonly simulated: v.InferOutput<typeof simulatedUart>;
  readonly backend: UartBackend;
  readonly wiring: UartWiring;
  readonly opened: OpenedUart;
  readonly openedByApp: AppUart;
  readonly counts: UartCounts;
  readonly use: UartUseMade;
  readonly event: UartTraceEvent;
}
