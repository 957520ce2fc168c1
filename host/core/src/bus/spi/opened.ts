import { OpenedHandle } from "../opened-handle.ts";
import type { SpiAnswer, SpiDevice } from "./backend.ts";
import type { SpiGrant } from "./grant.ts";
import type { SpiCounts } from "./use.ts";

/** The SPI device of one life of a driver, with what it may do there. */
export class OpenedSpi extends OpenedHandle<SpiDevice<SpiAnswer>, SpiGrant, SpiCounts> {}
