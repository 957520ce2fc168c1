import type { WiredEntry } from "../module.ts";
import type { UsbGrant } from "./grant.ts";
import { classesOf } from "./judge.ts";

/**
 * Whether two entries of a board certainly mean an interface of one device both, before any device is looked at: both name
 * the same port, or the same serial number, nothing of them contradicts the other, and what they name of its interfaces
 * overlaps.
 */
export function shareInterfaces(left: UsbGrant, right: UsbGrant): boolean {
  const criteria = ["vendorId", "productId", "serialNumber", "port"] as const;
  const contradict = criteria.some(
    (each) => left[each] !== undefined && right[each] !== undefined && left[each] !== right[each],
  );
  if (contradict || !meanOne(left, right)) return false;
  if (left.interfaces !== undefined && right.interfaces !== undefined) {
    return left.interfaces.some((number) => right.interfaces!.includes(number));
  }
  if (left.interfaces !== undefined || right.interfaces !== undefined) return false;
  return classesOf(left.class).some((each) => classesOf(right.class).includes(each));
}

/** A serial number is one device's among those of its maker. */
function meanOne(left: UsbGrant, right: UsbGrant): boolean {
  if (left.port !== undefined && left.port === right.port) return true;
  return (
    left.serialNumber !== undefined &&
    left.serialNumber === right.serialNumber &&
    left.vendorId !== undefined &&
    left.vendorId === right.vendorId
  );
}

/**
 * Two drivers on one interface would each get half of what the device says. Seen here where both entries can only mean
 * one device: by its port or by its serial number. Otherwise the hub finds out when the device is plugged in.
 *
 * @returns what is wrong, as `BusModule.refuse` has it
 */
export function refuseSharedInterfaces(wired: readonly WiredEntry<UsbGrant>[]): string | undefined {
  for (const [index, { place, grant }] of wired.entries()) {
    const other = wired.slice(0, index).find((each) => shareInterfaces(each.grant, grant));
    if (other !== undefined) {
      return (
        `"${other.place}" and "${place}" are both wired to the same interfaces of one USB device; ` +
        "remove one of them, or give each its own interfaces"
      );
    }
  }
  return undefined;
}
