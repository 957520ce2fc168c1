/** One transfer of a command: submitted ahead, or when it is waited for. */

import { type PendingTransfer, UsbFault } from "@busbar/guest";

/** Command, data or status of one command. */
export class Phase {
  readonly #start: () => PendingTransfer;
  #pending: PendingTransfer | undefined;

  /** @param start submits the transfer */
  constructor(start: () => PendingTransfer) {
    this.#start = start;
  }

  /** Submits it now. */
  submit(): void {
    this.#pending ??= this.#start();
  }

  /** Waits for it; submits it where that was not done. Waiting again submits it again. @throws UsbFault */
  wait(): Uint8Array {
    this.submit();
    const pending = this.#pending!;
    this.#pending = undefined;
    return pending.wait();
  }

  /**
   * Ends it and waits until it is off the bus.
   *
   * @throws DriverError only when the device is gone
   */
  drop(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending === undefined) return;
    try {
      pending.cancel();
      pending.wait();
    } catch (error) {
      if (!(error instanceof UsbFault) || error.code === "no-device") throw error;
    }
  }
}
