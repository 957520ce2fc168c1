/** IN transfers that always wait at the device, so that what it sends between two calls has a place to go. */

import { type PendingTransfer, UsbFault } from "@busbar/guest";

/** What a packet queue works on. */
export interface PacketSource {
  /** How many transfers wait. */
  readonly depth: number;
  /** Starts a transfer of exactly one packet. @param timeoutMs 0 for never */
  submit(timeoutMs: number): PendingTransfer;
  /** Ends a halt of the endpoint. */
  clearHalt(): void;
}

/** A device that stalls so often, with nothing between, has stopped working. */
const STALLS_IN_A_ROW = 3;

/**
 * A queue of transfers on one endpoint.
 *
 * A guest can wait for a transfer, but neither look whether it has ended nor stop waiting. So it looks by cancelling:
 * each transfer is one packet long, and so has all of its packet or nothing of it, and one that was cancelled too late
 * gives its packet. Transfers end in the order of their submits, so nothing comes out of order. The transfers have no
 * timeout: they wait however long nobody reads, and when all of them are full the device has to keep what it has. Only
 * the one that a call waits for has a timeout.
 */
export class PacketQueue implements Disposable {
  readonly #source: PacketSource;
  readonly #waiting: PendingTransfer[] = [];
  /** What was received and not yet given out: a failure must not lose what came before it. */
  #arrived: Uint8Array[] = [];
  #stalls = 0;

  constructor(source: PacketSource) {
    this.#source = source;
  }

  /** Begins to listen, where it does not. @throws DriverError */
  start(): void {
    while (this.#waiting.length < this.#source.depth) this.#waiting.push(this.#source.submit(0));
  }

  /**
   * What has come, without waiting.
   *
   * @param maximumBytes once there are so many, no further packet is taken; the last one can lie beyond
   * @throws DriverError; the queue goes on with the next call
   */
  collect(maximumBytes: number): Uint8Array[] {
    for (let bytes = 0; bytes < maximumBytes; ) {
      this.start();
      const oldest = this.#waiting[0]!;
      cancel(oldest);
      const received = this.#finishOldest();
      if (received === undefined) break;
      // A zero-length packet counts too, or a device that sends nothing else would keep us here.
      bytes += Math.max(received, 1);
    }
    this.start();
    return this.#takeArrived();
  }

  /**
   * Waits for the next packet; it can be empty.
   *
   * @param timeoutMs more than 0
   * @returns none when nothing came in time; more than one where more had come already
   * @throws DriverError; the queue goes on with the next call
   */
  wait(timeoutMs: number): Uint8Array[] {
    this.#cancelAll();
    if (this.#arrived.length === 0) {
      this.#waiting.push(this.#source.submit(timeoutMs));
      this.start();
      this.#finishOldest();
    }
    this.start();
    return this.#takeArrived();
  }

  /** Cancels everything. */
  [Symbol.dispose](): void {
    for (const transfer of this.#waiting.splice(0)) transfer[Symbol.dispose]();
  }

  #cancelAll(): void {
    for (const transfer of this.#waiting) cancel(transfer);
    while (this.#waiting.length > 0) this.#finishOldest();
  }

  /** Waits for the oldest transfer. @returns how many bytes it brought; `undefined` where no packet came */
  #finishOldest(): number | undefined {
    try {
      const packet = this.#waiting.shift()!.wait();
      this.#stalls = 0;
      this.#arrived.push(packet);
      return packet.length;
    } catch (error) {
      const code = error instanceof UsbFault ? error.code : undefined;
      if (code === "timeout") this.#stalls = 0;
      if (code === "timeout" || code === "interrupted") return undefined;
      if (code !== "pipe") throw error;
      this.#stalls += 1;
      if (this.#stalls > STALLS_IN_A_ROW) throw error;
      this.#recover();
      return undefined;
    }
  }

  /** Nothing moves on a halted endpoint until the halt is cleared, for which no transfer may be under way. */
  #recover(): void {
    const behind = this.#waiting.splice(0);
    for (const transfer of behind) cancel(transfer);
    for (const transfer of behind) {
      try {
        this.#arrived.push(transfer.wait());
      } catch (error) {
        if (!(error instanceof UsbFault && (error.code === "pipe" || error.code === "interrupted")))
          throw error;
      }
    }
    this.#source.clearHalt();
  }

  #takeArrived(): Uint8Array[] {
    const arrived = this.#arrived;
    this.#arrived = [];
    return arrived;
  }
}

/** libusb says `not-found` for a transfer that has ended. */
function cancel(transfer: PendingTransfer): void {
  try {
    transfer.cancel();
  } catch (error) {
    if (!(error instanceof UsbFault && error.code === "not-found")) throw error;
  }
}
