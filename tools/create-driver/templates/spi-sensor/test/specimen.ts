/** The simulated part, for the contract. */

import { RegistersOverSpi } from "@busbar/model";
import { MySpiSensorModel } from "../src/model.ts";

/** A part in a room of `temperature` °C. */
export function specimen(temperature: number) {
  const make = (clock: { now(): number }) => {
    const registers = new MySpiSensorModel(temperature, clock);
    return new RegistersOverSpi(registers);
  };
  return { make, reading: { temperature } };
}
