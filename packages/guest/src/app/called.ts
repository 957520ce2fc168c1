import { deviceFault } from "../errors.ts";

/** Calls a device; its WIT error becomes a DriverError. */
export function called<Result>(call: () => Result): Result {
  try {
    return call();
  } catch (error) {
    throw deviceFault(error);
  }
}
