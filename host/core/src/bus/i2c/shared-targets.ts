import type { WiredEntry } from "../module.ts";
import { addressesOf, mainAddressOf } from "./addresses.ts";
import type { I2cGrant } from "./grant.ts";

/** An entry, and what it does at an address. */
interface User {
  readonly place: string;
  /** Whether it is a bridge that has others reach a target there through it. */
  readonly passesOn: boolean;
}

/**
 * Two drivers on one target would each overwrite what the other configured. Not so two multiplexers with the same address behind both:
 * each passes on what is for its own.
 *
 * @returns what is wrong, as `BusModule.refuse` has it
 */
export function refuseSharedTargets(wired: readonly WiredEntry<I2cGrant>[]): string | undefined {
  const users = new Map<string, User>();
  for (const { place, isBridge, grant } of wired) {
    for (const address of addressesOf(grant)) {
      const target = `${grant.bus} at 0x${address.toString(16)}`;
      const passesOn = isBridge && address !== mainAddressOf(grant);
      const other = users.get(target);
      if (other !== undefined && !(passesOn && other.passesOn)) {
        return `"${other.place}" and "${place}" are both wired to bus ${target}; remove one of them`;
      }
      users.set(target, { place, passesOn });
    }
  }
  return undefined;
}
