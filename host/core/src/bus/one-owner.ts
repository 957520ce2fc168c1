import type { WiredEntry } from "./module.ts";

/**
 * Refuses two entries that are wired to what only one can have: each driver would overwrite what the other configured, or take what the
 * other waits for.
 *
 * @param describe what an entry is wired to, in sentences; two that are described alike are one
 * @returns what is wrong, as `BusModule.refuse` has it
 */
export function refuseSecondOwner<Grant>(
  wired: readonly WiredEntry<Grant>[],
  describe: (grant: Grant) => string,
): string | undefined {
  const owners = new Map<string, string>();
  for (const { place, grant } of wired) {
    const what = describe(grant);
    const owner = owners.get(what);
    if (owner !== undefined) return `"${owner}" and "${place}" are both wired to ${what}; remove one of them`;
    owners.set(what, place);
  }
  return undefined;
}
