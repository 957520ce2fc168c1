import type { I2cWires, ModelClock } from "@busbar/model";

/** A transfer that a report asks for. */
export interface Transfer {
  /** 7 bits, right-aligned. */
  readonly address: number;
  /** What is written first; nothing where it only reads. */
  readonly written: Uint8Array;
  /** How many bytes are read then; 0 where it only writes. */
  readonly readLength: number;
}

/** What the status says: AN495 section 5.7. */
export interface EngineStatus {
  readonly status0: number;
  readonly status1: number;
  readonly retries: number;
  readonly length: number;
}

/** Status 0. */
const IDLE = 0x00;
const BUSY = 0x01;
const COMPLETE = 0x02;
const FAILED = 0x03;

/** Status 1 of one that is complete. */
const NOT_ACKNOWLEDGED = 0x00;
const WRITE_INCOMPLETE = 0x04;
const SUCCESS = 0x05;

/** Status 1 of one that is busy: the address was acknowledged, or not yet; data is read or written. */
const BUSY_NOT_ACKNOWLEDGED = 0x01;
const BUSY_READING = 0x02;
const BUSY_WRITING = 0x03;

/** The SMBus configuration as from the factory: AN495 section 4.6. */
const factory = Uint8Array.of(0x06, 0x00, 0x01, 0x86, 0xa0, 0x02, 0, 0, 0, 0, 0, 0, 0, 0);

const idle: EngineStatus = { status0: IDLE, status1: 0, retries: 0, length: 0 };

/** The SMBus engine in the chip: a transfer takes the time of its bits, and an address that nobody acknowledges is asked again. */
export class SmbusEngine {
  readonly #wires: I2cWires;
  readonly #clock: ModelClock;
  /** Report 0x06. */
  #configuration: Uint8Array = factory.slice();
  #result: EngineStatus = idle;
  #busy: EngineStatus = idle;
  #readyMs = 0;
  #data: Uint8Array = new Uint8Array();

  constructor(wires: I2cWires, clock: ModelClock) {
    this.#wires = wires;
    this.#clock = clock;
  }

  /** Report 0x06. */
  get configuration(): Uint8Array {
    return this.#configuration;
  }

  set configuration(report: Uint8Array) {
    if (report.length === factory.length) this.#configuration = report.slice();
  }

  /** Starts a transfer. One that comes while another is under way, and one of no bytes, is ignored. */
  begin(transfer: Transfer): void {
    const { written, readLength } = transfer;
    if (this.#clock.now() < this.#readyMs || written.length + readLength === 0) return;
    const retryLimit = this.#number(12, 2);
    const attempts = Math.max(1, retryLimit + 1);
    this.#data = new Uint8Array();
    let attempt = 0;
    do {
      this.#result = { ...this.#run(transfer), retries: attempt };
      attempt += 1;
    } while (attempt < attempts && this.#isNotAcknowledged());
    const bits = (written.length + readLength + 2) * 9 * attempt;
    const endless = retryLimit === 0 && this.#isNotAcknowledged();
    // 0: no limit, and then no timeout.
    const timeoutMs = this.#number(readLength > 0 ? 9 : 7, 2) || Number.POSITIVE_INFINITY;
    this.#readyMs = this.#clock.now() + (endless ? timeoutMs : (bits * 1000) / this.#number(1, 4));
    const busy = readLength > 0 ? BUSY_READING : BUSY_WRITING;
    this.#busy = { ...idle, status0: BUSY, status1: endless ? BUSY_NOT_ACKNOWLEDGED : busy };
  }

  /** How it goes. What is complete is told once. */
  status(): EngineStatus {
    if (this.#clock.now() < this.#readyMs) return this.#busy;
    const result = this.#result;
    this.#result = idle;
    return result;
  }

  /** The next bytes of what was read, at most `length`. */
  fetch(length: number): Uint8Array {
    const bytes = this.#data.slice(0, length);
    this.#data = this.#data.slice(bytes.length);
    return bytes;
  }

  /** Ends what is under way. */
  cancel(): void {
    this.#wires.stop();
    this.#result = idle;
    this.#readyMs = 0;
    this.#data = new Uint8Array();
  }

  #run({ address, written, readLength }: Transfer): EngineStatus {
    const failed = (status1: number, length: number): EngineStatus => {
      this.#wires.stop();
      return { status0: FAILED, status1, retries: 0, length };
    };
    if (written.length > 0) {
      if (!this.#wires.start(address, "write")) return failed(NOT_ACKNOWLEDGED, 0);
      for (const [index, byte] of written.entries()) {
        if (!this.#wires.write(byte)) return failed(WRITE_INCOMPLETE, index);
      }
    }
    if (readLength > 0) {
      if (!this.#wires.start(address, "read")) return failed(NOT_ACKNOWLEDGED, 0);
      this.#data = Uint8Array.from({ length: readLength }, () => this.#wires.read());
    }
    this.#wires.stop();
    return { status0: COMPLETE, status1: SUCCESS, retries: 0, length: readLength || written.length };
  }

  #isNotAcknowledged(): boolean {
    return this.#result.status0 === FAILED && this.#result.status1 === NOT_ACKNOWLEDGED;
  }

  #number(offset: number, bytes: 2 | 4): number {
    const view = new DataView(this.#configuration.buffer, this.#configuration.byteOffset);
    return bytes === 2 ? view.getUint16(offset) : view.getUint32(offset);
  }
}
