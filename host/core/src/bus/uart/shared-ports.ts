import type { WiredEntry } from "../module.ts";
import type { UartGrant } from "./grant.ts";

/**
 * Two drivers on one port would each take what the other waits for.
 *
 * @returns what is wrong, as `BusModule.refuse` has it
 */
export function refuseSharedPorts(wired: readonly WiredEntry<UartGrant>[]): string | undefined {
  const owners = new Map<string, string>();
  for (const { place, grant } of wired) {
    const owner = owners.get(grant.port);
    if (owner !== undefined) {
      const port = JSON.stringify(grant.port);
      return `"${owner}" and "${place}" are both wired to the serial port ${port}; remove one of them`;
    }
    owners.set(grant.port, place);
  }
  return undefined;
}
