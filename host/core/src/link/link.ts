import type { CommonEntry } from "../board/entry.ts";
import type { BusModules } from "../bus/module.ts";
import type { ComponentInterface } from "../component/interface.ts";
import { parseInterfaceName, serves } from "../component/interface-name.ts";
import type { DeviceModules } from "../device/module.ts";
import { type DeviceKind, deviceModules } from "../device/modules.ts";
import { HostError } from "../error.ts";
import { builtIn } from "../modules.ts";
import { grantedOffers, type Offer } from "./grant.ts";
import { offersOf } from "./offers.ts";

/** A component that passed the check: what it may import, and what kind of device it drives. */
export interface Link {
  readonly offers: readonly Offer[];
  readonly kind: DeviceKind;
  /** The name of the exported device interface, as the component spells it; undefined where all exports are called. */
  readonly exportName: string | undefined;
}

/**
 * Checks a driver's imports against its entry of the board, and that it exports a device interface, or else functions
 * that a program can call. Nothing of the component runs.
 *
 * @param device the device's name in the board file
 * @param label how messages name the component
 * @param modules the buses that the entry can be wired to
 * @param kinds the kinds of devices that there are
 * @throws HostError with code "not-granted": the component, the import and the line to add; or "component" when it
 *   drives no device
 */
export function link(
  device: string,
  entry: CommonEntry,
  label: string,
  component: ComponentInterface,
  modules: BusModules = builtIn,
  kinds: DeviceModules = deviceModules,
): Link {
  const granted = grantedOffers(offersOf(modules), component, {
    place: "devices",
    name: device,
    entry,
    label,
  });
  for (const item of component.exports) {
    const { path, version } = parseInterfaceName(item.name);
    const driven = kinds.find((module) => path === module.path && serves(module.version, version));
    if (driven !== undefined) return { offers: granted, kind: driven.kind, exportName: item.name };
  }
  if (isCallable(component)) return { offers: granted, kind: "component", exportName: undefined };
  const exported = component.exports.map((item) => item.name).join(", ") || "nothing";
  throw new HostError(
    "component",
    `${device}: ${label} is no device driver: it exports ${exported}, but none of ${named(kinds)}.`,
  );
}

/**
 * Whether it is a component of somebody else's, with functions of its own. One that runs as a program is an app, and one
 * with a device interface that this host does not have is a driver for another host.
 */
export function isCallable({ exports }: ComponentInterface): boolean {
  const paths = exports.map(({ name }) => parseInterfaceName(name).path);
  if (paths.some((path) => path === "wasi:cli/run" || path.startsWith("busbar:device/"))) return false;
  return exports.some(({ kind }) => kind === "instance" || kind === "function");
}

function named(modules: DeviceModules): string {
  return modules.map(({ path, version }) => `${path}@${version}`).join(", ");
}
