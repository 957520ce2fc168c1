/** Interrupt IN transfers, some of which always wait at the device, so that no report is missed between two reads. */

import { type PendingTransfer, UsbFault } from "@busbar/guest";

/** A clock that never goes back; only differences mean anything. */
export interface Clock {
  /** Milliseconds. */
  nowMs(): number;
}

/** How many transfers wait: reports that come between two reads are kept in them. */
const QUEUE_LENGTH = 8;
/** How long they wait while nobody reads. */
const LISTENING_MS = 1000;

interface Waiting {
  readonly transfer: PendingTransfer;
  /** When it gives up. */
  readonly endMs: number;
}

/**
 * A queue of transfers on one endpoint.
 *
 * A guest that waits for a transfer cannot stop waiting, so each has its timeout from the beginning, and a read waits
 * for the oldest. Where that one would outlast the read and has brought nothing yet, all are cancelled and submitted anew,
 * the first with what is left of the read's time. Reads of `LISTENING_MS` and more never need that.
 */
export class InputQueue implements Disposable {
  readonly #submit: (timeoutMs: number) => PendingTransfer;
  readonly #clock: Clock;
  #waiting: Waiting[] = [];
  /** What cancelled transfers had brought. */
  readonly #arrived: Uint8Array[] = [];

  /** @param submit starts a transfer of the longest report in whole packets */
  constructor(submit: (timeoutMs: number) => PendingTransfer, clock: Clock) {
    this.#submit = submit;
    this.#clock = clock;
  }

  /** Begins to listen. */
  start(): void {
    this.#fill(LISTENING_MS);
  }

  /**
   * What the next transfer brings.
   *
   * @param timeoutMs 0: what is there already
   * @returns `undefined` when nothing came in time
   * @throws DriverError; the queue is empty after that, and the next read fills it again
   */
  read(timeoutMs: number): Uint8Array | undefined {
    try {
      return this.#read(this.#clock.nowMs() + timeoutMs, Math.max(timeoutMs, LISTENING_MS));
    } catch (error) {
      this.#drop();
      throw error;
    }
  }

  /** Cancels everything. */
  [Symbol.dispose](): void {
    this.#drop();
  }

  #read(deadlineMs: number, listeningMs: number): Uint8Array | undefined {
    // Each turn takes one transfer that has ended or ends by the deadline, and those of the beginning are few.
    for (let turn = 0; turn <= 2 * QUEUE_LENGTH; turn++) {
      this.#fill(listeningMs);
      const outlasts = this.#waiting[0]!.endMs > deadlineMs;
      const leftMs = Math.ceil(deadlineMs - this.#clock.nowMs());
      if (outlasts && leftMs > 0) {
        // A stream of reports: what has come already costs no transfer but its own.
        const ready = this.#cancelOldest();
        if (ready === undefined) this.#cancelAll();
        else this.#arrived.push(ready);
        if (this.#arrived.length === 0) this.#add(leftMs);
        this.#fill(listeningMs);
      }
      const arrived = this.#arrived.shift();
      if (arrived !== undefined) return arrived;

      const { transfer, endMs } = this.#waiting.shift()!;
      const isCancelled = outlasts && leftMs <= 0;
      if (isCancelled) transfer.cancel();
      const bytes = result(transfer, isCancelled);
      this.#fill(listeningMs);
      if (bytes !== undefined) return bytes;
      // Transfers end in order: where the oldest has brought nothing in time, none has. One that ends early was ended by
      // the host, which has another call to make.
      const now = this.#clock.nowMs();
      if (outlasts || now >= deadlineMs || now < endMs) return undefined;
    }
    return undefined;
  }

  #fill(timeoutMs: number): void {
    while (this.#waiting.length < QUEUE_LENGTH) this.#add(timeoutMs);
  }

  #add(timeoutMs: number): void {
    const endMs = this.#clock.nowMs() + timeoutMs;
    this.#waiting.push({ transfer: this.#submit(timeoutMs), endMs });
  }

  /** What the oldest had brought; `undefined` where that was nothing, so that none had brought anything then. */
  #cancelOldest(): Uint8Array | undefined {
    const { transfer } = this.#waiting.shift()!;
    transfer.cancel();
    return result(transfer, true);
  }

  #cancelAll(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { transfer } of waiting) transfer.cancel();
    for (const { transfer } of waiting) {
      const bytes = result(transfer, true);
      if (bytes !== undefined) this.#arrived.push(bytes);
    }
  }

  #drop(): void {
    for (const { transfer } of this.#waiting) transfer[Symbol.dispose]();
    this.#waiting = [];
  }
}

/** What a transfer brought; `undefined` where it ran out of time, or was cancelled before anything came. */
function result(transfer: PendingTransfer, isCancelled: boolean): Uint8Array | undefined {
  try {
    return transfer.wait();
  } catch (error) {
    const code = error instanceof UsbFault ? error.code : undefined;
    if (code === "timeout" || (isCancelled && code === "interrupted")) return undefined;
    throw error;
  }
}
