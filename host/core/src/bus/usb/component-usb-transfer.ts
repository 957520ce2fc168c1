/** component:usb/transfers `transfer`: made, submitted once, awaited once; dropped at any time. */

import type { UsbSetup, UsbTransfer, UsbTransferRequest, UsbTransferResult } from "./backend.ts";
import type { ClaimingHandle } from "./claims.ts";
import { UsbError } from "./error.ts";
import type { UsbCall, UsbFacts } from "./judge.ts";
import type { UsbSession } from "./session.ts";

/** component:usb/transfers `transfer-setup`. */
export interface WitTransferSetup {
  readonly bmRequestType: number;
  readonly bRequest: number;
  readonly wValue: number;
  readonly wIndex: number;
}

/** component:usb/transfers `transfer-options`. */
export interface WitTransferOptions {
  readonly endpoint: number;
  readonly timeoutMs: number;
  readonly streamId: number;
  readonly isoPackets: number;
}

/** component:usb/transfers `transfer-type`. */
export type WitTransferType = UsbTransferRequest["type"] | "isochronous";

const directionIn = 0x80;
/** wLength has 16 bits: USB 2.0 table 9-2. */
const longestControl = 0xffff;
/** A second of full speed, and an eighth of one of high speed. */
const mostPackets = 1024;
const nothing = new Uint8Array();

/** component:usb/transfers `transfer`. */
export class TransferResource implements Disposable {
  readonly #session: UsbSession;
  readonly #handle: ClaimingHandle;
  readonly #type: UsbTransferRequest["type"];
  readonly #endpoint: number;
  readonly #setup: UsbSetup | undefined;
  readonly #isIn: boolean;
  readonly #length: number;
  readonly #timeoutMs: number;
  readonly #call: UsbCall;
  #judgedBy: UsbFacts;
  #transfer: UsbTransfer | undefined;
  #gone = false;

  /**
   * Checks a transfer, and counts it.
   *
   * @throws UsbError `access`, `invalid-param`, `not-supported`
   */
  constructor(
    session: UsbSession,
    handle: ClaimingHandle,
    type: WitTransferType,
    setup: WitTransferSetup,
    length: number,
    options: WitTransferOptions,
  ) {
    requireSense(type, length, options);
    const { endpoint, timeoutMs, streamId } = options;
    if (type === "isochronous") {
      session.check({ kind: "transfer", endpoint, length }, describeTransfer(type, endpoint, length));
      throw new UsbError("not-supported", "isochronous transfers are not supported");
    }
    this.#session = session;
    this.#handle = handle;
    this.#type = type;
    this.#endpoint = endpoint;
    this.#length = length;
    this.#timeoutMs = timeoutMs >>> 0;
    if (type === "control") {
      this.#setup = {
        bmRequestType: setup.bmRequestType,
        bRequest: setup.bRequest,
        wValue: setup.wValue,
        wIndex: setup.wIndex,
        wLength: length,
      };
      this.#isIn = (setup.bmRequestType & directionIn) !== 0;
      this.#call = { kind: "control", ...this.#setup, length };
    } else {
      this.#isIn = (endpoint & directionIn) !== 0;
      this.#call = { kind: "transfer", endpoint, length };
    }
    session.check(this.#call, this.#describe());
    this.#judgedBy = session.facts;
    if (streamId !== 0) throw new UsbError("not-supported", "bulk streams are not supported");
    session.takeTransfer();
  }

