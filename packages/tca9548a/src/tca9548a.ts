/**
 * TI TCA9548A and TCA9546A: an I2C switch with eight or four buses behind it.
 *
 * Data sheets: "TCA9548A Low-Voltage 8-Channel I2C Switch With Reset", SCPS207F, 2016; "TCA9546A Low Voltage 4-Channel I2C and SMBus
 * Switch with Reset Function", SCPS205B, 2019.
 */

import {
  completeOptions,
  type Delay,
  DriverError,
  hex,
  type I2cControllerDriver,
  type I2cOperation,
  type I2cTarget,
  type OptionsOf,
  oneOf,
} from "@busbar/guest";

/** The options, their defaults, and the settings of a board file. */
export const tca9548aOptions = {
  /** Which of the two: they have no id. */
  part: oneOf(["TCA9548A", "TCA9546A"], "TCA9548A"),
  /**
   * What is connected between transactions: "none", so that nothing behind it is seen by others on the bus; or the bus that was used
   * "last", which saves one or two transactions each time that the same is used again.
   */
  idle: oneOf(["none", "last"], "none"),
};

/** What can be set; see `tca9548aOptions`. */
export type TCA9548AOptions = OptionsOf<typeof tca9548aOptions>;

/** Buses behind each part. */
const BUSES = { TCA9548A: 8, TCA9546A: 4 } as const;

/** The control register with no bus connected, as after power on (SCPS207F table 2). */
const NONE = 0x00;

/** The driver of one TCA9548A or TCA9546A. */
export class TCA9548A implements I2cControllerDriver {
  readonly info: { readonly vendor: string; readonly model: string };
  readonly i2cBuses: number;

  readonly #target: I2cTarget;
  readonly #isLeftConnected: boolean;
  /** What the control register has; undefined where a write to it failed. */
  #control: number | undefined;

  /**
   * Connects no bus, and reads that back.
   *
   * @throws DriverError `invalid-argument` before anything is sent; `wrong-device` and `bus` from the part
   */
  constructor(target: I2cTarget, _delay: Delay, given: Partial<TCA9548AOptions> = {}) {
    const { part, idle } = completeOptions(tca9548aOptions, given);
    this.info = { vendor: "Texas Instruments", model: part };
    this.i2cBuses = BUSES[part];
    this.#target = target;
    this.#isLeftConnected = idle === "last";
    this.#choose(NONE);
    const [control] = target.read(1);
    if (control !== NONE) {
      throw DriverError.wrongDevice(
        `What is at ${hex(target.address)} is no ${part}: its control register is ${hex(control!)} after 0x00 was written; check the address.`,
      );
    }
  }

  i2cTransaction(bus: number, address: number, operations: readonly I2cOperation[]): Uint8Array[] {
    if (address === this.#target.address) {
      // It answers on every bus that it connects: what is there would be answered by both.
      throw DriverError.unsupported(
        `${hex(address)} is the multiplexer's own address; give one of the two another.`,
      );
    }
    this.#choose(1 << bus);
    try {
      return this.#target.at(address).transaction(operations);
    } finally {
      if (!this.#isLeftConnected) this.#disconnect();
    }
  }

  close(): void {
    this.#disconnect();
  }

  /** SCPS207F section 8.5.4: one byte, a bit for each bus; it takes effect at the stop. */
  #choose(control: number): void {
    if (this.#control === control) return;
    this.#control = undefined;
    try {
      this.#target.write(Uint8Array.of(control));
    } catch (error) {
      if (!(error instanceof DriverError) || error.payload.tag !== "bus") throw error;
      // That the multiplexer does not answer says nothing of what is behind it.
      const kind = error.payload.val.kind;
      throw DriverError.bus(
        "other",
        `choosing a bus of the multiplexer at ${hex(this.#target.address)} (${kind})`,
        {
          cause: error,
        },
      );
    }
    this.#control = control;
  }

  /** What was done is done: where this fails, the next transaction chooses anew. */
  #disconnect(): void {
    try {
      this.#choose(NONE);
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
    }
  }
}
