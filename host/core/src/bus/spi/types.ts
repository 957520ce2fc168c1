import type * as v from "valibot";
import type { BytesUse } from "../bytes-use.ts";
import type { Wiring } from "../running.ts";
import type { BusTypes } from "../types.ts";
import type { AppSpi } from "./app.ts";
import type { SpiAnswer, SpiBackend } from "./backend.ts";
import type { SpiGrant, simulatedSpi, WrittenSpiGrant } from "./grant.ts";
import type { OpenedSpi } from "./opened.ts";
import type { SpiTraceEvent } from "./trace.ts";
import type { SpiCounts } from "./use.ts";

/** The types of SPI. */
export interface SpiTypes extends BusTypes {
  readonly key: "spi";
  readonly written: WrittenSpiGrant;
  readonly grant: SpiGrant;
  readonly writtenSimulated: v.InferInput<typeof simulatedSpi>;
  readonly simulated: v.InferOutput<typeof simulatedSpi>;
  readonly backend: SpiBackend<SpiAnswer>;
  readonly wiring: Wiring<OpenedSpi, SpiCounts>;
  readonly opened: OpenedSpi;
  readonly openedByApp: AppSpi;
  readonly counts: SpiCounts;
  readonly use: BytesUse;
  readonly event: SpiTraceEvent;
}
