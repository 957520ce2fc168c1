import type { SpiClocking, SpiTarget, SpiWires } from "@busbar/model";
import type { ActiveSpiFault } from "./faults.ts";

/** What is received where nobody drives the line. */
const IDLE = 0xff;

/** What wires need of their bus. */
interface WiredBus {
  /** What is on a chip select line, and the fault that strikes the transaction that begins there. */
  begin(chipSelect: number): { target: SpiTarget | undefined; fault: ActiveSpiFault | undefined };
}

/**
 * The wires of a simulated SPI bus, byte by byte. SPI has no acknowledge: of a fault that a controller would report, the wires show that
 * nobody drives the line.
 */
export class SimulatedSpiWires implements SpiWires {
  readonly #bus: WiredBus;
  #target: SpiTarget | undefined;
  #fault: ActiveSpiFault | undefined;
  #isSelected = false;

  /** For the bus only; use `SimulatedSpiBus.wires`. */
  constructor(bus: WiredBus) {
    this.#bus = bus;
  }

  select(chipSelect: number, clocking: SpiClocking): void {
    this.release();
    const { target, fault } = this.#bus.begin(chipSelect);
    this.#fault = fault;
    this.#isSelected = true;
    if (fault?.error === "chip-select-fault") return;
    this.#target = target;
    target?.select(clocking);
  }

  transfer(byte: number): number {
    if (this.#fault?.error !== undefined) return IDLE;
    const received = this.#target?.transfer(byte) ?? IDLE;
    return this.#fault?.kind === "garbage" ? this.#fault.garbage() : received;
  }

  release(): void {
    if (!this.#isSelected) return;
    this.#isSelected = false;
    this.#target?.release();
    this.#target = undefined;
    this.#fault = undefined;
  }
}
