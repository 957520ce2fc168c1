import type { AttachedDevice } from "./attached-device.ts";
import { decodeSetup, UsbTransferError, type UsbTransferFailure } from "./device.ts";
import { type SubmitHeader, type SubmitReply, URB_SHORT_NOT_OK } from "./protocol.ts";

/** A submit that is waiting or running. */
interface PendingUrb {
  readonly header: SubmitHeader;
  readonly isochronous: boolean;
  readonly data: Uint8Array;
  readonly abort: AbortController;
}

/** What the kernel's host controllers report: Documentation/driver-api/usb/error-codes.rst. */
const ERRNO: Record<UsbTransferFailure, number> = {
  stall: 32, // EPIPE
  "no-response": 71, // EPROTO
  overflow: 75, // EOVERFLOW
  disconnected: 108, // ESHUTDOWN
  short: 121, // EREMOTEIO
  unsupported: 38, // ENOSYS
};

const NOTHING = new Uint8Array();

/** The transfers that a client has submitted: those of one endpoint run one after the other, as on a real bus. */
export class UrbQueue {
  readonly #device: AttachedDevice;
  readonly #reply: (reply: SubmitReply) => void;
  readonly #failed: (error: unknown) => void;
  readonly #pending = new Map<number, PendingUrb>();
  #bytes = 0;
  /** The transfers of each endpoint in order; the first one runs. */
  readonly #endpoints = new Map<number, PendingUrb[]>();

  /**
   * @param reply called once for each submit that is not taken back
   * @param failed called when the model of a device throws what is no UsbTransferError: a fault of the model
   */
  constructor(device: AttachedDevice, reply: (reply: SubmitReply) => void, failed: (error: unknown) => void) {
    this.#device = device;
    this.#reply = reply;
    this.#failed = failed;
  }

  /** How many submits are not answered yet. */
  get length(): number {
    return this.#pending.size;
  }

  /** How many bytes the OUT transfers hold that are not answered yet. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether a submit of this number is not answered yet. */
  has(seqnum: number): boolean {
    return this.#pending.has(seqnum);
  }

  /** Queues a transfer. Its number must not be pending. */
  submit(header: SubmitHeader, data: Uint8Array, isochronous: boolean): void {
    const urb: PendingUrb = { header, data, isochronous, abort: new AbortController() };
    this.#pending.set(header.seqnum, urb);
    this.#bytes += data.length;
    const key = queueKey(header);
    const queue = this.#endpoints.get(key);
    if (queue !== undefined) {
      queue.push(urb);
    } else {
      this.#endpoints.set(key, [urb]);
      void this.#run(key, urb);
    }
  }

  /**
   * Takes a submit back; it is never answered then.
   *
   * @returns false where it is answered already
   */
  unlink(seqnum: number): boolean {
    const urb = this.#pending.get(seqnum);
    if (urb === undefined) return false;
    this.#forget(urb);
    urb.abort.abort();
    const queue = this.#endpoints.get(queueKey(urb.header));
    const waiting = queue?.indexOf(urb) ?? -1;
    if (waiting > 0) queue?.splice(waiting, 1);
    return true;
  }

  /** Takes everything back. */
  clear(): void {
    for (const seqnum of [...this.#pending.keys()]) this.unlink(seqnum);
  }

  /** Runs `urb` and then what waits behind it on the same endpoint. */
  async #run(key: number, urb: PendingUrb): Promise<void> {
    const queue = this.#endpoints.get(key)!;
    for (let next: PendingUrb | undefined = urb; next !== undefined; next = queue[0]) {
      const reply = await this.#transfer(next);
      if (!next.abort.signal.aborted) {
        this.#forget(next);
        this.#reply(reply);
      }
      queue.shift();
    }
    this.#endpoints.delete(key);
  }

  #forget(urb: PendingUrb): void {
    this.#pending.delete(urb.header.seqnum);
    this.#bytes -= urb.data.length;
  }

  async #transfer(urb: PendingUrb): Promise<SubmitReply> {
    const { seqnum, numberOfPackets } = urb.header;
    try {
      if (urb.isochronous) {
        throw new UsbTransferError("unsupported", "Isochronous transfers are not simulated.");
      }
      const { data, length } = await this.#start(urb);
      const tooShort = urb.header.direction === "in" && length < urb.header.transferBufferLength;
      const status = tooShort && (urb.header.transferFlags & URB_SHORT_NOT_OK) !== 0 ? -ERRNO.short : 0;
      return { seqnum, status, actualLength: length, numberOfPackets, data };
    } catch (error) {
      const known = error instanceof UsbTransferError;
      if (!known && !urb.abort.signal.aborted) this.#failed(error);
      const status = -ERRNO[known ? error.failure : "no-response"];
      return {
        seqnum,
        status,
        actualLength: 0,
        numberOfPackets: urb.isochronous ? 0 : numberOfPackets,
        data: NOTHING,
      };
    }
  }

  /** @returns what was read, never more than the client has room for, and how many bytes were read or written */
  async #start({ header, data, abort }: PendingUrb): Promise<{ data: Uint8Array; length: number }> {
    const { signal } = abort;
    if (header.ep === 0) {
      const setup = decodeSetup(header.setup);
      if (((setup.bmRequestType & 0x80) !== 0) !== (header.direction === "in") && setup.wLength > 0) {
        throw new UsbTransferError("no-response", "The setup bytes and the direction contradict each other.");
      }
      const reply = await this.#device.control(setup, data, signal);
      if (header.direction === "out") return { data: NOTHING, length: data.length };
      const visible = reply.subarray(0, header.transferBufferLength);
      return { data: visible, length: visible.length };
    }
    if (header.direction === "out") {
      return { data: NOTHING, length: await this.#device.transferOut(header.ep, data, signal) };
    }
    const read = await this.#device.transferIn(0x80 | header.ep, header.transferBufferLength, signal);
    return { data: read, length: read.length };
  }
}

/** Both directions of endpoint 0 are one queue. */
function queueKey(header: SubmitHeader): number {
  return header.ep === 0 || header.direction === "out" ? header.ep : 0x80 | header.ep;
}
