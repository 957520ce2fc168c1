import type { UsbBackend, UsbHandle, UsbTransfer } from "@busbar/host/backend";
import { type Command, completionOf, decodeStatus, encodeCommand } from "@busbar/mass-storage/bulk-only";
import { read, testUnitReady, write } from "@busbar/mass-storage/scsi";

/** Endpoints of the disk model and of the kernel's gadget on a high-speed port, and the size of their packets. */
interface Pipes {
  readonly interfaceNumber: number;
  readonly inEndpoint: number;
  readonly outEndpoint: number;
}

const packetBytes = 512;
const timeoutMs = 60_000;
const massStorage = 0x08;

/** A command that is under way. */
interface Flight {
  readonly tag: number;
  readonly command: Command;
  readonly wrapper: UsbTransfer;
  readonly data: UsbTransfer | undefined;
  readonly status: UsbTransfer;
}

/**
 * What a program without components writes: bulk-only transport straight on the backend. It submits as the driver does
 * (command, data and status together, `queue` commands in flight), so that the difference is the component's alone.
 */
export class PlainDisk {
  readonly #handle: UsbHandle;
  readonly #pipes: Pipes;
  readonly #blockSize: number;
  #tag = 0;

  private constructor(handle: UsbHandle, pipes: Pipes, blockSize: number) {
    this.#handle = handle;
    this.#pipes = pipes;
    this.#blockSize = blockSize;
  }

  /** Opens and claims the last mass storage interface of the first disk: a component may have the first one. */
  static async open(backend: UsbBackend, blockSize: number): Promise<PlainDisk> {
    for (const device of await backend.devices()) {
      const interfaces = device.configurations[0]?.interfaces ?? [];
      const found = interfaces.findLast((each) => each.interfaceClass === massStorage);
      if (found === undefined) continue;
      const handle = device.open();
      const { interfaceNumber, endpoints } = found;
      if (handle.kernelDriverActive(interfaceNumber)) handle.detachKernelDriver(interfaceNumber);
      handle.claimInterface(interfaceNumber);
      const endpoint = (direction: number) =>
        endpoints.find(({ endpointAddress }) => (endpointAddress & 0x80) === direction)!.endpointAddress;
      const pipes = { interfaceNumber, inEndpoint: endpoint(0x80), outEndpoint: endpoint(0) };
      const disk = new PlainDisk(handle, pipes, blockSize);
      // A disk that was just plugged in refuses the first command, to say so: SPC-4 section 5.14, "unit attention".
      await disk.ready().catch(() => disk.ready());
      return disk;
    }
    throw new Error("There is no disk; plug one in.");
  }

  /** Reads `length` bytes from the first block on in pieces, `queue` of them in flight; 0 sends step by step. */
  async readSequence(length: number, piece: number, queue: number): Promise<void> {
    const flights: Flight[] = [];
    let next = 0;
    for (let done = 0; done < length; done += piece) {
      if (queue === 0) {
        await this.#stepByStep(this.#read(done, piece));
        continue;
      }
      while (flights.length < queue && next < length) {
        flights.push(this.#start(this.#read(next, piece)));
        next += piece;
      }
      await this.#finish(flights.shift()!);
    }
  }

  /** Reads pieces at these offsets, in bytes, one after the other. */
  async readAt(offsets: readonly number[], piece: number): Promise<void> {
    for (const offset of offsets) await this.#finish(this.#start(this.#read(offset, piece)));
  }

  /** Writes the same piece over and over from the first block on. */
  async writeSequence(length: number, piece: Uint8Array): Promise<void> {
    for (let done = 0; done < length; done += piece.length) {
      const block = write(done / this.#blockSize, piece.length / this.#blockSize);
      await this.#finish(this.#start({ lun: 0, block, direction: "out", length: piece.length }, piece));
    }
  }

  /** TEST UNIT READY. */
  async ready(): Promise<void> {
    await this.#finish(this.#start({ lun: 0, block: testUnitReady(), direction: "none", length: 0 }));
  }

  /** Gives it back. */
  async close(): Promise<void> {
    await this.#handle.releaseInterface(this.#pipes.interfaceNumber);
    await this.#handle.close();
  }

  #read(offset: number, length: number): Command {
    const block = read(offset / this.#blockSize, length / this.#blockSize);
    return { lun: 0, block, direction: "in", length };
  }

  #start(command: Command, data?: Uint8Array): Flight {
    this.#tag += 1;
    return {
      tag: this.#tag,
      command,
      wrapper: this.#out(encodeCommand(this.#tag, command)),
      data: command.direction === "none" ? undefined : data ? this.#out(data) : this.#in(command.length),
      status: this.#in(packetBytes),
    };
  }

  async #finish({ tag, command, wrapper, data, status }: Flight): Promise<void> {
    await wrapper.done;
    const transferred = (await data?.done)?.actualLength ?? 0;
    check(tag, command, transferred, (await status.done).data);
  }

  async #stepByStep(command: Command): Promise<void> {
    this.#tag += 1;
    await this.#out(encodeCommand(this.#tag, command)).done;
    const { actualLength } = await this.#in(command.length).done;
    check(this.#tag, command, actualLength, (await this.#in(packetBytes).done).data);
  }

  #in(length: number): UsbTransfer {
    const nothing = new Uint8Array();
    return this.#handle.submit({
      type: "bulk",
      endpoint: this.#pipes.inEndpoint,
      data: nothing,
      length,
      timeoutMs,
    });
  }

  #out(data: Uint8Array): UsbTransfer {
    return this.#handle.submit({
      type: "bulk",
      endpoint: this.#pipes.outEndpoint,
      data,
      length: 0,
      timeoutMs,
    });
  }
}

function check(tag: number, command: Command, transferred: number, status: Uint8Array): void {
  const completion = completionOf(tag, command, transferred, decodeStatus(status));
  if (!completion?.passed || completion.processed !== command.length) {
    throw new Error("The disk failed a command.");
  }
}
