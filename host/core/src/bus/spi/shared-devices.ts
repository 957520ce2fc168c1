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
  for (const { place, grant } of wired) {
    const device = describeSpiPlace(grant);
    const owner = owners.get(device);
    if (owner !== undefined) {
      return `"${owner}" and "${place}" are both wired to ${device}; remove one of them`;
    }
    owners.set(device, place);
  }
  return undefined;
}
