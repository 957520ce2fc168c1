/** What all device interfaces of an app share: each name goes to the driver instance that the board wires to it. */

import { DeviceError } from "../device/error.ts";
import { HostError } from "../error.ts";
import { audit } from "../instance/context.ts";
import { longestName } from "../interfaces/busbar-board.ts";
import { cut } from "../text.ts";
import type { AppContext } from "./context.ts";

/**
 * Opens a device that the app may use. What is wrong with the board or its bus is `not-found` for the app: it can do
 * nothing about it, but must be able to go on without.
 */
export async function opened<Device>(
  context: AppContext,
  name: string,
  open: () => Promise<Device>,
): Promise<Device> {
  context.budget.check();
  if (!context.uses.has(name)) {
    const asked = JSON.stringify(cut(name, longestName));
    const reason = `the app may not use ${asked}; add it to "apps.${context.app}.uses"`;
    audit({ ...context, device: context.app }, `open(${asked})`, "name", reason);
    throw new DeviceError(context.app, { tag: "access-denied", val: reason });
  }
  try {
    return await open();
  } catch (thrown) {
    if (!(thrown instanceof HostError)) throw thrown;
    throw new DeviceError(name, { tag: "not-found", val: thrown.message }, { cause: thrown });
  }
}
