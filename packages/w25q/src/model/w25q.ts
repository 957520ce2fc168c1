import type { ModelClock, SpiTarget } from "@busbar/model";
import { isProtected } from "./protection.ts";

/** One simulated chip. */
export interface W25qOptions {
  /** Bytes of the array: a power of two, 1 to 64 MiB. */
  readonly bytes: number;
  /** The second byte of its identification. Default: 0x40. */
  readonly memoryType?: number;
  /** How long it is busy. Default: `maximum`. */
  readonly busyTime?: "typical" | "maximum";
}

const SECTOR = 4096;
const PAGE = 256;
/** An address of three bytes reaches so far. */
const THREE_BYTES = 2 ** 24;

/** Section 9.6, in milliseconds; of the whole chip for each 16 MiB. */
const BUSY_MS = {
  program: { typical: 0.7, maximum: 3 },
  sector: { typical: 45, maximum: 400 },
  block32: { typical: 120, maximum: 1600 },
  block64: { typical: 150, maximum: 2000 },
  chip: { typical: 40_000, maximum: 200_000 },
  status: { typical: 10, maximum: 15 },
} as const;

/** What a selected part does with the bytes that follow the instruction. */
interface Running {
  readonly instruction: number;
  /** What came after the instruction. */
  readonly bytes: number[];
}

/**
 * A Winbond W25Q, from the W25Q128JV's data sheet, revision F: standard SPI. It is powered when it is made, all of it erased. What is
 * programmed only makes bits 0, and wraps at the end of its page (section 8.2.13); an instruction that changes something is
 * done when it is released, after whole bytes, if a write was enabled and nothing else runs.
 */
export class W25q implements SpiTarget {
  readonly #options: W25qOptions;
  readonly #clock: ModelClock;
  /** Sectors that were written, by their number; the others are erased. */
  readonly #sectors = new Map<number, Uint8Array>();
  readonly #status = [0, 0, 0];
  /** How often each sector was erased, by its number. */
  readonly erases = new Map<number, number>();
  #writeEnabled = false;
  #poweredDown = false;
  #busyUntil = Number.NEGATIVE_INFINITY;
  #running: Running | undefined;

  constructor(options: W25qOptions, clock: ModelClock) {
    this.#options = options;
    this.#clock = clock;
  }

  /** What is on it, for tests: `length` bytes. */
  contents(address: number, length: number): Uint8Array {
    return Uint8Array.from({ length }, (_, index) => this.#byte(address + index));
  }

  /** Sets a status register, 1 to 3, as its non-volatile bits are when it is powered. */
  setStatus(register: 1 | 2 | 3, content: number): void {
    this.#status[register - 1] = content;
  }

  /** Sends it to sleep, as an earlier user may have. */
  powerDown(): void {
    this.#poweredDown = true;
  }

  /** Begins an erase of `ms` milliseconds, as an earlier user may have. */
  makeBusy(ms: number): void {
    this.#busyUntil = this.#clock.now() + ms;
  }

  select(): void {
    this.#running = undefined;
  }

  transfer(byte: number): number {
    if (this.#running === undefined) {
      this.#running = { instruction: byte, bytes: [] };
      return 0xff;
    }
    const { instruction, bytes } = this.#running;
    const answer = this.#answer(instruction, bytes);
    bytes.push(byte);
    return answer;
  }

  release(): void {
    const running = this.#running;
    this.#running = undefined;
    if (running !== undefined) this.#execute(running);
  }

  get #isBusy(): boolean {
    return this.#clock.now() < this.#busyUntil;
  }

