import type { DeviceEntry } from "../board/schema.ts";
import type { ComponentInterface } from "../component/binary.ts";
import { parseInterfaceName, serves } from "../component/interface-name.ts";
import { HostError } from "../error.ts";
import type { InstanceContext } from "../instance/context.ts";
import { type DeviceKind, deviceInterfaces, type Offer, offers } from "./offers.ts";

/** A component that passed the check: what it may import, and what kind of device it drives. */
export interface Link {
  readonly offers: readonly Offer[];
  readonly kind: DeviceKind;
  /** The name of the exported device interface, as the component spells it. */
  readonly exportName: string;
}

/**
 * Checks a driver's imports against its entry of the board, and that it exports a device interface. Nothing of the
 * component runs.
 *
 * @param device the device's name in the board file
 * @param label how messages name the component
 * @throws HostError with code "not-granted": the component, the import and the line to add; or "component" when it
 *   drives no device
 */
export function link(device: string, entry: DeviceEntry, label: string, component: ComponentInterface): Link {
  const granted = component.imports.map((item) => grantedOffer(device, entry, label, item.name));
  for (const item of component.exports) {
    const { path, version } = parseInterfaceName(item.name);
    for (const [kind, offered] of Object.entries(deviceInterfaces)) {
      if (path === offered.path && serves(offered.version, version)) {
        return { offers: granted, kind: kind as DeviceKind, exportName: item.name };
      }
    }
  }
  const exported = component.exports.map((item) => item.name).join(", ") || "nothing";
  throw new HostError(
    "component",
    `${device}: ${label} is no device driver: it exports ${exported}, but none of ${known()}.`,
  );
}

/** The implementations for one instance, by the unversioned names under which jco looks them up. */
export function implementations(link: Link, context: InstanceContext): Record<string, object> {
  const imports: Record<string, object> = {};
  for (const offer of link.offers) {
    if (offer.implement !== undefined) imports[offer.path] = offer.implement(context);
  }
  return imports;
}

function grantedOffer(device: string, entry: DeviceEntry, label: string, imported: string): Offer {
  const { path, version } = parseInterfaceName(imported);
  const samePath = offers.filter((offer) => offer.path === path);
  const offer = samePath.find((candidate) => serves(candidate.version, version));
  if (offer === undefined) {
    const why =
      samePath.length === 0
        ? "which no line of a board file can grant; use another driver"
        : `but this host has version ${samePath.map((other) => other.version).join(", ")}; build the driver for that`;
    throw new HostError("not-granted", `${device}: ${label} imports ${imported}, ${why}.`);
  }
  if (!offer.granted(entry)) {
    throw new HostError(
      "not-granted",
      `${device}: ${label} imports ${imported}, which the board does not grant; ` +
        `add ${offer.grantLine} to "devices.${device}".`,
    );
  }
  return offer;
}

function known(): string {
  return Object.values(deviceInterfaces)
    .map(({ path, version }) => `${path}@${version}`)
    .join(", ");
}
