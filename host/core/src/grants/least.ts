import type { WrittenEntry } from "../board/schema.ts";
import { type BusModules, grantOf } from "../bus/module.ts";
import { builtIn } from "../modules.ts";
import { type DeviceUse, useOf } from "./use.ts";

/**
 * The least entry that a recorded run needed: what is granted beyond that is taken away, and what was only told is granted. Where
 * nothing was recorded of a bus, its part stays as it is. It is enforced again.
 *
 * @param entry as it is written in the board file; which target, device and driver it means stays
 * @param use what was recorded of the device
 */
export function leastEntry(
  { enforce: _, ...entry }: WrittenEntry,
  use: DeviceUse,
  modules: BusModules = builtIn,
): WrittenEntry {
  const { limits } = entry;
  const rate = limits?.transactionsPerSecond;
  const parts = modules.flatMap((module) => {
    const [written, needed] = [grantOf(module, entry), useOf(module, use)];
    const isBoth = written !== undefined && needed !== undefined;
    return isBoth ? [[module.key, module.use.least(written, needed)]] : [];
  });
  return {
    ...entry,
    ...Object.fromEntries(parts),
    // A limit that nobody set would be one that the next, somewhat faster run breaks.
    ...(rate !== undefined &&
      use.transactionsPerSecond > 0 && {
        limits: { ...limits, transactionsPerSecond: use.transactionsPerSecond },
      }),
  };
}
