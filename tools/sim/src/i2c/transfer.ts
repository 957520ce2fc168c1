import { I2cError, type I2cErrorCode } from "@busbar/host/i2c";
import { hexByte, type I2cDirection, type I2cTarget } from "@busbar/model";
import { type ActiveFault, isAtAddress } from "./faults.ts";

/**
 * One transaction, driven message by message: a start before the first, a repeated start before each other, and `stop`
 * at the end. A message that fails ends the transaction; `stop` is then legal and does nothing.
 */
export class SimulatedTransfer {
  readonly #targetAt: (address: number) => I2cTarget | undefined;
  readonly #nextFault: (address: number) => ActiveFault | undefined;
  #fault: ActiveFault | undefined;
  #target: I2cTarget | undefined;
  #begun = false;
  /** Since the last start. */
  #bytes = 0;
  #open = true;

  /**
   * For the bus only; use `SimulatedI2cBus.begin`.
   *
   * @param nextFault asked once, with the address of the first message
   */
  constructor(
    targetAt: (address: number) => I2cTarget | undefined,
    nextFault: (address: number) => ActiveFault | undefined,
  ) {
    this.#targetAt = targetAt;
    this.#nextFault = nextFault;
  }

  /** Whether this transaction still occupies the bus. */
  get open(): boolean {
    return this.#open;
  }

  /**
   * Sends a write message. No bytes at all is only the address, which tells whether something is there.
   *
   * @throws I2cError as `SimulatedI2cBus.transaction` does; the transaction is then over
   */
  write(address: number, data: Uint8Array): void {
    const target = this.#startMessage(address, "write");
    const accepted = this.#fault?.kind === "short" && data.length > 1 ? data.length >> 1 : data.length;
    for (let index = 0; index < data.length; index++) {
      if (index === accepted || !target.write(data[index]!)) {
        this.#fail(
          { tag: "no-acknowledge", val: "data" },
          `${hexByte(address)} did not acknowledge byte ${index + 1} of ${data.length}.`,
        );
      }
    }
  }

  /**
   * Sends a read message.
   *
   * @returns exactly `length` bytes
   * @throws I2cError as `SimulatedI2cBus.transaction` does; the transaction is then over
   */
  read(address: number, length: number): Uint8Array {
    const target = this.#startMessage(address, "read");
    const fault = this.#fault;
    const data = new Uint8Array(length);
    const driven = fault?.kind === "short" ? length >> 1 : length;
    for (let index = 0; index < driven; index++) data[index] = target.read();
    if (fault?.kind === "short") data.fill(0xff, driven);
    if (fault?.kind === "garbage") fillGarbage(data, fault);
    return data;
  }

  /** Ends the transaction and releases the bus. Stopping twice is legal. */
  stop(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#target?.stop();
  }

  /**
   * A start, or a repeated start, and the address, for a controller that goes on byte by byte.
   *
   * @throws I2cError where nothing acknowledges; the transaction is then over
   */
  start(address: number, direction: I2cDirection): void {
    this.#start(address, direction);
    this.#bytes = 0;
  }

  /** A byte after `start`. @throws I2cError where it is not acknowledged; the transaction is then over */
  writeByte(byte: number): void {
    this.#bytes += 1;
    const isCut = this.#fault?.error !== undefined || (this.#fault?.kind === "short" && this.#bytes > 1);
    if (isCut || !this.#target?.write(byte)) {
      this.#fail({ tag: "no-acknowledge", val: "data" }, `Byte ${this.#bytes} was not acknowledged.`);
    }
  }

  /** A byte after `start`; 0xFF where nobody pulls the line down. */
  readByte(): number {
    this.#bytes += 1;
    if (this.#fault?.kind === "garbage") return this.#fault.garbage();
    const isCut = this.#fault?.error !== undefined || (this.#fault?.kind === "short" && this.#bytes > 1);
    return isCut ? 0xff : (this.#target?.read() ?? 0xff);
  }

  #startMessage(address: number, direction: I2cDirection): I2cTarget {
    const target = this.#start(address, direction);
    if (this.#fault?.error) this.#failInjected(this.#fault.error);
    return target;
  }

  #start(address: number, direction: I2cDirection): I2cTarget {
    if (!this.#open) throw new I2cError({ tag: "other" }, "This transaction is over; begin another.");
    if (!this.#begun) {
      this.#begun = true;
      this.#fault = this.#nextFault(address);
      if (this.#fault?.error && isAtAddress(this.#fault)) this.#failInjected(this.#fault.error);
    }
    const target = this.#targetAt(address);
    const repeated = target !== undefined && target === this.#target;
    if (!repeated) this.#target?.stop();
    this.#target = target;
    if (!target?.start(direction, repeated)) {
      this.#fail({ tag: "no-acknowledge", val: "address" }, `Nothing acknowledges at ${hexByte(address)}.`);
    }
    return target;
  }

  #failInjected(code: I2cErrorCode): never {
    this.#fail(code, `An injected fault: ${this.#fault?.kind}.`);
  }

  #fail(code: I2cErrorCode, message: string): never {
    this.stop();
    throw new I2cError(code, message);
  }
}

function fillGarbage(data: Uint8Array, fault: ActiveFault): void {
  for (let index = 0; index < data.length; index++) data[index] = fault.garbage();
}
