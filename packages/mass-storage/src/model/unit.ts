import type { UsbModelClock } from "@busbar/model";
import type { Medium } from "./medium.ts";

/** What to build a unit of a disk from. */
export interface DiskUnitOptions {
  /** What it reads and writes; left out, it has no medium until one is put in. */
  readonly medium?: Medium;
  /** Bytes of a block. Default: 512. */
  readonly blockSize?: number;
  /** Whether the medium is write-protected. Default: no. */
  readonly readOnly?: boolean;
  /** Whether the medium can be taken out (RMB). Default: yes, as sticks say. */
  readonly removable?: boolean;
  /** At most 8 ASCII characters. Default: "Busbar". */
  readonly vendor?: string;
  /** At most 16 ASCII characters. Default: "Disk". */
  readonly product?: string;
  /** How long it takes to get ready after it was made, in milliseconds. Default: 0. */
  readonly readyMs?: number;
  /** Whether it waits for START STOP UNIT, and with what sense data: 2/04/02 where it is `true`. Default: no. */
  readonly startRequired?: boolean | SenseTriple;
  /** How much its last block differs from the one that READ CAPACITY gives: 1 where that gives a block too many. Default: 0. */
  readonly missingBlocks?: number;
  /** Whether READ CAPACITY (10) claims more than it can say, as a disk above 2 TiB does. Default: by its size. */
  readonly hugeCapacity?: boolean;
}

/** Sense key, additional sense code and qualifier. */
export type SenseTriple = readonly [key: number, code: number, qualifier: number];

/** What a unit wants to do with a command: BOT calls it Dn, Di and Do. */
export type Intention =
  | { readonly kind: "none" }
  | { readonly kind: "in"; readonly data: Uint8Array }
  | { readonly kind: "out"; readonly length: number; write(data: Uint8Array): void }
  | { readonly kind: "failed" };

const NO_SENSE: SenseTriple = [0, 0, 0];
const BECOMING_READY: SenseTriple = [2, 0x04, 0x01];
const START_REQUIRED: SenseTriple = [2, 0x04, 0x02];
const NO_MEDIUM: SenseTriple = [2, 0x3a, 0];
const INVALID_OPERATION: SenseTriple = [5, 0x20, 0];
const OUT_OF_RANGE: SenseTriple = [5, 0x21, 0];
const INVALID_FIELD: SenseTriple = [5, 0x24, 0];
const POWER_ON: SenseTriple = [6, 0x29, 0];
const MEDIUM_CHANGED: SenseTriple = [6, 0x28, 0];
const WRITE_PROTECTED: SenseTriple = [7, 0x27, 0];

const NOTHING: Intention = { kind: "none" };
const FAILED: Intention = { kind: "failed" };

/** A logical unit: the SCSI commands of SPC-4 and SBC-3 that a stick knows. */
export class DiskUnit {
  readonly #blockSize: number;
  readonly #options: DiskUnitOptions;
  readonly #clock: UsbModelClock;
  readonly #readyAtMs: number;
  #medium: Medium | undefined;
  #readOnly: boolean;
  #started: boolean;
  #sense = NO_SENSE;
  #attentions: SenseTriple[] = [POWER_ON];
  /** What it was asked, by operation code: for tests. */
  readonly commands: number[] = [];

  constructor(options: DiskUnitOptions, clock: UsbModelClock) {
    this.#options = options;
    this.#clock = clock;
    this.#blockSize = options.blockSize ?? 512;
    this.#medium = options.medium;
    this.#readOnly = options.readOnly ?? false;
    this.#started = (options.startRequired ?? false) === false;
    this.#readyAtMs = clock.now() + (options.readyMs ?? 0);
  }

  /** Takes the medium out. */
  remove(): void {
    this.#medium = undefined;
  }

  /** Puts a medium in, another one or the same. */
  insert(medium: Medium, readOnly = false): void {
    this.#medium = medium;
    this.#readOnly = readOnly;
    this.#attentions = [MEDIUM_CHANGED];
  }