  submitTransfer(data: Uint8Array): void {
    const { budget, clock, trace } = this.#session.context;
    budget.check();
    if (this.#transfer !== undefined) throw new UsbError("busy", "the transfer was submitted before");
    if (!this.#isIn && data.length !== this.#length) {
      throw new UsbError("invalid-param", `${data.length} bytes for a transfer of ${this.#length}`);
    }
    if (this.#type !== "control" && !this.#session.hasClaimedEndpoint(this.#handle, this.#endpoint)) {
      throw new UsbError("not-found", "the interface of this endpoint is not claimed");
    }
    // What was granted when it was made can be another interface's by now.
    if (this.#session.facts !== this.#judgedBy) {
      this.#session.check(this.#call, this.#describe());
      this.#judgedBy = this.#session.facts;
    }
    this.#session.takeSubmit(this.#describe());
    const request: UsbTransferRequest = {
      type: this.#type,
      endpoint: this.#endpoint,
      ...(this.#setup && { setup: this.#setup }),
      data: this.#isIn ? nothing : data,
      length: this.#isIn ? this.#length : 0,
      timeoutMs: this.#timeoutMs,
    };
    const startMs = clock.now();
    try {
      this.#transfer = this.#handle.submit(request);
    } catch (error) {
      if (trace.active) this.#tell(request, startMs, error);
      throw error;
    }
    if (trace.active) {
      this.#transfer.done.then(
        (result) => this.#tell(request, startMs, undefined, result),
        (error) => this.#tell(request, startMs, error),
      );
    }
  }

  cancelTransfer(): void {
    this.#session.context.budget.check();
    if (this.#transfer === undefined) throw new UsbError("not-found", "the transfer was not submitted");
    this.#transfer.cancel();
  }

  /** `await-transfer`: what was received, or as many bytes as were sent; nothing for a control transfer that sends. */
  async wait(): Promise<Uint8Array> {
    try {
      this.#session.context.budget.check();
      if (this.#transfer === undefined) throw new UsbError("not-found", "the transfer was not submitted");
      const { data, actualLength } = await this.#waitFor(this.#transfer);
      if (this.#isIn) return data;
      return this.#type === "control" ? nothing : this.#session.zeros(actualLength);
    } finally {
      this.#forget();
    }
  }

  /** Reads from a device end early when another call waits for this one: as if their time were over. */
  async #waitFor(transfer: UsbTransfer): Promise<UsbTransferResult> {
    const { budget } = this.#session.context;
    if (!this.#isIn || this.#type === "control") return await budget.wait(transfer.done);
    let wasCutShort = false;
    try {
      return await budget.wait(transfer.done, () => {
        wasCutShort = true;
        transfer.cancel();
      });
    } catch (error) {
      const isOver = wasCutShort && error instanceof UsbError && error.payload === "interrupted";
      throw isOver ? new UsbError("timeout", "another call waits for its turn") : error;
    }
  }

  /** The guest dropped it: what is under way is cancelled. */
  [Symbol.dispose](): void {
    this.#transfer?.cancel();
    this.#forget();
  }

  #forget(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#session.returnTransfer();
  }

  /** For people: "bulk 0x81, 512 bytes". */
  #describe(): string {
    if (this.#setup === undefined) return describeTransfer(this.#type, this.#endpoint, this.#length);
    const { bmRequestType, bRequest, wValue, wIndex } = this.#setup;
    const fields = [bmRequestType, bRequest, wValue, wIndex].map(hex).join(" ");
    return `control transfer ${fields}, ${this.#length} bytes`;
  }

  #tell(request: UsbTransferRequest, startMs: number, error: unknown, result?: UsbTransferResult): void {
    const { context, device } = this.#session;
    const failed = error instanceof UsbError ? { code: error.payload, message: error.message } : undefined;
    context.trace.emit({
      kind: "usb",
      device: context.device,
      busNumber: device.location.busNumber,
      deviceAddress: device.location.deviceAddress,
      startMs,
      durationMs: context.clock.now() - startMs,
      request,
      ...(result && { result }),
      ...(failed && { error: failed }),
    });
  }
}

/**
 * Refuses what no transfer can be, whatever is granted.
 *
 * @throws UsbError `invalid-param`
 */
function requireSense(
  type: WitTransferType,
  length: number,
  { endpoint, streamId, isoPackets }: WitTransferOptions,
): void {
  const refuse = (message: string): never => {
    throw new UsbError("invalid-param", message);
  };
  const packets = isoPackets >>> 0;
  if (type !== "isochronous" && packets !== 0) refuse("only an isochronous transfer has packets");
  if (type !== "bulk" && streamId !== 0) refuse("only a bulk transfer has a stream");
  if (type === "control") {
    if (endpoint !== 0) refuse("control transfers go to endpoint 0");
    if (length > longestControl) refuse(`a control transfer has at most ${longestControl} bytes`);
  }
  if (type !== "isochronous") return;
  if (packets < 1 || packets > mostPackets)
    refuse(`an isochronous transfer has 1 to ${mostPackets} packets, not ${packets}`);
  if (length % packets !== 0) refuse(`${length} bytes are not ${packets} packets of one length`);
}

/** For people: "bulk transfer on 0x81, 512 bytes". */
function describeTransfer(type: WitTransferType, endpoint: number, length: number): string {
  return `${type} transfer on ${hex(endpoint)}, ${length} bytes`;
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(2, "0")}`;
}
