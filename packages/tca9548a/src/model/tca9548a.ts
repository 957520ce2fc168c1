import type { I2cDirection, I2cTarget, SimulatedBusOfModel } from "@busbar/model";

/** What to make a multiplexer of. */
export interface Tca9548aOptions {
  /** What is behind each of its buses, from the first on; undefined where nothing is. */
  readonly buses: readonly (SimulatedBusOfModel | undefined)[];
}

/** TI TCA9548A and TCA9546A as their wires show them: SCPS207F sections 8.5.3 and 8.5.4. */
export class Tca9548a implements I2cTarget {
  readonly #buses: readonly (SimulatedBusOfModel | undefined)[];
  #control = 0;
  /** What was written since the start: it counts at the stop, the last byte of it. */
  #written: number | undefined;

  constructor({ buses }: Tca9548aOptions) {
    this.#buses = buses;
  }

  start(_direction: I2cDirection, _repeated: boolean): boolean {
    return true;
  }

  write(byte: number): boolean {
    this.#written = byte;
    return true;
  }

  /** "This register can be written and read": each byte that is read is the register. */
  read(): number {
    return this.#control;
  }

  stop(): void {
    if (this.#written === undefined) return;
    // An TCA9546A has four bits; the others are of no bus and read 0 (SCPS205B section 8.6.2).
    this.#control = this.#written & ((1 << this.#buses.length) - 1);
    this.#written = undefined;
  }

  connected(): readonly SimulatedBusOfModel[] {
    return this.#buses.filter(
      (bus, number) => bus !== undefined && (this.#control & (1 << number)) !== 0,
    ) as SimulatedBusOfModel[];
  }
}
