import type { DeviceModule } from "../device/module.ts";
import { BackendError } from "../error.ts";
import type { Bridge, BridgedPlace, Bridges } from "./bridge.ts";

/** A device's name, and a number as people write it. */
const written = /^([a-z][a-z0-9-]{0,63})(?::(0|[1-9][0-9]{0,2}))?$/;

/**
 * What a bus's name in a board file means where a bridge has the name in it.
 *
 * @param name as a checked board has it: a number is no bridge's
 */
export function bridgedPlace(name: string | number): BridgedPlace | undefined {
  const [, bridge, number] = (typeof name === "string" && written.exec(name)) || [];
  return bridge === undefined
    ? undefined
    : { bridge, number: number === undefined ? undefined : Number(number) };
}

/**
 * Which of a bridge's buses is meant.
 *
 * @param count how many it has
 * @throws BackendError where it has no such bus, or the number is missing or one too many: each bus has one name
 */
export function busNumber({ bridge, number }: BridgedPlace, count: number): number {
  if (count === 1 && number === undefined) return 0;
  if (count > 1 && number !== undefined && number < count) return number;
  const names = count === 1 ? `"${bridge}"` : `"${bridge}:0" to "${bridge}:${count - 1}"`;
  const what = count === 1 ? "one bus" : `${count} buses`;
  throw new BackendError(`the bridge "${bridge}" has ${what}; write ${names}.`);
}

/**
 * The bridge that a bus's name is of; undefined where it is of none.
 *
 * @param controller what its driver has to export
 * @param what that is in sentences: "I2C bus"
 * @param device for messages
 * @throws BackendError where it exports something else; HostError why it has no driver
 */
export function bridgeWith(
  controller: DeviceModule,
  name: string | number,
  bridges: Bridges,
  what: string,
  device: string | undefined,
): { readonly bridge: Bridge; readonly place: BridgedPlace } | undefined {
  const place = bridgedPlace(name);
  const bridge = place && bridges.get(place.bridge);
  if (bridge === undefined) return undefined;
  if (bridge.exports(controller)) return { bridge, place: place! };
  throw new BackendError(
    `${device ?? bridge.name}: the bridge "${bridge.name}" has no ${what}; wire the device to another one.`,
  );
}
