import { type I2cBus, I2cError, type I2cOperation } from "@busbar/host/backend";

/** A transaction that is driven message by message: a start before the first, a repeated start before each other. */
export interface I2cTransfer {
  /** A write message; no bytes at all is the address alone. */
  write(address: number, data: Uint8Array): void;
  /** A read message. */
  read(address: number, length: number): Uint8Array;
  /** The stop. Stopping twice is legal, and so is stopping after a message that failed. */
  stop(): void;
}

/** A bus that can be driven message by message, as the simulated one can. */
export interface SteppedI2cBus {
  /** @throws I2cError `arbitration-loss` while another transaction occupies the bus */
  begin(): I2cTransfer;
}

/** How an adapter that gets one message at a time puts them onto a bus. */
export interface I2cMessages {
  /** Whether a message of no bytes can be sent, which tells if something acknowledges the address. */
  readonly addressOnly: boolean;

  /**
   * Sends one message of a transaction.
   *
   * @param last whether a stop follows it
   * @returns the bytes read; empty for a write
   * @throws I2cError; the transaction is then over
   */
  send(address: number, operation: I2cOperation, last: boolean): Uint8Array;

  /** Forgets a transaction that was never finished. */
  abandon(): void;
}

/** Each message goes onto the bus at once, where the bus can do that; otherwise all of them together at the end. */
export function i2cMessages(bus: I2cBus | SteppedI2cBus): I2cMessages {
  return "begin" in bus ? new SteppedMessages(bus) : new CollectedMessages(bus);
}

const NOTHING: Uint8Array = new Uint8Array();

class SteppedMessages implements I2cMessages {
  readonly addressOnly = true;
  readonly #bus: SteppedI2cBus;
  #transfer: I2cTransfer | undefined;

  constructor(bus: SteppedI2cBus) {
    this.#bus = bus;
  }

  send(address: number, operation: I2cOperation, last: boolean): Uint8Array {
    this.#transfer ??= this.#bus.begin();
    let data = NOTHING;
    try {
      if (operation.kind === "read") data = this.#transfer.read(address, operation.length);
      else this.#transfer.write(address, operation.data);
    } catch (error) {
      this.abandon();
      throw error;
    }
    if (last) this.abandon();
    return data;
  }

  abandon(): void {
    this.#transfer?.stop();
    this.#transfer = undefined;
  }
}

/**
 * Collects messages and runs them as one `transaction` at the last one. Whether a write is acknowledged comes out only
 * then; and a read is possible only as the last message, because its bytes are wanted before the next one is known.
 */
class CollectedMessages implements I2cMessages {
  readonly addressOnly = false;
  readonly #bus: I2cBus;
  #address = 0;
  #operations: I2cOperation[] = [];

  constructor(bus: I2cBus) {
    this.#bus = bus;
  }

  send(address: number, operation: I2cOperation, last: boolean): Uint8Array {
    const empty = operation.kind === "read" ? operation.length === 0 : operation.data.length === 0;
    const elsewhere = this.#operations.length > 0 && address !== this.#address;
    if (empty || elsewhere || (operation.kind === "read" && !last)) {
      this.abandon();
      throw new I2cError(
        { tag: "other" },
        "This bus runs whole transactions only: writes to one address, then at most one read as the last message.",
      );
    }
    this.#address = address;
    this.#operations.push(operation);
    if (!last) return NOTHING;
    const operations = this.#operations;
    this.abandon();
    return this.#bus.transaction(address, operations)[0] ?? NOTHING;
  }

  abandon(): void {
    this.#operations = [];
  }
}
