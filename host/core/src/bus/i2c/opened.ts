import type { BusOpened } from "../opened.ts";
import type { I2cAnswer, I2cBackend, I2cBus } from "./backend.ts";
import type { I2cGrant } from "./grant.ts";
import type { I2cCounts } from "./use.ts";

/** The I2C bus of one life of a driver, with what it may do there. */
export class OpenedI2c implements BusOpened {
  readonly bus: I2cBus<I2cAnswer>;
  readonly grant: I2cGrant;
  readonly counts: I2cCounts;
  /** Whether its transactions may give promises. */
  readonly answersLater: boolean;
  #isEnded = false;

  constructor(
    bus: I2cBus<I2cAnswer>,
    grant: I2cGrant,
    counts: I2cCounts,
    backend: Pick<I2cBackend, "answersLater"> = {},
  ) {
    this.bus = bus;
    this.grant = grant;
    this.counts = counts;
    this.answersLater = backend.answersLater === true;
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.bus.close();
  }
}
