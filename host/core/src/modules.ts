import { i2c } from "./bus/i2c/index.ts";
import type { BusModule, BusModules } from "./bus/module.ts";
import { usb } from "./bus/usb/index.ts";
import type { DeviceModule } from "./device/module.ts";

/** The buses that this host has by itself, in the order in which an entry's parts are checked. */
export const builtIn = [i2c, usb] as const satisfies BusModules;

/** Their types, by which those of a board follow. */
export type BuiltIn = typeof builtIn;

/** What a package from outside can bring: a bus, or a kind of device. It is code of the host and runs with all of its rights. */
export type Module = BusModule | DeviceModule;

/** Any such modules. */
export type Modules = readonly Module[];

/** The buses of this host and those among further modules. */
export type With<Further extends Modules> = readonly [...BuiltIn, ...BusesAmong<Further>];

type BusesAmong<Further extends Modules> = Further extends readonly [
  infer First,
  ...infer Rest extends Modules,
]
  ? First extends BusModule
    ? [First, ...BusesAmong<Rest>]
    : BusesAmong<Rest>
  : [];

/** What an entry and a platform have beside the keys of buses. */
const takenKeys = ["driver", "settings", "limits", "enforce", "clock", "loadComponent", "openFolder"];

/**
 * The buses of this host and those among further modules: for `parseBoard`, and all that takes a list of buses.
 *
 * @throws TypeError where two have the same key or offer the same interface, or one has a key that means something else
 */
export function busesWith<const Further extends Modules>(further: Further): With<Further> {
  const added = further.filter((module): module is BusModule => "key" in module);
  if (added.length === 0) return builtIn as BusModules as With<Further>;
  const all: BusModules = [...builtIn, ...added];
  for (const [index, module] of all.entries()) {
    const before = all.slice(0, index);
    const { key } = module;
    if (takenKeys.includes(key) || before.some((other) => other.key === key)) {
      throw new TypeError(`the key "${key}" of the module of a bus means something else already`);
    }
    const taken = new Set(before.flatMap(pathsOf));
    const path = pathsOf(module).find((each) => taken.has(each));
    if (path !== undefined) {
      throw new TypeError(`the interface ${path} of the module of the bus "${key}" is another bus's already`);
    }
  }
  return all as With<Further>;
}

/** The kinds of devices among further modules. */
export function kindsIn(further: Modules): DeviceModule[] {
  return further.filter((module): module is DeviceModule => "kind" in module);
}

function pathsOf({ offers, appOffers }: BusModule): string[] {
  return [...offers, ...appOffers].map(({ path }) => path);
}
