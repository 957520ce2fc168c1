/**
 * Winbond W25Q: NOR flash of 1 to 64 MiB, as a disk with blocks of 4096 bytes.
 *
 * Data sheets: "W25Q128JV 3V 128M-bit Serial Flash Memory with Dual/Quad SPI", revision F, March 2018, whose sections are meant
 * where nothing else is said; "W25Q256JV", revision G, August 2017, for addresses of four bytes.
 */

import {
  type BlockDeviceDriver,
  type BlockDeviceInfo,
  blocksOf,
  checkBlockRange,
  completeOptions,
  DriverError,
  flag,
  hex,
  type OptionsOf,
  type SpiDevice,
  type Timer,
} from "@busbar/guest";
import {
  Command,
  PAGE_BYTES,
  PAGE_PROGRAM_MS,
  RELEASE_NS,
  SECTOR_BYTES,
  SECTOR_ERASE_MS,
  Status1,
  Status2,
} from "./commands.ts";
import { JEDEC_ID_LENGTH, type Part, partOf } from "./part.ts";

/** The options, their defaults, and the settings of a board file. */
export const w25qOptions = {
  /** Refuses every write, whatever the part would allow. */
  readOnly: flag(false),
};

/** What can be set; see `w25qOptions`. */
export type W25QOptions = OptionsOf<typeof w25qOptions>;

/** The most blocks at once: erased one by one they take 6.4 s at the longest. */
const MAXIMUM_TRANSFER_BLOCKS = 16;
/** Bytes of one read transaction: half of what a transaction can have. */
const READ_BYTES = 2048;
/** What an erased byte reads. */
const ERASED = 0xff;
/** A wrong id is read again: it may have been garbled. */
const ID_ATTEMPTS = 2;
/** Between two looks at the status while an erase runs, which takes 45 ms for most; and while a program runs. */
const ERASE_POLL_MS = 5;
const PROGRAM_POLL_MS = 1;

/** The driver of one W25Q. */
export class W25Q implements BlockDeviceDriver {
  readonly #device: SpiDevice;
  readonly #time: Timer;
  readonly #readOnly: boolean;
  readonly #part: Part;
  #where: string;
  /** Whether an erase or a program was begun of which nobody saw the end: the bus failed meanwhile. */
  #mayBeBusy = false;
  #closed = false;

  /**
   * Wakes the part up, waits until what an earlier user began has ended, and finds out which part it is.
   *
   * @throws DriverError `invalid-argument` before anything is sent; `wrong-device`, `timeout` and `bus` from the part
   */
  constructor(device: SpiDevice, time: Timer, options: Partial<W25QOptions> = {}) {
    this.#readOnly = completeOptions(w25qOptions, options).readOnly;
    this.#device = device;
    this.#time = time;
    this.#where = "The flash";
    device.transaction([{ write: Uint8Array.of(Command.RELEASE_POWER_DOWN) }]);
    time.waitNs(RELEASE_NS);
    this.#part = this.#identify();
    this.#where = `The ${this.#part.name}`;
    this.#waitWhileBusy(SECTOR_ERASE_MS, ERASE_POLL_MS, "what it was doing before it was opened");
  }

  /** Which part this is. */
  info(): BlockDeviceInfo {
    this.#requireOpen();
    return {
      vendor: "Winbond",
      product: this.#part.name,
      revision: "",
      blockSize: SECTOR_BYTES,
      blockCount: this.#part.bytes / SECTOR_BYTES,
      readOnly: this.#readOnly || this.#isProtected(),
      removable: false,
      maximumTransferBlocks: MAXIMUM_TRANSFER_BLOCKS,
    };
  }

  /** Reads `count` blocks, 1 to 16. */
  read(firstBlock: number, count: number): Uint8Array {
    this.#requireOpen();
    checkBlockRange(this.#size, firstBlock, count);
    this.#settle();
    return this.#readBytes(firstBlock * SECTOR_BYTES, count * SECTOR_BYTES);
  }

  /**
   * Writes 1 to 16 whole blocks. What is there already is not written again, and a block is erased only where bits of it have to
   * become 1: a sector bears some 100,000 erases (section 2). Each block is read back.
   *
   * @throws DriverError `access-denied` where the part, or the settings, protect it; `timeout`; `protocol` where it does not keep
   *   what is written
   */
  write(firstBlock: number, data: Uint8Array): void {
    this.#requireOpen();
    checkBlockRange(this.#size, firstBlock, blocksOf(data, SECTOR_BYTES));
    if (this.#readOnly) {
      throw DriverError.accessDenied(`${this.#where} is read-only by its settings; set read-only to false.`);
    }
    this.#settle();
    for (let offset = 0; offset < data.length; offset += SECTOR_BYTES) {
      this.#writeSector(firstBlock * SECTOR_BYTES + offset, data.subarray(offset, offset + SECTOR_BYTES));
    }
  }

  /** Nothing is left to do: a write returns when it is on the medium. */
  flush(): void {
    this.#requireOpen();
  }

  /**
   * Leaves the part in standby. Not in power-down: a machine that starts from it would not find it after a restart. Closing twice
   * is legal.
   */
  close(): void {
    this.#closed = true;
  }

  get #size() {
    const blockCount = this.#part.bytes / SECTOR_BYTES;
    return { blockSize: SECTOR_BYTES, blockCount, maximumTransferBlocks: MAXIMUM_TRANSFER_BLOCKS };
  }

  #identify(): Part {
    let id: Uint8Array = new Uint8Array();
    for (let attempt = 0; attempt < ID_ATTEMPTS; attempt += 1) {
      // While it is busy it answers nothing but its status.
      id = this.#device.writeRead(Uint8Array.of(Command.JEDEC_ID), JEDEC_ID_LENGTH);
      const part = partOf(id);
      if (part !== undefined) return part;
      this.#time.waitMs(attempt === 0 ? SECTOR_ERASE_MS : 0);
    }
    throw DriverError.wrongDevice(
      `Expected a W25Q with the manufacturer 0xEF, but the device there has the id ${Array.from(id, (byte) => hex(byte)).join(" ")}; ` +
        "correct the chip select or the driver in the board file.",
    );
  }

