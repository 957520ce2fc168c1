import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** One answer about an imported device. */
export interface Reply {
  readonly command: number;
  readonly seqnum: number;
  readonly status: number;
  readonly actualLength: number;
  readonly numberOfPackets: number;
  readonly data: Buffer;
}

/** What a test may say in USBIP_CMD_SUBMIT; everything else is 0. */
export interface Submit {
  readonly seqnum: number;
  readonly direction: "in" | "out";
  readonly ep: number;
  readonly length?: number;
  readonly flags?: number;
  readonly packets?: number;
  readonly setup?: string;
  readonly data?: Uint8Array;
}

/** A USB/IP client as the specification describes it, written without the server's own code. */
export class UsbIpClient {
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  #ended = false;
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk as Buffer]);
      this.#wake();
    });
    socket.on("close", () => {
      this.#ended = true;
      this.#wake();
    });
    socket.on("error", () => {});
  }

  static async connect(port: number): Promise<UsbIpClient> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    return new UsbIpClient(socket);
  }

  /** The next `length` bytes. */
  async read(length: number): Promise<Buffer> {
    while (this.#received.length < length) {
      if (this.#ended) throw new Error(`closed after ${this.#received.length} of ${length} bytes`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const bytes = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return bytes;
  }

  /** Resolves when the server closes the connection; everything it still sent. */
  async closed(): Promise<Buffer> {
    while (!this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#received;
  }

  send(hexadecimal: string): void {
    this.socket.write(Buffer.from(hexadecimal.replaceAll(/\s/g, ""), "hex"));
  }

  requestImport(busid: string): void {
    this.socket.write(
      Buffer.concat([Buffer.from("0111800300000000", "hex"), Buffer.from(busid.padEnd(32, "\0"))]),
    );
  }

  /** Imports a device; the 312 bytes that describe it. */
  async import(busid: string): Promise<Buffer> {
    this.requestImport(busid);
    const header = await this.read(8);
    if (header.toString("hex") !== "0111000300000000") throw new Error(`refused: ${header.toString("hex")}`);
    return await this.read(312);
  }

  submit(submit: Submit): void {
    const header = Buffer.alloc(48);
    header.writeUInt32BE(1, 0x00);
    header.writeUInt32BE(submit.seqnum, 0x04);
    header.writeUInt32BE(0x10002, 0x08);
    header.writeUInt32BE(submit.direction === "in" ? 1 : 0, 0x0c);
    header.writeUInt32BE(submit.ep, 0x10);
    header.writeUInt32BE(submit.flags ?? 0, 0x14);
    header.writeUInt32BE(submit.length ?? submit.data?.length ?? 0, 0x18);
    header.writeUInt32BE(submit.packets ?? 0xffff_ffff, 0x20);
    if (submit.setup) Buffer.from(submit.setup, "hex").copy(header, 0x28);
    this.socket.write(Buffer.concat([header, submit.data ?? Buffer.alloc(0)]));
  }

  unlink(seqnum: number, unlinkSeqnum: number): void {
    const header = Buffer.alloc(48);
    header.writeUInt32BE(2, 0x00);
    header.writeUInt32BE(seqnum, 0x04);
    header.writeUInt32BE(unlinkSeqnum, 0x14);
    this.socket.write(header);
  }

  /** @param direction of the submit that is answered: data follows only where it was in */
  async reply(direction: "in" | "out" = "in"): Promise<Reply> {
    const header = await this.read(48);
    const command = header.readUInt32BE(0x00);
    const actualLength = command === 3 ? header.readUInt32BE(0x18) : 0;
    return {
      command,
      seqnum: header.readUInt32BE(0x04),
      status: header.readInt32BE(0x14),
      actualLength,
      numberOfPackets: header.readUInt32BE(0x20),
      data: direction === "in" ? await this.read(actualLength) : Buffer.alloc(0),
    };
  }

  /** Reads packets of an isochronous endpoint: each one's bytes, or its errno. */
  async isochronousIn(ep: number, lengths: readonly number[]): Promise<(Buffer | number)[]> {
    const descriptors = Buffer.alloc(16 * lengths.length);
    let offset = 0;
    for (const [index, length] of lengths.entries()) {
      descriptors.writeUInt32BE(offset, 16 * index);
      descriptors.writeUInt32BE(length, 16 * index + 4);
      offset += length;
    }
    this.#seqnum += 1;
    const packets = lengths.length;
    this.submit({ seqnum: this.#seqnum, direction: "in", ep, length: offset, packets, data: descriptors });
    const { status, data, numberOfPackets } = await this.reply();
    if (status !== 0 || numberOfPackets !== packets) throw new Error(`${status}, ${numberOfPackets} packets`);
    const told = await this.read(16 * packets);
    let at = 0;
    const received = lengths.map((_, index) => {
      const actualLength = told.readUInt32BE(16 * index + 8);
      const errno = told.readInt32BE(16 * index + 12);
      at += actualLength;
      return errno === 0 ? data.subarray(at - actualLength, at) : errno;
    });
    if (at !== data.length) throw new Error(`${data.length} bytes in packets of ${at}`);
    return received;
  }

  #seqnum = 1000;

  /** A control transfer; `setup` is 16 hexadecimal digits. */
  async control(setup: string, data?: Uint8Array): Promise<Reply> {
    const direction = (Number.parseInt(setup.slice(0, 2), 16) & 0x80) !== 0 ? "in" : "out";
    const length = Buffer.from(setup, "hex").readUInt16LE(6);
    this.#seqnum += 1;
    this.submit({ seqnum: this.#seqnum, direction, ep: 0, length, setup, ...(data && { data }) });
    return await this.reply(direction);
  }
}
