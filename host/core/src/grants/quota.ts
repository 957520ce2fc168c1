import type { DeviceEntry } from "../board/schema.ts";
import { mostUsbTransfers } from "../bus/usb/grant.ts";
import type { Clock } from "../clock.ts";
import { RateLimit } from "./rate.ts";
import { UseRecorder } from "./use.ts";

/** Whether something was counted; "over": it was, though it is more than granted, because the entry is not enforced. */
export type Taken = "taken" | "over" | "refused";

/**
 * What the limits of one entry of the board leave. One for a device as long as its entry stays: all lives of its driver,
 * and all runs of the apps that drive it, use it together, so that nobody gets a quota again by starting again.
 */
export class DeviceQuota {
  /** Notes what the device needs; only where its entry is not enforced. */
  readonly use: UseRecorder | undefined;
  readonly #rate: RateLimit | undefined;
  readonly #mostTransfers: number;
  #transfers = 0;

  constructor({ limits, usb, enforce }: DeviceEntry, clock: Clock) {
    const { transactionsPerSecond } = limits;
    this.use = enforce === false ? new UseRecorder(clock) : undefined;
    this.#rate =
      transactionsPerSecond === undefined ? undefined : new RateLimit(clock, transactionsPerSecond);
    this.#mostTransfers = usb?.maximumTransfers ?? 0;
  }

  /** Counts an I2C transaction or a submitted USB transfer; more than so many in a second are too many. */
  takeTransaction(): Taken {
    this.use?.transaction();
    if (this.#rate?.take() ?? true) return "taken";
    return this.use === undefined ? "refused" : "over";
  }

  /** Counts a USB transfer that comes into being. */
  takeTransfer(): Taken {
    const isOver = this.#transfers >= this.#mostTransfers;
    if (isOver && (this.use === undefined || this.#transfers >= mostUsbTransfers)) return "refused";
    this.#transfers += 1;
    this.use?.transfers(this.#transfers);
    return isOver ? "over" : "taken";
  }

  /** So many USB transfers are gone. */
  returnTransfers(count: number): void {
    this.#transfers -= count;
  }
}
