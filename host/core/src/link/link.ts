import type { EntryPlace } from "../board/entries.ts";
import type { CommonEntry } from "../board/entry.ts";
import type { BusModules } from "../bus/module.ts";
import type { ComponentInterface } from "../component/interface.ts";
import { parseInterfaceName, serves } from "../component/interface-name.ts";
import type { DeviceModule, DeviceModules } from "../device/module.ts";
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
  /** Of a bridge: the names of the interfaces by which it exports buses, as the component spells them, by their paths. */
  readonly controllers: ReadonlyMap<string, string>;
}

/** What a component is checked for, beside its imports. */
export interface LinkOptions {
  /** Where the board has its entry: "devices" where left out. */
  readonly place?: EntryPlace;
  /** The buses that the entry can be wired to. */
  readonly modules?: BusModules;
  /** The kinds of devices that there are. */
  readonly kinds?: DeviceModules;
}

/**
 * Checks a driver's imports against its entry of the board, and that it exports a device interface, or a bus where it is a bridge, or
 * else functions that a program can call. Nothing of the component runs.
 *
 * @param device the device's name in the board file
 * @param label how messages name the component
 * @throws HostError with code "not-granted": the component, the import and the line to add; or "component" when it
 *   drives no device
 */
export function link(
  device: string,
  entry: CommonEntry,
  label: string,
  component: ComponentInterface,
  { place = "devices", modules = builtIn, kinds = deviceModules }: LinkOptions = {},
): Link {
  const offers = grantedOffers(offersOf(modules), component, { place, name: device, entry, label });
  const controllers = controllersOf(component, modules);
  const exported = component.exports.map((item) => item.name).join(", ") || "nothing";
  if (place === "bridges") {
    if (controllers.size > 0) return { offers, kind: "bridge", exportName: undefined, controllers };
    const known = modules.flatMap(({ bridged }) => bridged?.controller ?? []);
    throw new HostError(
      "component",
      `${device}: ${label} is no bridge: it exports ${exported}, but none of ${named(known)}.`,
    );
  }
  if (controllers.size > 0) {
    throw new HostError(
      "component",
      `${device}: ${label} exports a bus; move "devices.${device}" to "bridges", and wire other entries to it by its name.`,
    );
  }
  for (const item of component.exports) {
    const { path, version } = parseInterfaceName(item.name);
    const driven = kinds.find((module) => path === module.path && serves(module.version, version));
    if (driven !== undefined) return { offers, kind: driven.kind, exportName: item.name, controllers };
  }
  if (isCallable(component)) return { offers, kind: "component", exportName: undefined, controllers };
  throw new HostError(
    "component",
    `${device}: ${label} is no device driver: it exports ${exported}, but none of ${named(kinds)}.`,
  );
}

/** The interfaces by which a component exports buses: their names as it spells them, by their paths. */
function controllersOf({ exports }: ComponentInterface, modules: BusModules): ReadonlyMap<string, string> {
  const known: readonly DeviceModule[] = modules.flatMap(({ bridged }) => bridged?.controller ?? []);
  const found = exports.flatMap(({ name }): [string, string][] => {
    const { path, version } = parseInterfaceName(name);
    return known.some((each) => each.path === path && serves(each.version, version)) ? [[path, name]] : [];
  });
  return new Map(found);
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
