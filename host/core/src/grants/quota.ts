import type { DeviceEntry } from "../board/schema.ts";
import type { Clock } from "../clock.ts";
import { RateLimit } from "./rate.ts";

/**
 * What the limits of one entry of the board leave. One for a device as long as its entry stays: all lives of its driver,
 * and all runs of the apps that drive it, use it together, so that nobody gets a quota again by starting again.
 */
export class DeviceQuota {
  readonly #rate: RateLimit | undefined;
  readonly #mostTransfers: number;
  #transfers = 0;

  constructor({ limits, usb }: DeviceEntry, clock: Clock) {
    const { transactionsPerSecond } = limits;
    this.#rate =
      transactionsPerSecond === undefined ? undefined : new RateLimit(clock, transactionsPerSecond);
    this.#mostTransfers = usb?.maximumTransfers ?? 0;
  }

  /** Counts an I2C transaction or a submitted USB transfer; false where it is one too many in a second. */
  takeTransaction(): boolean {
    return this.#rate?.take() ?? true;
  }

  /** Counts a USB transfer that comes into being; false where there are too many. */
  takeTransfer(): boolean {
    if (this.#transfers >= this.#mostTransfers) return false;
    this.#transfers += 1;
    return true;
  }

  /** So many USB transfers are gone. */
  returnTransfers(count: number): void {
    this.#transfers -= count;
  }
}
