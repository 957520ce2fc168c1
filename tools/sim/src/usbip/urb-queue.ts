import { isUsbTransferError, UsbTransferError, type UsbTransferFailure } from "@busbar/model";
import type { AttachedDevice } from "./attached-device.ts";
import {
  type IsoPacketReply,
  type IsoPacketRequest,
  type SubmitHeader,
  type SubmitReply,
  URB_SHORT_NOT_OK,
} from "./protocol.ts";
import { decodeSetup } from "./setup.ts";

/** A submit that is waiting or running. */
interface PendingUrb {
  readonly header: SubmitHeader;
  readonly packets: readonly IsoPacketRequest[] | undefined;
  readonly data: Uint8Array;
  readonly abort: AbortController;
  /** Told how it went when the client takes back what the device has already. */
  unlinked: ((taken: boolean) => void) | undefined;
}

/** What becomes of transfers. */
export interface UrbEvents {
  /** Called once for each submit that is not taken back. */
  readonly reply: (reply: SubmitReply) => void;
  /** Called when the model of a device throws what is no UsbTransferError: a fault of the model. */
  readonly failed: (error: unknown) => void;
  /** Called when the device says that it is not there any more. */
  readonly gone: () => void;
}

/** What the kernel's host controllers report: Documentation/driver-api/usb/error-codes.rst. */
const ERRNO: Record<Exclude<UsbTransferFailure, "disconnected">, number> = {
  stall: 32, // EPIPE
  "no-response": 71, // EPROTO
  overflow: 75, // EOVERFLOW
  short: 121, // EREMOTEIO
  unsupported: 38, // ENOSYS
};

const NOTHING = new Uint8Array();

/** The transfers that a client has submitted: those of one endpoint run one after the other, as on a real bus. */
export class UrbQueue {
  readonly #device: AttachedDevice;
  readonly #events: UrbEvents;
  readonly #pending = new Map<number, PendingUrb>();
  #bytes = 0;
  /** The transfers of each endpoint in order; the first one runs. */
  readonly #endpoints = new Map<number, PendingUrb[]>();

  constructor(device: AttachedDevice, events: UrbEvents) {
    this.#device = device;
    this.#events = events;
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
  submit(header: SubmitHeader, data: Uint8Array, packets?: readonly IsoPacketRequest[]): void {
    const urb: PendingUrb = { header, data, packets, abort: new AbortController(), unlinked: undefined };
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
   * Takes a submit back. Where the device is done with it before it hears that, it is answered after all: what the device
   * has sent is not lost.
   *
   * @param unlinked told, then or at once, whether it was taken back; otherwise it is answered
   */
  unlink(seqnum: number, unlinked: (taken: boolean) => void): void {
    const urb = this.#pending.get(seqnum);
    if (urb === undefined || urb.unlinked !== undefined) {
      unlinked(false);
      return;
    }
    const queue = this.#endpoints.get(queueKey(urb.header))!;
    if (queue[0] === urb) {
      urb.unlinked = unlinked;
      urb.abort.abort();
    } else {
      queue.splice(queue.indexOf(urb), 1);
      this.#forget(urb);
      unlinked(true);
    }
  }

  /** Gives everything up, without an answer. */
  clear(): void {
    const given = [...this.#pending.values()];
    this.#pending.clear();
    this.#bytes = 0;
    for (const urb of given) urb.abort.abort();
  }

  /** Runs `urb` and then what waits behind it on the same endpoint. */
  async #run(key: number, urb: PendingUrb): Promise<void> {
    const queue = this.#endpoints.get(key)!;
    for (let next: PendingUrb | undefined = urb; next !== undefined; next = queue[0]) {
      if (this.#isPending(next)) await this.#finish(next);
      queue.shift();
    }
    this.#endpoints.delete(key);
  }

  async #finish(urb: PendingUrb): Promise<void> {
    const reply = await this.#transfer(urb);
    if (!this.#isPending(urb)) return;
    this.#forget(urb);
    const { unlinked } = urb;
    // What only settles a transfer that was given up has no data.
    const isDone = reply.actualLength > 0 || (reply.status === 0 && urb.header.direction === "out");
    if (unlinked === undefined || isDone) this.#events.reply(reply);
    unlinked?.(!isDone);
  }

  #isPending(urb: PendingUrb): boolean {
    return this.#pending.get(urb.header.seqnum) === urb;
  }

  #forget(urb: PendingUrb): void {
    this.#pending.delete(urb.header.seqnum);
    this.#bytes -= urb.data.length;
  }

  async #transfer(urb: PendingUrb): Promise<SubmitReply> {
    const { seqnum, numberOfPackets } = urb.header;
    try {
      if (urb.packets !== undefined) return await this.#isochronous(urb, urb.packets);
      const { data, length } = await this.#start(urb);
      const tooShort = urb.header.direction === "in" && length < urb.header.transferBufferLength;
      const status = tooShort && (urb.header.transferFlags & URB_SHORT_NOT_OK) !== 0 ? -ERRNO.short : 0;
      return { seqnum, status, actualLength: length, numberOfPackets, data };
    } catch (error) {
      const failure = isUsbTransferError(error) ? error.failure : undefined;
      if (failure === undefined && !urb.abort.signal.aborted) this.#events.failed(error);
      if (failure === "disconnected") this.#events.gone();
      const status = -ERRNO[failure === undefined || failure === "disconnected" ? "no-response" : failure];
      return {
        seqnum,
        status,
        actualLength: 0,
        numberOfPackets: urb.packets === undefined ? numberOfPackets : 0,
        data: NOTHING,
      };
    }
  }

  /** The packets have ends of their own: the transfer is good whatever becomes of them. */
  async #isochronous(
    { header, abort }: PendingUrb,
    requests: readonly IsoPacketRequest[],
  ): Promise<SubmitReply> {
    if (header.direction === "out") {
      throw new UsbTransferError("unsupported", "Isochronous transfers to a device are not simulated.");
    }
    const lengths = requests.map(({ length }) => length);
    const received = await this.#device.isochronousIn(0x80 | header.ep, lengths, abort.signal);
    const pieces: Uint8Array[] = [];
    const packets = requests.map((request, index): IsoPacketReply => {
      const packet = received[index] ?? NOTHING;
      if (packet === "lost") return { ...request, actualLength: 0, status: -ERRNO["no-response"] };
      if (packet.length > request.length) return { ...request, actualLength: 0, status: -ERRNO.overflow };
      pieces.push(packet);
      return { ...request, actualLength: packet.length, status: 0 };
    });
    const data = Buffer.concat(pieces);
    const { seqnum, numberOfPackets } = header;
    return { seqnum, status: 0, actualLength: data.length, numberOfPackets, data, packets };
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
