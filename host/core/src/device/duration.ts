import { DeviceError } from "./error.ts";

/**
 * Refuses a time that is none, with which a wait would begin again without end.
 *
 * @param what "timeout"
 * @throws DeviceError `invalid-argument`
 */
export function requireDuration(device: string, what: string, ms: number): void {
  if (ms >= 0) return;
  const val = `the ${what} is ${ms} ms, but must be 0 or more; Infinity waits without end`;
  throw new DeviceError(device, { tag: "invalid-argument", val });
}