  /** What it wants to do with a command. */
  execute(block: Uint8Array): Intention {
    const operation = block[0]!;
    this.commands.push(operation);
    if (operation === 0x03) return this.#requestSense(block[4]!);
    this.#sense = NO_SENSE;
    if (operation === 0x12) return this.#inquiry(block);
    if (operation === 0xa0)
      return cut(Uint8Array.of(0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), length32(block, 6));
    const attention = this.#attentions.shift();
    if (attention !== undefined) return this.fail(attention);
    if (operation === 0x1b) return this.#startStop(block[4]!);
    if (operation === 0x1e) return NOTHING; // PREVENT ALLOW MEDIUM REMOVAL
    const medium = this.#medium;
    if (medium === undefined) return this.fail(NO_MEDIUM);
    if (!this.#started) {
      const { startRequired } = this.#options;
      return this.fail(typeof startRequired === "object" ? startRequired : START_REQUIRED);
    }
    if (this.#clock.now() < this.#readyAtMs) return this.fail(BECOMING_READY);
    return this.#access(operation, block, medium);
  }

  /** Fails the command, with this reason for REQUEST SENSE. */
  fail(sense: SenseTriple): Intention {
    this.#sense = sense;
    return FAILED;
  }

  #access(operation: number, block: Uint8Array, medium: Medium): Intention {
    const view = new DataView(block.buffer, block.byteOffset, block.length);
    switch (operation) {
      case 0x00: // TEST UNIT READY
      case 0x2f: // VERIFY (10)
        return NOTHING;
      case 0x1a: // MODE SENSE (6)
        return cut(Uint8Array.of(3, 0, this.#readOnly ? 0x80 : 0, 0), block[4]!);
      case 0x5a: // MODE SENSE (10)
        return cut(Uint8Array.of(0, 6, 0, this.#readOnly ? 0x80 : 0, 0, 0, 0, 0), view.getUint16(7));
      case 0x25:
        return this.#capacity10(medium);
      case 0x9e:
        return (block[1]! & 0x1f) === 0x10
          ? this.#capacity16(medium, length32(block, 10))
          : this.fail(INVALID_FIELD);
      case 0x28:
        return this.#read(medium, view.getUint32(2), view.getUint16(7));
      case 0x88:
        return this.#read(medium, Number(view.getBigUint64(2)), view.getUint32(10));
      case 0x2a:
        return this.#write(medium, view.getUint32(2), view.getUint16(7));
      case 0x8a:
        return this.#write(medium, Number(view.getBigUint64(2)), view.getUint32(10));
      case 0x35: // SYNCHRONIZE CACHE (10) and (16)
      case 0x91:
        medium.flush();
        return NOTHING;
      default:
        return this.fail(INVALID_OPERATION);
    }
  }

  #blockCount(medium: Medium): number {
    return Math.floor(medium.bytes / this.#blockSize);
  }

  #read(medium: Medium, first: number, count: number): Intention {
    if (first + count > this.#blockCount(medium)) return this.fail(OUT_OF_RANGE);
    if (count === 0) return NOTHING;
    return { kind: "in", data: medium.read(first * this.#blockSize, count * this.#blockSize) };
  }

  #write(medium: Medium, first: number, count: number): Intention {
    if (this.#readOnly) return this.fail(WRITE_PROTECTED);
    if (first + count > this.#blockCount(medium)) return this.fail(OUT_OF_RANGE);
    if (count === 0) return NOTHING;
    return {
      kind: "out",
      length: count * this.#blockSize,
      write: (data) => medium.write(first * this.#blockSize, data),
    };
  }

  #capacity10(medium: Medium): Intention {
    const last = this.#blockCount(medium) - 1 + (this.#options.missingBlocks ?? 0);
    const huge = this.#options.hugeCapacity ?? last >= 0xffff_ffff;
    const data = new DataView(new ArrayBuffer(8));
    data.setUint32(0, huge ? 0xffff_ffff : last);
    data.setUint32(4, this.#blockSize);
    return { kind: "in", data: new Uint8Array(data.buffer) };
  }

  #capacity16(medium: Medium, allocation: number): Intention {
    const data = new DataView(new ArrayBuffer(32));
    data.setBigUint64(0, BigInt(this.#blockCount(medium) - 1));
    data.setUint32(8, this.#blockSize);
    return cut(new Uint8Array(data.buffer), allocation);
  }

  #inquiry(block: Uint8Array): Intention {
    // Vital product data: sticks have none.
    if ((block[1]! & 0x01) !== 0) return this.fail(INVALID_FIELD);
    const { removable = true, vendor = "Busbar", product = "Disk" } = this.#options;
    const head = [0x00, removable ? 0x80 : 0, 0x04, 0x02, 31, 0, 0, 0];
    const text = [vendor.padEnd(8).slice(0, 8), product.padEnd(16).slice(0, 16), "1.00"].join("");
    const data = Uint8Array.from([...head, ...Array.from(text, (letter) => letter.charCodeAt(0))]);
    return cut(data, (block[3]! << 8) | block[4]!);
  }

  #requestSense(allocation: number): Intention {
    const pending = this.#sense === NO_SENSE ? this.#attentions.shift() : undefined;
    const [key, code, qualifier] = pending ?? this.#sense;
    this.#sense = NO_SENSE;
    const data = new Uint8Array(18);
    data.set([0x70, 0, key, 0, 0, 0, 0, 10, 0, 0, 0, 0, code, qualifier]);
    return cut(data, allocation);
  }

  #startStop(flags: number): Intention {
    const [start, eject] = [(flags & 0x01) !== 0, (flags & 0x02) !== 0];
    if (eject && !start) this.remove();
    this.#started = start;
    return NOTHING;
  }
}

function cut(data: Uint8Array, allocation: number): Intention {
  return allocation === 0 ? NOTHING : { kind: "in", data: data.subarray(0, allocation) };
}

function length32(block: Uint8Array, offset: number): number {
  return new DataView(block.buffer, block.byteOffset, block.length).getUint32(offset);
}
