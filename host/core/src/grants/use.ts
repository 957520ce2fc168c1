import type { BusModules, TypesOf } from "../bus/module.ts";
import { type BuiltIn, builtIn } from "../modules.ts";

/**
 * What a device needed of its entry while that was not enforced: `leastEntry` makes the entry out of it. As JSON has it. Of a
 * bus there is something where anything was done on it.
 */
export type DeviceUse<Modules extends BusModules = BuiltIn> = {
  /** The most transactions, or submitted USB transfers, in any second; 0 where there were none. */
  readonly transactionsPerSecond: number;
} & {
  readonly [Module in Modules[number] as Module["key"]]?: TypesOf<Module>["use"];
};

/** What two runs needed together. */
export function mergeUse(one: DeviceUse, other: DeviceUse, modules: BusModules = builtIn): DeviceUse {
  const ofBuses = modules.flatMap((module) => {
    const [left, right] = [useOf(module, one), useOf(module, other)];
    const both = left === undefined || right === undefined ? (left ?? right) : module.use.merge(left, right);
    return both === undefined ? [] : [[module.key, both]];
  });
  return {
    transactionsPerSecond: Math.max(one.transactionsPerSecond, other.transactionsPerSecond),
    ...Object.fromEntries(ofBuses),
  };
}

/** What was noted of one bus; undefined where nothing was. */
export function useOf({ key }: BusModules[number], use: { readonly transactionsPerSecond: number }): unknown {
  return (use as Readonly<Record<string, unknown>>)[key];
}
