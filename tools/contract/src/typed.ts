import type { DeviceError } from "@busbar/host";

/** @throws the error, where it is none that a caller of a device can act on */
export function requireTyped(error: unknown): undefined {
  if (typeof (error as Partial<DeviceError>).code === "string") return undefined;
  throw error;
}
