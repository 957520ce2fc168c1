/**
 * A simulated MySpiSensor, for `board.json` and for the tests. FILL IN: what the data sheet says that the part does, with
 * arithmetic other than the driver's, because this judges the driver.
 */

import {
  defineSpiModel,
  type MovingValue,
  movingValue,
  RegisterFile,
  RegistersOverSpi,
  valueAt,
} from "@busbar/model";
import * as v from "valibot";

/** What a board file's "simulate" entry can say. */
const parameters = v.strictObject({ temperature: v.optional(movingValue(-40, 125), 21.5) });

/** The registers of the part, just powered: asleep. */
export class MySpiSensorModel extends RegisterFile {
  readonly #temperature: MovingValue;
  readonly #clock: { now(): number };
  readonly #poweredMs: number;

  /** @param temperature °C around the part; @param clock milliseconds */
  constructor(temperature: MovingValue, clock: { now(): number }) {
    super();
    this.#temperature = temperature;
    this.#clock = clock;
    this.#poweredMs = clock.now();
    this.registers[0x0f] = 0x5a;
  }

  /** It is selected: a burst reads both bytes of one result. Asleep, the last result stays. */
  protected override started(): boolean {
    if (this.registers[0x20]! >= 0x80) {
      const celsius = valueAt(this.#temperature, this.#clock.now() - this.#poweredMs);
      new DataView(this.registers.buffer).setInt16(0x28, Math.round(celsius * 128));
    }
    return true;
  }

  /** Only the control register can be written; the part ignores everything else. */
  protected override writeRegister(register: number, value: number): boolean {
    return register !== 0x20 || super.writeRegister(register, value);
  }
}

/** The model that `board.json` names. */
export default defineSpiModel(parameters, ({ temperature }, clock) => {
  return new RegistersOverSpi(new MySpiSensorModel(temperature, clock));
});