  /** What it sends while `bytes` have come after the instruction; a line that nobody drives reads 1. */
  #answer(instruction: number, bytes: readonly number[]): number {
    if (this.#poweredDown && instruction !== 0xab) return 0xff;
    if (instruction === 0x05) return this.#status1();
    if (instruction === 0x35) return this.#status[1]!;
    if (instruction === 0x15) return this.#status[2]!;
    if (this.#isBusy) return 0xff;
    if (instruction === 0x9f)
      return [0xef, this.#options.memoryType ?? 0x40, this.#capacity()][bytes.length] ?? 0xff;
    // Three dummy bytes, then the device id, one less than the capacity's byte.
    if (instruction === 0xab) return bytes.length >= 3 ? this.#capacity() - 1 : 0xff;
    const read = { 3: [3, 0], 11: [3, 1], 19: [4, 0], 12: [4, 1] }[instruction];
    if (read === undefined) return 0xff;
    const [addressBytes, dummies] = read as [number, number];
    const offset = bytes.length - addressBytes - dummies;
    return offset < 0 ? 0xff : this.#byte(this.#address(bytes, addressBytes) + offset);
  }

  #execute({ instruction, bytes }: Running): void {
    if (instruction === 0xab) this.#poweredDown = false;
    if (this.#poweredDown || this.#isBusy) return;
    if (instruction === 0x06) this.#writeEnabled = true;
    if (instruction === 0x04) this.#writeEnabled = false;
    if (instruction === 0xb9) this.#poweredDown = true;
    const fourBytes = instruction === 0x12 || instruction === 0x21 || instruction === 0xdc;
    const addressBytes = fourBytes ? 4 : 3;
    const erased = { 32: SECTOR, 33: SECTOR, 82: 32_768, 216: 65_536, 220: 65_536 }[instruction];
    if (instruction === 0x02 || instruction === 0x12) this.#program(bytes, addressBytes);
    else if (erased !== undefined && bytes.length === addressBytes) {
      this.#erase(
        this.#address(bytes, addressBytes),
        erased,
        erased === SECTOR ? "sector" : erased === 32_768 ? "block32" : "block64",
      );
    } else if ((instruction === 0xc7 || instruction === 0x60) && bytes.length === 0)
      this.#erase(0, this.#options.bytes, "chip");
    else if (instruction === 0x01 || instruction === 0x31 || instruction === 0x11)
      this.#writeStatus(instruction, bytes);
  }

  #program(bytes: readonly number[], addressBytes: number): void {
    if (!this.#takeWrite() || bytes.length <= addressBytes) return;
    const start = this.#address(bytes, addressBytes);
    this.#beginBusy("program");
    if (this.#isProtected(start, 1)) return;
    const page = start - (start % PAGE);
    for (const [index, byte] of bytes.slice(addressBytes).entries()) {
      const address = page + ((start + index) % PAGE);
      this.#sector(address)[address % SECTOR]! &= byte;
    }
  }

  #erase(address: number, length: number, what: keyof typeof BUSY_MS): void {
    if (!this.#takeWrite()) return;
    const from = address - (address % length);
    this.#beginBusy(what);
    if (this.#isProtected(from, length)) return;
    for (let sector = from / SECTOR; sector < (from + length) / SECTOR; sector++) {
      this.#sectors.delete(sector);
      this.erases.set(sector, (this.erases.get(sector) ?? 0) + 1);
    }
  }

  #writeStatus(instruction: number, bytes: readonly number[]): void {
    if (!this.#takeWrite() || bytes.length === 0) return;
    const first = { 1: 0, 49: 1, 17: 2 }[instruction]!;
    // Status register 1 with two bytes sets the first two.
    for (const [index, byte] of bytes.slice(0, first === 0 ? 2 : 1).entries()) {
      this.#status[first + index] = first + index === 0 ? byte - (byte % 4) : byte;
    }
    this.#beginBusy("status");
  }

  /** A write is enabled once: whatever it is used for, and however that ends. */
  #takeWrite(): boolean {
    const enabled = this.#writeEnabled;
    this.#writeEnabled = false;
    return enabled;
  }

  #beginBusy(what: keyof typeof BUSY_MS): void {
    this.#busyUntil = this.#clock.now() + BUSY_MS[what][this.#options.busyTime ?? "maximum"];
  }

  /** An erase of more is refused where any of it is protected. */
  #isProtected(from: number, length: number): boolean {
    for (let address = from; address < from + length; address += SECTOR) {
      if (isProtected(address, this.#options.bytes, this.#status[0]!, this.#status[1]!)) return true;
    }
    return false;
  }

  #status1(): number {
    return this.#status[0]! + (this.#writeEnabled ? 2 : 0) + (this.#isBusy ? 1 : 0);
  }

  /** 0x14 for 1 MiB, one more for each doubling, and 0x20 for 64 MiB. */
  #capacity(): number {
    const power = Math.log2(this.#options.bytes);
    return power < 26 ? power : 0x20;
  }

  /** The highest bits are ignored. */
  #address(bytes: readonly number[], length: number): number {
    const address = bytes.slice(0, length).reduce((sum, byte) => sum * 256 + byte, 0);
    return address % Math.min(this.#options.bytes, length === 3 ? THREE_BYTES : this.#options.bytes);
  }

  #byte(address: number): number {
    const wrapped = address % this.#options.bytes;
    return this.#sectors.get(Math.floor(wrapped / SECTOR))?.[wrapped % SECTOR] ?? 0xff;
  }

  #sector(address: number): Uint8Array {
    const number = Math.floor(address / SECTOR);
    const present = this.#sectors.get(number) ?? new Uint8Array(SECTOR).fill(0xff);
    this.#sectors.set(number, present);
    return present;
  }
}
