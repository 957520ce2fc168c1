import * as v from "valibot";
import { parseJson, refuseOddities } from "../board/json.ts";
import { noList } from "../board/no-list.ts";
import { count } from "../bus/counts.ts";
import type { BusModules } from "../bus/module.ts";
import { HostError } from "../error.ts";
import { builtIn } from "../modules.ts";
import type { DeviceUse } from "./use.ts";

const recordSchemaOf = (modules: BusModules) =>
  v.strictObject({
    busbar: v.literal("uses"),
    devices: noList(
      v.record(
        v.string(),
        v.strictObject({
          transactionsPerSecond: count,
          ...Object.fromEntries(modules.map(({ key, use }) => [key, v.exactOptional(use.schema)])),
        }),
      ),
    ),
  });

/**
 * Reads what runs recorded of the devices of a board: `{ "busbar": "uses", "devices": { "indoor": DeviceUse } }`.
 *
 * @param source how messages name it
 * @returns by the devices' names
 * @throws HostError with code "board"
 */
export function parseUses(
  text: string,
  source: string,
  modules: BusModules = builtIn,
): ReadonlyMap<string, DeviceUse> {
  const json = parseJson(text, source);
  refuseOddities(json, source);
  const result = v.safeParse(recordSchemaOf(modules), json);
  if (!result.success) {
    throw new HostError(
      "board",
      `${source} is no record of a run; make one with "busbar run --complain --record".`,
    );
  }
  return new Map(Object.entries(result.output.devices));
}
