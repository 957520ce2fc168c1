import type { WiredEntry } from "../module.ts";
import { addressesOf } from "./addresses.ts";
import type { I2cGrant } from "./grant.ts";

/**
 * Two drivers on one target would each overwrite what the other configured.
 *
 * @returns what is wrong, as `BusModule.refuse` has it
 */
export function refuseSharedTargets(wired: readonly WiredEntry<I2cGrant>[]): string | undefined {
  const owners = new Map<string, string>();
  for (const { name, grant } of wired) {
    for (const address of addressesOf(grant)) {
      const target = `${grant.bus} at 0x${address.toString(16)}`;
      const owner = owners.get(target);
      if (owner !== undefined) {
        return `"devices.${owner}" and "devices.${name}" are both wired to bus ${target}; remove one of them`;
      }
      owners.set(target, name);
    }
  }
  return undefined;
}
