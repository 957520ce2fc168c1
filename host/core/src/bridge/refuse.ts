import type { AnyBoard } from "../board/schema.ts";
import type { BusModules } from "../bus/module.ts";
import { BridgeOrder } from "./order.ts";
import { bridgedPlace } from "./place.ts";

/**
 * What of a board's bridges is wrong that no entry by itself shows.
 *
 * @returns one sentence without its end; undefined where nothing is
 */
export function refuseBridges(board: AnyBoard, modules: BusModules): string | undefined {
  const { bridges, devices, simulate } = board;
  for (const name of Object.keys(bridges)) {
    if (Object.hasOwn(devices, name)) {
      return `"bridges.${name}" and "devices.${name}" have the same name; rename one of them`;
    }
    if (bridges[name]!.driver === undefined) {
      return `"bridges.${name}.driver" is missing; a bridge is what its driver exports`;
    }
  }
  for (const { key, bridged } of modules) {
    if (bridged === undefined) continue;
    for (const [index, entry] of simulate.entries()) {
      const place = (entry as Readonly<Record<string, unknown>>)[key];
      const bridge = typeof place === "string" ? bridgedPlace(place)?.bridge : undefined;
      if (bridge !== undefined && Object.hasOwn(bridges, bridge)) {
        return `"simulate[${index}].${key}" has the name of "bridges.${bridge}"; rename the simulated bus`;
      }
    }
  }
  return new BridgeOrder(bridges, modules).problem;
}
