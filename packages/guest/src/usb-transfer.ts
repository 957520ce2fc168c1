/** A transfer that is under way. */

import { usbFault } from "./usb-errors.ts";
import type { WasiUsbTransfer } from "./wit.ts";

/** Waits for a transfer: component:usb/transfers `await-transfer`. */
export type AwaitTransfer = (transfer: WasiUsbTransfer) => Uint8Array;

/**
 * A transfer that was submitted. It is waited for once; dropping one that nobody waits for cancels it.
 *
 * @example using pending = device.submitIn(0x81, 512);
 */
export class PendingTransfer implements Disposable {
  readonly #await: AwaitTransfer;
  readonly #doing: () => string;
  #transfer: WasiUsbTransfer | undefined;

  /** @param doing asked only for a message: "reading 512 bytes from endpoint 0x81" */
  constructor(transfer: WasiUsbTransfer, awaitTransfer: AwaitTransfer, doing: () => string) {
    this.#transfer = transfer;
    this.#await = awaitTransfer;
    this.#doing = doing;
  }

  /**
   * Waits until it has ended.
   *
   * @returns what was received; for a transfer in OUT direction, as many bytes without meaning as were sent
   * @throws UsbFault
   */
  wait(): Uint8Array {
    const transfer = this.#transfer;
    if (transfer === undefined) throw new RangeError("a transfer can be waited for once");
    // `await-transfer` owns it from now on.
    this.#transfer = undefined;
    try {
      return this.#await(transfer);
    } catch (error) {
      throw usbFault(error, this.#doing());
    }
  }

  /** Asks for its end, after which `wait` throws `interrupted`, or returns what had come before. */
  cancel(): void {
    try {
      this.#transfer?.cancelTransfer();
    } catch (error) {
      throw usbFault(error, `cancelling: ${this.#doing()}`);
    }
  }

  /** Cancels it where nobody has waited for it. */
  [Symbol.dispose](): void {
    const transfer = this.#transfer;
    this.#transfer = undefined;
    transfer?.[Symbol.dispose]();
  }
}
