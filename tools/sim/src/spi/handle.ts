import { type SpiDevice, SpiError, type SpiOperation, type SpiWiring } from "@busbar/host/spi";
import type { SimulatedSpiBus } from "./bus.ts";

/** One user's hold on a device of a simulated bus. Closing it closes nothing else. */
export class SimulatedSpiHandle implements SpiDevice {
  readonly #bus: SimulatedSpiBus;
  readonly #wiring: SpiWiring;
  #isClosed = false;

  /** For the bus only; use `SimulatedSpiBus.open`. */
  constructor(bus: SimulatedSpiBus, wiring: SpiWiring) {
    this.#bus = bus;
    this.#wiring = wiring;
  }

  /**
   * As `SimulatedSpiBus.transaction`.
   *
   * @throws SpiError `other` when this handle is closed, too
   */
  transaction(operations: readonly SpiOperation[]): Uint8Array[] {
    if (this.#isClosed) throw new SpiError("other", "This handle of the simulated bus is closed.");
    return this.#bus.transaction(this.#wiring, operations);
  }

  close(): void {
    this.#isClosed = true;
  }
}
