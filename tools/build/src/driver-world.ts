/**
 * The world of a driver, composed of what it is: what its buses give it, and the interface of the kind of device that it
 * drives. So no world is written for each pair of them.
 */

import { BuildError } from "./error.ts";
import { itemsIn, type WitItem } from "./wit-text.ts";

/** What a driver is. */
export interface DriverWorld {
  /** Its bus, "i2c", or its buses, ["i2c", "gpio"]: the world "i2c-driver" has what a driver of that bus imports. */
  readonly bus: string | readonly string[];
  /** The kind of device, "sensor": an interface that opens a device by its name. Of a bridge with several buses all of them. */
  readonly exports: string | readonly string[];
}

/** A world that is in no file yet. */
export interface ComposedWorld {
  /** "i2c-sensor-driver"; of two buses "i2c-gpio-sensor-driver". */
  readonly name: string;
  /** A package of WIT with that world, and nothing else. */
  readonly text: string;
}

/** What the name of a bus's world ends with. */
const busSuffix = "-driver";

/**
 * Composes the world of a driver.
 *
 * @param folders the folders of WIT in which its buses and its kind may be; the first that has one wins
 * @throws BuildError when there is no such bus or kind; the message lists those that there are
 */
export async function composeWorld(
  { bus, exports }: DriverWorld,
  folders: readonly string[],
): Promise<ComposedWorld> {
  const items: WitItem[] = [];
  for (const folder of folders) items.push(...(await itemsIn(folder)));
  const buses = namesIn(bus);
  const imported = buses.map((each) => worldOf(each, items.filter(isBus)));
  const kinds = namesIn(exports);
  const exported = kinds.map((each) => kindOf(each, items.filter(isKind)));
  const name = `${[...buses, ...kinds].join("-")}${busSuffix}`;
  const text = `package busbar:composed;
world ${name} {
${imported.map(({ fullName }) => `  include ${fullName};\n`).join("")}${exported.map(({ fullName }) => `  export ${fullName};\n`).join("")}}
`;
  return { name, text };
}

/** What a driver has of buses, or of kinds, however that is written. */
export function namesIn(written: string | readonly string[]): readonly string[] {
  return typeof written === "string" ? [written] : written;
}

/** A kind of device. */
function kindOf(kind: string, kinds: readonly WitItem[]): WitItem {
  const found = kinds.find(({ name }) => name === kind);
  if (found !== undefined) return found;
  const known = kinds.map(({ name }) => name);
  throw unknown(`kind of device "${kind}"`, "exports", known);
}

/** What a driver of a bus imports. */
function worldOf(bus: string, worlds: readonly WitItem[]): WitItem {
  const world = worlds.find(({ name }) => name === bus + busSuffix);
  if (world !== undefined) return world;
  const known = worlds.map(({ name }) => name.slice(0, -busSuffix.length));
  throw unknown(`bus "${bus}"`, "bus", known);
}

/** A world with what a bus's drivers import, whatever they export. */
function isBus({ sort, name, body }: WitItem): boolean {
  return sort === "world" && name.endsWith(busSuffix) && !/\bexport\b/.test(body);
}

/** An interface whose devices are opened by the names that a board has for them. */
function isKind({ sort, body }: WitItem): boolean {
  return sort === "interface" && /\bopen\s*:\s*func\s*\(\s*name\s*:\s*string\s*\)/.test(body);
}

function unknown(what: string, key: string, known: readonly string[]): BuildError {
  const names = [...new Set(known)].sort().join(", ");
  return new BuildError(
    `There is no ${what}; set "${key}" under "busbar" in package.json to one of: ${names}.`,
  );
}
