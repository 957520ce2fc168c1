import {
  decodeBusId,
  decodeCommand,
  decodeIsoPackets,
  decodeOperationHeader,
  ISO_PACKET_DESCRIPTOR_LENGTH,
  type IsoPacketRequest,
  OP_COMMON_LENGTH,
  OP_REQ_DEVLIST,
  OP_REQ_IMPORT,
  OP_REQ_IMPORT_LENGTH,
  type SubmitHeader,
  type UnlinkHeader,
  USBIP_CMD_UNLINK,
  USBIP_HEADER_LENGTH,
  USBIP_VERSION,
  UsbIpProtocolError,
} from "./protocol.ts";

/** A whole message from a client. */
export type UsbIpMessage =
  | { readonly kind: "list" }
  | { readonly kind: "import"; readonly busid: string }
  | {
      readonly kind: "submit";
      readonly header: SubmitHeader;
      /** Of an isochronous transfer, each within the transfer buffer; undefined for others. */
      readonly packets: readonly IsoPacketRequest[] | undefined;
      /** The transfer buffer; empty where the direction is in. */
      readonly data: Uint8Array;
    }
  | { readonly kind: "unlink"; readonly header: UnlinkHeader };

/** The most bytes that one transfer may have: what Linux lets a program submit in one piece through usbfs. */
export const MAXIMUM_TRANSFER_LENGTH = 16 * 1024 * 1024;

/** USBIP_MAX_ISO_PACKETS of drivers/usb/usbip/usbip_common.h. */
const MAXIMUM_ISO_PACKETS = 1024;

/** Cuts the byte stream of a client into messages. Bytes may arrive in pieces of any size. */
export class UsbIpMessageStream {
  readonly #bytes = new ByteQueue();
  #header: SubmitHeader | undefined;
  #imported = false;

  /** From now on the client speaks about the device that it imported: submit and unlink. */
  imported(): void {
    this.#imported = true;
  }

  /** Adds bytes as they came from the network. */
  push(chunk: Uint8Array): void {
    this.#bytes.push(chunk);
  }

  /**
   * The next whole message; undefined until more bytes are pushed.
   *
   * @throws UsbIpProtocolError where the bytes are not USB/IP 1.1.1; the rest of the stream means nothing then
   */
  next(): UsbIpMessage | undefined {
    return this.#imported ? this.#nextCommand() : this.#nextOperation();
  }

  #nextOperation(): UsbIpMessage | undefined {
    if (this.#bytes.length < OP_COMMON_LENGTH) return undefined;
    const { version, code } = decodeOperationHeader(this.#bytes.peek(OP_COMMON_LENGTH));
    if (version !== USBIP_VERSION) {
      throw new UsbIpProtocolError(`The client speaks USB/IP version 0x${version.toString(16)}, not 0x111.`);
    }
    if (code === OP_REQ_DEVLIST) {
      this.#bytes.take(OP_COMMON_LENGTH);
      return { kind: "list" };
    }
    if (code !== OP_REQ_IMPORT) {
      throw new UsbIpProtocolError(`There is no USB/IP operation 0x${code.toString(16)}.`);
    }
    if (this.#bytes.length < OP_COMMON_LENGTH + OP_REQ_IMPORT_LENGTH) return undefined;
    this.#bytes.take(OP_COMMON_LENGTH);
    return { kind: "import", busid: decodeBusId(this.#bytes.take(OP_REQ_IMPORT_LENGTH)) };
  }

  #nextCommand(): UsbIpMessage | undefined {
    if (this.#header === undefined) {
      if (this.#bytes.length < USBIP_HEADER_LENGTH) return undefined;
      const header = decodeCommand(this.#bytes.take(USBIP_HEADER_LENGTH));
      if (header.command === USBIP_CMD_UNLINK) return { kind: "unlink", header };
      this.#header = header;
    }
    const header = this.#header;
    const isochronous = header.numberOfPackets !== 0 && header.numberOfPackets !== 0xffff_ffff;
    if (header.transferBufferLength > MAXIMUM_TRANSFER_LENGTH) {
      throw new UsbIpProtocolError(`A transfer of ${header.transferBufferLength} bytes is too long.`);
    }
    if (isochronous && header.numberOfPackets > MAXIMUM_ISO_PACKETS) {
      throw new UsbIpProtocolError(
        `A transfer of ${header.numberOfPackets} isochronous packets is too long.`,
      );
    }
    const dataLength = header.direction === "out" ? header.transferBufferLength : 0;
    const packetsLength = isochronous ? header.numberOfPackets * ISO_PACKET_DESCRIPTOR_LENGTH : 0;
    if (this.#bytes.length < dataLength + packetsLength) return undefined;
    this.#header = undefined;
    const data = this.#bytes.take(dataLength);
    const descriptors = this.#bytes.take(packetsLength);
    const packets = isochronous ? decodeIsoPackets(descriptors) : undefined;
    if (packets?.some(({ offset, length }) => offset + length > header.transferBufferLength)) {
      throw new UsbIpProtocolError("An isochronous packet lies outside of its transfer.");
    }
    return { kind: "submit", header, packets, data };
  }
}

/** Bytes in, bytes out, without joining what has not arrived in full. */
class ByteQueue {
  #chunks: Uint8Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    // A Buffer's slice() is a view: a device must get a plain array.
    this.#chunks.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length));
    this.#length += chunk.length;
  }

  /** The first `length` bytes, which stay; no more than `this.length`. */
  peek(length: number): Uint8Array {
    const first = this.#chunks[0];
    if (first !== undefined && first.length >= length) return first.subarray(0, length);
    const joined = new Uint8Array(this.#length);
    let offset = 0;
    for (const chunk of this.#chunks) {
      joined.set(chunk, offset);
      offset += chunk.length;
    }
    this.#chunks = joined.length === 0 ? [] : [joined];
    return joined.subarray(0, length);
  }

  /** Removes the first `length` bytes and returns them; no more than `this.length`. */
  take(length: number): Uint8Array {
    if (length === 0) return new Uint8Array();
    const bytes = this.peek(length);
    const first = this.#chunks[0]!;
    if (first.length === length) this.#chunks.shift();
    else this.#chunks[0] = first.subarray(length);
    this.#length -= length;
    return bytes;
  }
}
