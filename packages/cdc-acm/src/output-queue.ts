/** OUT transfers of a serial port: a few are under way at a time, and more have to wait. */

import { DriverError, type PendingTransfer, UsbFault } from "@busbar/guest";

/** What an output queue works on. */
export interface OutputSink {
  /** Bytes of a packet. */
  readonly packetBytes: number;
  /** The most bytes of a transfer, whole packets. */
  readonly transferBytes: number;
  /** How long a transfer may take, for messages: in milliseconds. */
  readonly timeoutMs: number;
  /** Whether a zero-length packet ends what is written in whole packets. */
  readonly endsWithZeroLengthPacket: boolean;
  /** Starts a transfer. */
  submit(data: Uint8Array): PendingTransfer;
  /** Ends a halt of the endpoint. */
  clearHalt(): void;
}

/** One to be sent next, so that the device never waits for us; more would only take longer to drain. */
const TRANSFERS_UNDER_WAY = 2;

interface UnderWay {
  readonly transfer: PendingTransfer;
  readonly length: number;
}

/** Sends bytes in order. After an error nothing is under way: what was not sent is lost, and the next write goes on. */
export class OutputQueue implements Disposable {
  readonly #sink: OutputSink;
  readonly #underWay: UnderWay[] = [];

  constructor(sink: OutputSink) {
    this.#sink = sink;
  }

  /**
   * Sends `data`. Returns while the last transfers are under way.
   *
   * @param beforeWaiting called each time before this waits for the device
   * @throws DriverError `timeout` when the device takes nothing for too long, and all that UsbDevice throws; it can be
   *   about what an earlier call wrote
   */
  write(data: Uint8Array, beforeWaiting: () => void): void {
    const { transferBytes, packetBytes, endsWithZeroLengthPacket } = this.#sink;
    for (let offset = 0; offset < data.length; offset += transferBytes) {
      while (this.#underWay.length >= TRANSFERS_UNDER_WAY) {
        beforeWaiting();
        this.#finishOldest();
      }
      this.#submit(data.subarray(offset, offset + transferBytes));
    }
    // Whole packets have no end that a device could see which reads more than one at a time: USB 2.0 section 5.8.3.
    const isWhole = data.length > 0 && data.length % packetBytes === 0;
    if (isWhole && endsWithZeroLengthPacket) this.#submit(data.subarray(0, 0));
  }

  /** Waits until everything has been sent. @throws DriverError, as `write` does */
  drain(): void {
    while (this.#underWay.length > 0) this.#finishOldest();
  }

  /** Cancels what is under way. */
  [Symbol.dispose](): void {
    for (const { transfer } of this.#underWay.splice(0)) transfer[Symbol.dispose]();
  }

  #submit(data: Uint8Array): void {
    this.#underWay.push({ transfer: this.#sink.submit(data), length: data.length });
  }

  #finishOldest(): void {
    const { transfer, length } = this.#underWay.shift()!;
    try {
      const sent = transfer.wait().length;
      if (sent === length) return;
      throw DriverError.protocol(
        `The device took ${sent} of ${length} bytes; what was written after them is lost, so write it again.`,
      );
    } catch (error) {
      // What lies behind must not be sent after a gap.
      this[Symbol.dispose]();
      throw this.#explain(error);
    }
  }

  #explain(error: unknown): unknown {
    if (!(error instanceof UsbFault)) return error;
    if (error.code === "pipe") this.#sink.clearHalt();
    if (error.code !== "timeout") return error;
    return DriverError.timeout(
      `The device did not take what was written within ${this.#sink.timeoutMs} ms, and some of it is lost; write less ` +
        'at a time, or set a longer "write-timeout-ms".',
      { cause: error },
    );
  }
}
