/** The transfers of a stream that runs: always some under way, so that a camera that sends on does not wait for the guest. */

import { DriverError, type PendingTransfer, type Time, type UsbDevice, UsbFault } from "@busbar/guest";
import { BulkPayloads } from "./bulk-payloads.ts";
import type { StreamEndpoint } from "./descriptors.ts";
import type { AssembledFrame, FrameAssembler } from "./frame-assembler.ts";
import { type IsochronousPlan, isochronousPlan } from "./isochronous-plan.ts";

const BULK_DEPTH = 4;
/** The most of one bulk transfer. */
const BULK_BYTES = 64 * 1024;
/** How long a transfer may bring nothing; a call of `next-frame` can last longer than it was told by this. */
const TRANSFER_TIMEOUT_MS = 250;
/** With the time that it waits behind others: a call of a driver is not to last much longer. */
const LONGEST_TIMEOUT_MS = 1000;
/** A camera that sends so much nonsense, with nothing between, is not understood. */
const DAMAGED_IN_A_ROW = 60;
const MALFORMED_IN_A_ROW = 2000;
const FAILURES_IN_A_ROW = 3;

/** A running stream: transfers go in, whole pictures come out. */
export interface Stream extends Disposable {
  /** Waits for the next transfer, and starts another. @throws DriverError; the stream goes on with the next call */
  receive(): void;
  /** The next whole picture that was received. */
  take(): AssembledFrame | undefined;
}

/** Begins to receive. @throws DriverError `unsupported` on a host without isochronous transfers */
export function startStream(
  usb: UsbDevice,
  time: Time,
  endpoint: StreamEndpoint,
  maximumPayloadBytes: number,
  assembler: FrameAssembler,
): Stream {
  return endpoint.type === "bulk"
    ? new BulkStream(usb, time, endpoint, maximumPayloadBytes, assembler)
    : new IsochronousStream(usb, time, endpoint, isochronousPlan(usb.location.speed, endpoint), assembler);
}

/** What both kinds have: a queue of transfers, in the order of their submits. */
abstract class QueuedStream implements Stream {
  protected readonly waiting: PendingTransfer[] = [];
  protected readonly assembler: FrameAssembler;
  readonly #depth: number;

  constructor(assembler: FrameAssembler, depth: number) {
    this.assembler = assembler;
    this.#depth = depth;
  }

  abstract receive(): void;

  take(): AssembledFrame | undefined {
    return this.assembler.take();
  }

  [Symbol.dispose](): void {
    for (const transfer of this.waiting.splice(0)) transfer[Symbol.dispose]();
  }

  protected abstract submit(): PendingTransfer;

  /** Has as many transfers under way as there should be. Where one cannot be started, none is left. */
  protected fill(): void {
    try {
      while (this.waiting.length < this.#depth) this.waiting.push(this.submit());
    } catch (error) {
      this[Symbol.dispose]();
      this.assembler.skip();
      throw error;
    }
  }

  /** @throws DriverError `protocol` where a camera sends nothing else than what cannot be understood */
  protected requireSense(): void {
    const { damagedInARow, malformedInARow } = this.assembler;
    if (malformedInARow >= MALFORMED_IN_A_ROW) {
      throw DriverError.protocol(
        `The camera sent ${malformedInARow} payloads without a header; use another camera, or another driver.`,
      );
    }
    if (damagedInARow >= DAMAGED_IN_A_ROW) {
      throw DriverError.protocol(
        `The camera sent ${damagedInARow} damaged pictures in a row; use a smaller mode, or another cable or port.`,
      );
    }
  }
}

/** Each packet is a payload: UVC 1.5 section 2.4.3.2. */
class IsochronousStream extends QueuedStream {
  readonly #usb: UsbDevice;
  readonly #time: Time;
  readonly #endpoint: StreamEndpoint;
  readonly #plan: IsochronousPlan;
  #submittedMs: number;
  /** The transfers that were the first after packets were lost. */
  readonly #afterGap = new WeakSet<PendingTransfer>();
  #isGapAhead = false;

  constructor(
    usb: UsbDevice,
    time: Time,
    endpoint: StreamEndpoint,
    plan: IsochronousPlan,
    assembler: FrameAssembler,
  ) {
    super(assembler, plan.depth);
    this.#usb = usb;
    this.#time = time;
    this.#endpoint = endpoint;
    this.#plan = plan;
    this.#submittedMs = time.nowMs();
    try {
      this.fill();
    } catch (error) {
      throw isNotSupported(error) ? noIsochronousTransfers(error) : error;
    }
  }

