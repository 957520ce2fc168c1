import type { WiredEntry } from "../module.ts";
import type { UsbGrant } from "./grant.ts";

/**
 * Deny by default: an entry that could mean any device, or any of its interfaces, means none.
 *
 * @returns what is wrong, as `BusModule.refuse` has it
 */
export function refuseVague(wired: readonly WiredEntry<UsbGrant>[]): string | undefined {
  for (const { place, grant } of wired) {
    const missing = missingIn(grant);
    if (missing !== undefined) return `"${place}.usb" ${missing}`;
  }
  return undefined;
}

function missingIn(grant: UsbGrant): string | undefined {
  const { vendorId, productId, class: deviceClass, serialNumber, port, interfaces } = grant;
  if ([vendorId, deviceClass, serialNumber, port].every((criterion) => criterion === undefined)) {
    return 'could mean any device; add "vendorId", "class", "serialNumber" or "port"';
  }
  if (productId !== undefined && vendorId === undefined) {
    return 'has a "productId", which means something only together with a "vendorId"; add that';
  }
  if (interfaces === undefined && deviceClass === undefined) {
    return 'does not say what the driver may use; add "interfaces": [0], or the "class" of its interfaces';
  }
  return undefined;
}
