import type { Board, BoardFile } from "@busbar/host";
import type { ListedDevice } from "./listed-device.ts";

/** The longest serial number that a board file takes. */
const longestSerialNumber = 126;

/**
 * The entries that an operator can add to a board's "devices", by names that are free: one for each function that an
 * installed driver is for. Of several drivers for one interface, the most specific is meant. What the board has an entry
 * for is left out.
 */
export function suggestEntries(
  devices: readonly ListedDevice[],
  board: Board | undefined,
): BoardFile["devices"] {
  const entries: BoardFile["devices"] = {};
  for (const device of devices) {
    const taken = new Set(
      device.board?.flatMap(({ interfaces, refused }) => [
        ...interfaces,
        ...refused.map((each) => each.interface),
      ]),
    );
    for (const { package: driver, interfaces } of device.drivers) {
      if (interfaces.some((number) => taken.has(number))) continue;
      for (const number of interfaces) taken.add(number);
      const name = freeName(driver, [
        ...Object.keys({ ...board?.bridges, ...board?.devices }),
        ...Object.keys(entries),
      ]);
      entries[name] = { driver, usb: { ...identify(device, devices), interfaces: [...interfaces] } };
    }
  }
  return entries;
}

/** What tells a device: its ids and serial number; of several that say the same, also where each is plugged in. */
function identify(
  device: ListedDevice,
  devices: readonly ListedDevice[],
): { vendorId: string; productId: string; serialNumber?: string; port?: string } {
  const { vendorId, productId, serialNumber, port } = device;
  const twins = devices.filter(
    (each) =>
      each.vendorId === vendorId && each.productId === productId && each.serialNumber === serialNumber,
  );
  const says = serialNumber !== null && serialNumber !== "" && serialNumber.length <= longestSerialNumber;
  return {
    vendorId,
    productId,
    ...(says && { serialNumber }),
    ...(twins.length > 1 && port !== null && { port }),
  };
}

/** "@busbar/cdc-acm" becomes "cdc-acm", or "cdc-acm-2". */
function freeName(driver: string, taken: readonly string[]): string {
  const base = driver
    .replace(/^.*\//, "")
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, "-")
    .slice(0, 60);
  const name = /^[a-z]/.test(base) ? base : "device";
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${name}-${number}`;
    if (!taken.includes(candidate)) return candidate;
  }
}
