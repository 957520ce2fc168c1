import type { OpenedByApp } from "../opened-by-app.ts";
import type { DrivenDevice } from "../running.ts";
import type { SpiGrant } from "./grant.ts";
import type { OpenedSpi } from "./opened.ts";
import type { SpiCounts } from "./use.ts";

/** A device that an app drives itself, and that is wired to an SPI bus. */
export type SpiAppDevice = DrivenDevice<SpiGrant, SpiCounts>;

/** The SPI devices that an app drives itself. */
export type AppSpi = OpenedByApp<SpiAppDevice, OpenedSpi>;
