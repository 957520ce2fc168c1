import { type I2cBus, I2cError, type I2cOperation } from "@busbar/host/i2c";
import type { SimulatedI2cBus } from "./bus.ts";
import type { SimulatedTransfer } from "./transfer.ts";

/** One user's hold on a simulated bus. Closing it closes neither the bus nor another handle. */
export class SimulatedI2cHandle implements I2cBus {
  readonly #bus: SimulatedI2cBus;
  #transfer: SimulatedTransfer | undefined;
  #closed = false;

  /** For the bus only; use `SimulatedI2cBus.open`. */
  constructor(bus: SimulatedI2cBus) {
    this.#bus = bus;
  }

  /**
   * As `SimulatedI2cBus.transaction`.
   *
   * @throws I2cError `other` when this handle is closed, too
   */
  transaction(address: number, operations: readonly I2cOperation[]): Uint8Array[] {
    this.#requireOpen();
    return this.#bus.transaction(address, operations);
  }

  /**
   * As `SimulatedI2cBus.begin`.
   *
   * @throws I2cError `other` when this handle is closed, too
   */
  begin(): SimulatedTransfer {
    this.#requireOpen();
    this.#transfer = this.#bus.begin();
    return this.#transfer;
  }

  /** Closes this handle, and ends a transaction that was begun on it. Closing twice is legal. */
  close(): void {
    this.#closed = true;
    this.#transfer?.stop();
  }

  #requireOpen(): void {
    if (this.#closed) throw new I2cError({ tag: "other" }, "This handle of the simulated bus is closed.");
  }
}
