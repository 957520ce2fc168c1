/** The simulated part, for the contract. */

import { MySensorModel } from "../src/model.ts";

/** A part in a room of `temperature` °C. */
export function specimen(temperature: number) {
  const make = (clock: { now(): number }) => new MySensorModel(temperature, clock);
  return { make, reading: { temperature } };
}
