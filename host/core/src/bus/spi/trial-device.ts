import type { SpiDevice } from "./backend.ts";
import { SpiError } from "./error.ts";

/** A device with which nothing can be done: what a driver has that is only tried with new settings. */
export const trialDevice: SpiDevice = {
  transaction() {
    throw new SpiError("other", "this is a trial without a bus");
  },
  close() {},
};
