import type { Socket } from "node:net";
import { AttachedDevice } from "./attached-device.ts";
import type { DeviceExport } from "./exported-device.ts";
import {
  encodeDeviceList,
  encodeImportReply,
  encodeSubmitReply,
  encodeUnlinkReply,
  ST_DEV_BUSY,
  ST_NODEV,
  UsbIpProtocolError,
} from "./protocol.ts";
import { type UsbIpMessage, UsbIpMessageStream } from "./stream.ts";
import { UrbQueue } from "./urb-queue.ts";

/** How long a client may take to say what it wants, in milliseconds. An imported device may be silent for ever. */
const OPERATION_TIMEOUT_MS = 10_000;

/** More unanswered transfers, and more bytes in them, than any driver keeps in flight. */
const MAXIMUM_PENDING = 4096;
const MAXIMUM_PENDING_BYTES = 64 * 1024 * 1024;

const ECONNRESET = 104;

/**
 * One client: at first it lists devices or imports one; from then on it sends transfers for that device, until either
 * side closes the connection, which is the same as unplugging.
 */
export class UsbIpConnection {
  readonly #socket: Socket;
  readonly #exports: readonly DeviceExport[];
  readonly #failed: (error: unknown) => void;
  readonly #stream = new UsbIpMessageStream();
  #imported: { readonly entry: DeviceExport; readonly device: AttachedDevice } | undefined;
  #urbs: UrbQueue | undefined;

  /** @param failed told about malformed clients and faulty models */
  constructor(socket: Socket, exports: readonly DeviceExport[], failed: (error: unknown) => void) {
    this.#socket = socket;
    this.#exports = exports;
    this.#failed = failed;
    socket.setNoDelay(true);
    socket.setTimeout(OPERATION_TIMEOUT_MS, () => this.#disconnect());
    socket.on("data", (chunk: Buffer) => this.#received(chunk));
    // A connection that breaks is an unplugged device: "close" follows and says so.
    socket.on("error", () => {});
    socket.on("close", () => this.#closed());
    // A client that does not read its answers gets no new ones.
    socket.on("drain", () => socket.resume());
  }

  #received(chunk: Uint8Array): void {
    this.#stream.push(chunk);
    try {
      while (!this.#socket.destroyed) {
        const message = this.#stream.next();
        if (message === undefined) return;
        this.#handle(message);
      }
    } catch (error) {
      this.#disconnect();
      this.#failed(error);
    }
  }

  #handle(message: UsbIpMessage): void {
    switch (message.kind) {
      case "list":
        this.#socket.end(encodeDeviceList(this.#exports.map((entry) => entry.description)));
        return;
      case "import":
        this.#import(message.busid);
        return;
      case "submit": {
        const urbs = this.#urbs!;
        if (urbs.has(message.header.seqnum)) {
          throw new UsbIpProtocolError("The client repeats the sequence number of a pending transfer.");
        }
        if (urbs.length >= MAXIMUM_PENDING || urbs.bytes + message.data.length > MAXIMUM_PENDING_BYTES) {
          throw new UsbIpProtocolError("The client has too many transfers pending.");
        }
        urbs.submit(message.header, message.data, message.packets);
        return;
      }
      case "unlink": {
        const { seqnum, unlinkSeqnum } = message.header;
        this.#urbs!.unlink(unlinkSeqnum, (taken) => {
          this.#send(encodeUnlinkReply(seqnum, taken ? -ECONNRESET : 0));
        });
        return;
      }
    }
  }

  #import(busid: string): void {
    const entry = this.#exports.find((candidate) => candidate.description.busid === busid);
    if (entry === undefined || entry.release !== undefined) {
      this.#socket.end(encodeImportReply(entry === undefined ? ST_NODEV : ST_DEV_BUSY));
      return;
    }
    entry.release = () => this.#disconnect();
    const device = new AttachedDevice(entry.device);
    this.#imported = { entry, device };
    this.#urbs = new UrbQueue(device, {
      reply: (reply) => this.#send(encodeSubmitReply(reply)),
      failed: this.#failed,
      // To the client a closed connection is an unplugged device.
      gone: () => this.#disconnect(),
    });
    this.#stream.imported();
    this.#socket.setTimeout(0);
    this.#send(encodeImportReply(entry.description));
  }

  #send(bytes: Uint8Array): void {
    if (this.#socket.destroyed) return;
    if (!this.#socket.write(bytes)) this.#socket.pause();
  }

  /** The device is free again at once, not only when the operating system has closed the connection. */
  #disconnect(): void {
    this.#socket.destroy();
    this.#closed();
  }

  #closed(): void {
    this.#urbs?.clear();
    if (this.#imported === undefined) return;
    this.#imported.entry.release = undefined;
    this.#imported.device.detach();
    this.#imported = undefined;
  }
}
