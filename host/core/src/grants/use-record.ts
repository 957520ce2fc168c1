import * as v from "valibot";
import { parseJson, refuseOddities } from "../board/json.ts";
import { noList } from "../board/no-list.ts";
import { HostError } from "../error.ts";
import type { DeviceUse } from "./use.ts";

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const interfaces = v.pipe(v.array(v.pipe(count, v.maxValue(255))), v.maxLength(256));

const recordSchema = v.strictObject({
  busbar: v.literal("uses"),
  devices: noList(
    v.record(
      v.string(),
      v.strictObject({
        transactionsPerSecond: count,
        i2c: v.exactOptional(
          v.strictObject({ reads: v.boolean(), writes: v.boolean(), maximumLength: count }),
        ),
        usb: v.exactOptional(
          v.strictObject({
            interfaces,
            unused: interfaces,
            allow: v.array(v.picklist(["set-configuration", "reset", "device-requests", "security-keys"])),
            maximumLength: count,
            maximumTransfers: count,
          }),
        ),
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
export function parseUses(text: string, source: string): ReadonlyMap<string, DeviceUse> {
  const json = parseJson(text, source);
  refuseOddities(json, source);
  const result = v.safeParse(recordSchema, json);
  if (!result.success) {
    throw new HostError(
      "board",
      `${source} is no record of a run; make one with "busbar run --complain --record".`,
    );
  }
  return new Map(Object.entries(result.output.devices));
}
