import type { UartPort } from "./backend.ts";
import { UartError } from "./error.ts";

function fail(): never {
  throw new UartError("other", "this is a trial without a port");
}

/** A port with which nothing can be done: what a driver has that is only tried with new settings. */
export const trialPort: UartPort = {
  read: async () => fail(),
  write: async () => fail(),
  drain: async () => fail(),
  discard: fail,
  setBaudRate: fail,
  close() {},
};
