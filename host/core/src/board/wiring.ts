import { type BusModules, wiredBuses } from "../bus/module.ts";
import { builtIn } from "../modules.ts";
import type { AnyBoard } from "./schema.ts";

/** The buses that an entry of a board is wired to, by their keys: "i2c". @param modules the buses of the board */
export function busesOf(entry: object, modules: BusModules = builtIn): string[] {
  return wiredBuses(modules, entry).map(({ module }) => module.key);
}

/**
 * What a device is wired to, as people read it: 'bus "sim" (simulated) at 0x76'; "no bus" where it is wired to none.
 *
 * @param device its name in the board file
 * @param modules the buses of the board
 */
export function describeWiring(
  { devices, simulate }: AnyBoard,
  device: string,
  modules: BusModules = builtIn,
): string {
  const entry = Object.hasOwn(devices, device) ? devices[device]! : {};
  const wired = wiredBuses(modules, entry).map(({ module, grant }) => {
    const simulated = simulate.filter((each) => Object.hasOwn(each, module.key));
    return module.describeGrant(grant, simulated);
  });
  return wired.join(", ") || "no bus";
}
