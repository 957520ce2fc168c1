import { commonOf } from "./board/entry.ts";
import { gpio } from "./bus/gpio/index.ts";
import { i2c } from "./bus/i2c/index.ts";
import type { BusModule, BusModules } from "./bus/module.ts";
import { spi } from "./bus/spi/index.ts";
import { uart } from "./bus/uart/index.ts";
import { usb } from "./bus/usb/index.ts";
import type { DeviceModule } from "./device/module.ts";
import { HostError } from "./error.ts";

/** The buses that this host has by itself, in the order in which an entry's parts are checked. */
export const builtIn = [i2c, usb, spi, gpio, uart] as const satisfies BusModules;

/** Their types, by which those of a board follow. */
export type BuiltIn = typeof builtIn;

/** The buses of this host and further ones. */
export type With<Further extends BusModules> = readonly [...BuiltIn, ...Further];

/** What a package brings to a host: a bus, or a kind of device. */
export type HostModule = BusModule | DeviceModule;

/** Any of them. */
export type HostModules = readonly HostModule[];

/** The buses among modules, in their order. */
export type BusesIn<Further extends HostModules> = Further extends readonly [
  infer First,
  ...infer Rest extends HostModules,
]
  ? First extends BusModule
    ? readonly [First, ...BusesIn<Rest>]
    : BusesIn<Rest>
  : number extends Further["length"]
    ? readonly Extract<Further[number], BusModule>[]
    : readonly [];

/** Tells buses and kinds of devices apart. */
export function splitModules(modules: HostModules): { buses: BusModule[]; kinds: DeviceModule[] } {
  const isKind = (module: HostModule): module is DeviceModule => "kind" in module;
  return {
    buses: modules.filter((module): module is BusModule => !isKind(module)),
    kinds: modules.filter(isKind),
  };
}

/** What an entry, a platform, a simulated device, a record of uses and an event have where the keys of buses stand. */
const takenKeys = [
  ...Object.keys(commonOf([]).entries),
  ...["clock", "loadComponent", "openFolder"],
  ...["model", "transactionsPerSecond"],
  ...["denied", "would-be-denied", "warning", "lifecycle"],
];

/**
 * The buses of this host and further ones, for `parseBoard` and `OpenBoard.open`.
 *
 * @param further as their packages export them; they are code of the host and run with all of its rights
 * @throws HostError with code "component" where two have the same key, or offer the same interface
 */
export function withModules<const Further extends BusModules>(further: Further): With<Further> {
  // What is made of this list at import, its schema and its offers, is used again.
  if (further.length === 0) return builtIn as BusModules as With<Further>;
  const modules: BusModules = [...builtIn, ...further];
  const keys = modules.map(({ key }) => key);
  const paths = (module: BusModules[number]) =>
    new Set([...module.offers, ...module.appOffers].map(({ path }) => path));
  const allPaths = modules.flatMap((module) => [...paths(module)]);
  for (const module of further) {
    const isTwice = (value: string, all: readonly string[]) =>
      all.filter((each) => each === value).length > 1;
    if (takenKeys.includes(module.key) || isTwice(module.key, keys))
      throw twice(module.key, `the key "${module.key}"`);
    const path = [...paths(module)].find((each) => isTwice(each, allPaths));
    if (path !== undefined) throw twice(module.key, `the interface ${path}`);
  }
  return modules as With<Further>;
}

function twice(key: string, what: string): HostError {
  return new HostError(
    "component",
    `the bus module "${key}" has ${what}, which this host has already; rename it.`,
  );
}
