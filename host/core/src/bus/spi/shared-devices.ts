import type { WiredEntry } from "../module.ts";
import type { SpiGrant } from "./grant.ts";
import { describeSpiPlace } from "./place.ts";

/**
 * Two drivers on one device would each overwrite what the other configured.
 *
 * @returns what is wrong, as `BusModule.refuse` has it
 */
export function refuseSharedDevices(wired: readonly WiredEntry<SpiGrant>[]): string | undefined {
  const owners = new Map<string, string>();
  for (const { name, grant } of wired) {
    const place = describeSpiPlace(grant);
    const owner = owners.get(place);
    if (owner !== undefined) {
      return `"devices.${owner}" and "devices.${name}" are both wired to ${place}; remove one of them`;
    }
    owners.set(place, name);
  }
  return undefined;
}
