import type { BusOpened } from "../opened.ts";
import type { SpiAnswer, SpiBackend, SpiDevice } from "./backend.ts";
import type { SpiGrant } from "./grant.ts";
import type { SpiCounts } from "./use.ts";

/** The SPI device of one life of a driver, with what it may do there. */
export class OpenedSpi implements BusOpened {
  readonly spi: SpiDevice<SpiAnswer>;
  readonly grant: SpiGrant;
  readonly counts: SpiCounts;
  /** Whether its transactions may give promises. */
  readonly answersLater: boolean;
  #isEnded = false;

  constructor(
    spi: SpiDevice<SpiAnswer>,
    grant: SpiGrant,
    counts: SpiCounts,
    backend: Pick<SpiBackend, "answersLater"> = {},
  ) {
    this.spi = spi;
    this.grant = grant;
    this.counts = counts;
    this.answersLater = backend.answersLater === true;
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.spi.close();
  }
}
