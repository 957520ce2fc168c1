import type { I2cWires, ModelClock } from "@busbar/model";

/** A transfer that a command asks for. */
export interface Transfer {
  readonly direction: "read" | "write";
  /** 7 bits, right-aligned. */
  readonly address: number;
  readonly length: number;
  /** Whether it keeps the bus at its end. */
  readonly keeps: boolean;
}

/** States, as chips show them in byte 8 of their status. */
const IDLE = 0x00;
const ADDRESS_NOT_ACKNOWLEDGED = 0x25;
const WRITING_WANTS_DATA = 0x43;
const DATA_NOT_ACKNOWLEDGED = 0x44;
const KEEPS_BUS = 0x45;
const READING = 0x50;
const READ_PARTLY = 0x54;
const READ_COMPLETELY = 0x55;

/** Bytes of data that one report carries. */
const REPORT_DATA = 60;

/** The I2C engine in the chip: a transfer takes the time of its bits, and the chip can be asked meanwhile how it goes. */
export class I2cEngine {
  readonly #wires: I2cWires;
  readonly #clock: ModelClock;
  /** The system clock of 12 MHz divided by this and 3 more is the bus's: DS20005565B table 3-1. */
  divider = 117;
  #transfer: Transfer | undefined;
  #written: number[] = [];
  #read: Uint8Array = new Uint8Array();
  #fetched = 0;
  #state = IDLE;
  #readyMs = 0;
  #notAcknowledged = false;
  #transferred = 0;

  constructor(wires: I2cWires, clock: ModelClock) {
    this.#wires = wires;
    this.#clock = clock;
  }

  /** What byte 8 of the status has. */
  get state(): number {
    if (this.#clock.now() >= this.#readyMs) return this.#state;
    return this.#transfer?.direction === "read" ? READING : WRITING_WANTS_DATA;
  }

  /** Byte 20, bit 6. */
  get isNotAcknowledged(): boolean {
    return this.#clock.now() >= this.#readyMs && this.#notAcknowledged;
  }

  /** How many bytes the transfer has, and how many of them were on the bus: bytes 9 to 12. */
  get counts(): readonly [asked: number, transferred: number] {
    return [this.#transfer?.length ?? 0, this.#transferred];
  }

  /**
   * A command with data, or one that begins a read.
   *
   * @returns whether the engine takes it; it does not while it is busy, and after a failure until that is cancelled
   */
  command(transfer: Transfer, data: Uint8Array): boolean {
    const isMore = this.#state === WRITING_WANTS_DATA && transfer.direction === "write";
    const isFree = [IDLE, KEEPS_BUS].includes(this.#state) && this.#clock.now() >= this.#readyMs;
    if (!isMore && !isFree) return false;
    if (!isMore) {
      this.#transfer = transfer;
      this.#written = [];
      this.#transferred = 0;
      this.#notAcknowledged = false;
    }
    if (transfer.direction === "read") this.#runRead(transfer);
    else {
      this.#written.push(...data.subarray(0, transfer.length - this.#written.length));
      this.#state = WRITING_WANTS_DATA;
      if (this.#written.length === transfer.length) this.#runWrite(transfer);
    }
    return true;
  }

  /** Get I2C Data: the next bytes of a read; undefined where there are none. */
  fetch(): { readonly state: number; readonly data: Uint8Array } | undefined {
    const isRead = this.#state === READ_COMPLETELY || this.#state === READ_PARTLY;
    if (this.#clock.now() < this.#readyMs || !isRead) return undefined;
    const data = this.#read.subarray(this.#fetched, this.#fetched + REPORT_DATA);
    this.#fetched += data.length;
    const state = this.#fetched === this.#read.length ? READ_COMPLETELY : READ_PARTLY;
    this.#state = state === READ_COMPLETELY ? IDLE : READ_PARTLY;
    return { state, data };
  }

  /** Cancels what is under way. @returns whether anything was */
  cancel(): boolean {
    const was = this.#state !== IDLE;
    this.#wires.stop();
    this.#state = IDLE;
    this.#readyMs = 0;
    this.#notAcknowledged = false;
    return was;
  }

  #runWrite({ address, keeps }: Transfer): void {
    if (!this.#start(address, "write")) return;
    for (const byte of this.#written) {
      if (!this.#wires.write(byte)) {
        this.#fail(DATA_NOT_ACKNOWLEDGED);
        return;
      }
      this.#transferred += 1;
    }
    if (!keeps) this.#wires.stop();
    this.#state = keeps ? KEEPS_BUS : IDLE;
    this.#takes(this.#written.length);
  }

  #runRead({ address, length }: Transfer): void {
    this.#fetched = 0;
    this.#read = new Uint8Array(length);
    if (!this.#start(address, "read")) return;
    for (let index = 0; index < length; index += 1) this.#read[index] = this.#wires.read();
    this.#wires.stop();
    this.#transferred = length;
    this.#state = READ_COMPLETELY;
    this.#takes(length);
  }

  #start(address: number, direction: "read" | "write"): boolean {
    if (this.#wires.start(address, direction)) return true;
    this.#fail(ADDRESS_NOT_ACKNOWLEDGED);
    return false;
  }

  #fail(state: number): void {
    this.#wires.stop();
    this.#state = state;
    this.#notAcknowledged = true;
    this.#takes(this.#transferred);
  }

  /** Nine bits for the address and for each byte. */
  #takes(bytes: number): void {
    this.#readyMs = this.#clock.now() + ((bytes + 1) * 9 * (this.divider + 3)) / 12_000;
  }
}