  /** Whether all of the array is protected: every BP bit, or none and turned round (section 7.1.8, the last rows of each table). */
  #isProtected(): boolean {
    const bp = this.#status(Command.READ_STATUS_REGISTER_1) & this.#bp;
    const isTurned = (this.#status(Command.READ_STATUS_REGISTER_2) & Status2.CMP) !== 0;
    return bp === (isTurned ? 0 : this.#bp);
  }

  /** The bits BP of the part. */
  get #bp(): number {
    return this.#part.addressBytes === 4 ? Status1.BP_4_BYTE : Status1.BP;
  }

  #writeSector(address: number, data: Uint8Array): void {
    let there = this.#readBytes(address, SECTOR_BYTES);
    if (isSame(there, data)) return;
    // Programming only makes bits 0.
    if (data.some((byte, index) => (byte & ~there[index]!) !== 0)) {
      this.#erase(address);
      there = new Uint8Array(SECTOR_BYTES).fill(ERASED);
    }
    for (let offset = 0; offset < SECTOR_BYTES; offset += PAGE_BYTES) {
      const page = data.subarray(offset, offset + PAGE_BYTES);
      if (!isSame(page, there.subarray(offset, offset + PAGE_BYTES))) this.#program(address + offset, page);
    }
    if (!isSame(this.#readBytes(address, SECTOR_BYTES), data)) throw this.#notKept(address);
  }

  /** A protected sector ignores what would change it (section 8.2.13, "Page Program"), and says nothing. */
  #notKept(address: number): DriverError {
    const isSomeProtected = (this.#status(Command.READ_STATUS_REGISTER_1) & this.#bp) !== 0;
    const block = address / SECTOR_BYTES;
    return isSomeProtected || this.#isProtected()
      ? DriverError.accessDenied(
          `${this.#where} protects block ${block}, by its status registers; clear its bits BP, or write elsewhere.`,
        )
      : DriverError.protocol(
          `${this.#where} does not keep what is written to block ${block}; it is worn out, or protected one by one: use another block.`,
        );
  }

  #erase(address: number): void {
    this.#enableWrite();
    const { SECTOR_ERASE, SECTOR_ERASE_4_BYTE } = Command;
    this.#device.write(this.#message(SECTOR_ERASE, SECTOR_ERASE_4_BYTE, address));
    this.#waitWhileBusy(SECTOR_ERASE_MS, ERASE_POLL_MS, "erasing");
  }

  #program(address: number, page: Uint8Array): void {
    this.#enableWrite();
    const { PAGE_PROGRAM, PAGE_PROGRAM_4_BYTE } = Command;
    this.#device.write(this.#message(PAGE_PROGRAM, PAGE_PROGRAM_4_BYTE, address, page));
    this.#waitWhileBusy(PAGE_PROGRAM_MS, PROGRAM_POLL_MS, "programming");
  }

  /** It ends by itself after each erase and program (section 8.2.1). */
  #enableWrite(): void {
    this.#mayBeBusy = true;
    this.#device.write(Uint8Array.of(Command.WRITE_ENABLE));
    if ((this.#status(Command.READ_STATUS_REGISTER_1) & Status1.WEL) !== 0) return;
    throw DriverError.protocol(`${this.#where} does not let itself be written; check its wiring and supply.`);
  }

  #readBytes(address: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    const { READ_DATA, READ_DATA_4_BYTE } = Command;
    for (let offset = 0; offset < length; offset += READ_BYTES) {
      const message = this.#message(READ_DATA, READ_DATA_4_BYTE, address + offset);
      bytes.set(this.#device.writeRead(message, Math.min(READ_BYTES, length - offset)), offset);
    }
    return bytes;
  }

  /** An instruction with an address, most significant byte first, and what follows. */
  #message(
    threeBytes: number,
    fourBytes: number,
    address: number,
    data: Uint8Array = new Uint8Array(),
  ): Uint8Array {
    const { addressBytes } = this.#part;
    const message = new Uint8Array(1 + addressBytes + data.length);
    message[0] = addressBytes === 4 ? fourBytes : threeBytes;
    for (let index = 0; index < addressBytes; index += 1) {
      message[addressBytes - index] = (address >>> (8 * index)) & 0xff;
    }
    message.set(data, 1 + addressBytes);
    return message;
  }

  #waitWhileBusy(limitMs: number, pollMs: number, doing: string): void {
    for (
      let waitedMs = 0;
      (this.#status(Command.READ_STATUS_REGISTER_1) & Status1.BUSY) !== 0;
      waitedMs += pollMs
    ) {
      if (waitedMs >= limitMs) {
        throw DriverError.timeout(
          `${this.#where} does not finish ${doing}; check its supply, and open it again.`,
        );
      }
      this.#time.waitMs(pollMs);
    }
    this.#mayBeBusy = false;
  }

  /** While it is busy it answers nothing but its status, and takes nothing. */
  #settle(): void {
    if (this.#mayBeBusy) this.#waitWhileBusy(SECTOR_ERASE_MS, ERASE_POLL_MS, "what it was doing");
  }

  #status(command: number): number {
    return this.#device.writeRead(Uint8Array.of(command), 1)[0]!;
  }

  #requireOpen(): void {
    if (this.#closed) throw DriverError.disconnected(`${this.#where} is closed; open it again.`);
  }
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
