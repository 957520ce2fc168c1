/** The simulated part, for the contract. */

import { MyDisplayModel } from "../src/model.ts";

/** A display, just powered. */
export function specimen(clock: { now(): number }) {
  return new MyDisplayModel(clock);
}