  receive(): void {
    // After this time without a submit the endpoint had no transfer, and packets are lost.
    if (this.#time.nowMs() - this.#submittedMs > this.#plan.queueMs) this.#isGapAhead = true;
    const oldest = this.waiting.shift();
    if (oldest !== undefined) this.#finish(oldest);
    this.fill();
    this.requireSense();
  }

  protected submit(): PendingTransfer {
    const { address, payloadBytes } = this.#endpoint;
    const { packets, queueMs } = this.#plan;
    const timeoutMs = Math.min(TRANSFER_TIMEOUT_MS + Math.ceil(queueMs), LONGEST_TIMEOUT_MS);
    const transfer = this.#usb.submitIsochronousIn(address, payloadBytes, packets, timeoutMs);
    this.#submittedMs = this.#time.nowMs();
    if (this.#isGapAhead) this.#afterGap.add(transfer);
    this.#isGapAhead = false;
    return transfer;
  }

  #finish(transfer: PendingTransfer): void {
    if (this.#afterGap.has(transfer)) this.assembler.skip();
    try {
      for (const { data, isWhole } of transfer.waitPackets()) {
        if (!isWhole) this.assembler.lose();
        else if (data.length > 0) this.assembler.addPayload(data);
      }
    } catch (error) {
      this.assembler.skip();
      if (!isTimeout(error)) throw error;
    }
  }
}

/** A payload is a transfer, or several where it is long. */
class BulkStream extends QueuedStream {
  readonly #usb: UsbDevice;
  readonly #time: Time;
  readonly #address: number;
  readonly #packetBytes: number;
  readonly #transferBytes: number;
  readonly #payloads: BulkPayloads;
  readonly #submittedMs = new WeakMap<PendingTransfer, number>();
  #failures = 0;

  constructor(
    usb: UsbDevice,
    time: Time,
    { address, payloadBytes: packetBytes }: StreamEndpoint,
    maximumPayloadBytes: number,
    assembler: FrameAssembler,
  ) {
    super(assembler, BULK_DEPTH);
    this.#usb = usb;
    this.#time = time;
    this.#address = address;
    this.#packetBytes = packetBytes;
    // Whole packets: one that is too long for the rest of a transfer makes an overflow.
    const packets = Math.ceil(Math.min(maximumPayloadBytes, BULK_BYTES) / packetBytes);
    this.#transferBytes = packets * packetBytes;
    this.#payloads = new BulkPayloads(assembler, maximumPayloadBytes);
    this.fill();
  }

  receive(): void {
    const oldest = this.waiting.shift();
    if (oldest !== undefined) this.#finish(oldest);
    this.fill();
    this.requireSense();
  }

  protected submit(): PendingTransfer {
    const transfer = this.#usb.submitIn(this.#address, this.#transferBytes, TRANSFER_TIMEOUT_MS);
    this.#submittedMs.set(transfer, this.#time.nowMs());
    return transfer;
  }

  #finish(transfer: PendingTransfer): void {
    try {
      const data = transfer.wait();
      if (this.#mayBeCutShort(transfer, data)) this.#payloads.lose();
      else this.#payloads.add(data, this.#transferBytes);
      this.#failures = 0;
    } catch (error) {
      // Nothing came, and so nothing is lost.
      if (isTimeout(error)) return;
      this.#payloads.lose();
      if (!(error instanceof UsbFault) || (error.code !== "pipe" && error.code !== "overflow")) throw error;
      this.#failures += 1;
      if (this.#failures > FAILURES_IN_A_ROW) throw error;
      if (error.code === "pipe") this.#recover();
    }
  }

  /**
   * Whether a transfer ended by its time and not by a short packet: hosts give what had come as its data. A payload that ends
   * with an empty packet looks the same where it was left lying for so long, and is then lost, too.
   */
  #mayBeCutShort(transfer: PendingTransfer, { length }: Uint8Array): boolean {
    const isOfWholePackets = length > 0 && length < this.#transferBytes && length % this.#packetBytes === 0;
    const submittedMs = this.#submittedMs.get(transfer) ?? 0;
    return isOfWholePackets && this.#time.nowMs() - submittedMs >= TRANSFER_TIMEOUT_MS;
  }

  /** A device that does not bear what it was asked halts its endpoint; after the halt it begins anew. */
  #recover(): void {
    // Nothing moves until the halt is cleared, for which no transfer may be under way.
    this[Symbol.dispose]();
    this.#usb.clearHalt(this.#address);
    this.#payloads.restart();
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof UsbFault && error.code === "timeout";
}

function isNotSupported(error: unknown): boolean {
  return error instanceof UsbFault && error.code === "not-supported";
}

function noIsochronousTransfers(cause: unknown): DriverError {
  return DriverError.unsupported(
    "The camera needs isochronous transfers, which this host does not have; run it on busbar-wasmtime.",
    { cause },
  );
}
