import { I2cError } from "@busbar/host/i2c";
import type { I2cDirection, I2cWires } from "@busbar/model";
import type { SimulatedTransfer } from "./transfer.ts";

/** What wires need of their bus. */
interface WiredBus {
  begin(): SimulatedTransfer;
}

/**
 * The wires of a simulated bus, byte by byte. A controller sees of any fault what is on the wires: a byte that nobody acknowledges, or
 * ones where nobody pulls them down.
 */
export class SimulatedWires implements I2cWires {
  readonly #bus: WiredBus;
  #transfer: SimulatedTransfer | undefined;

  /** For the bus only; use `SimulatedI2cBus.wires`. */
  constructor(bus: WiredBus) {
    this.#bus = bus;
  }

  start(address: number, direction: I2cDirection): boolean {
    return this.#acknowledges(() => {
      if (!this.#transfer?.open) this.#transfer = this.#bus.begin();
      this.#transfer.start(address, direction);
    });
  }

  write(byte: number): boolean {
    // Whoever refused a byte, or the address, takes none before the next start.
    if (this.#transfer?.open !== true) return false;
    return this.#acknowledges(() => this.#transfer?.writeByte(byte));
  }

  read(): number {
    return this.#transfer?.open === true ? this.#transfer.readByte() : 0xff;
  }

  stop(): void {
    this.#transfer?.stop();
    this.#transfer = undefined;
  }

  #acknowledges(run: () => void): boolean {
    try {
      run();
      return this.#transfer?.open === true;
    } catch (error) {
      if (!(error instanceof I2cError)) throw error;
      return false;
    }
  }
}
