import { entriesOf } from "../board/entries.ts";
import type { AnyBoard } from "../board/schema.ts";
import { type BusModules, wiredBuses } from "../bus/module.ts";
import { builtIn } from "../modules.ts";
import { bridgedPlace } from "./place.ts";

/** The entries of a board's `bridges`, by name. */
type BridgeEntries = Readonly<Record<string, object>>;

/** The most bridges between an entry and this machine: each is a driver that waits for the next. */
const mostBridges = 8;

/** The names of the bridges whose buses an entry is wired to. */
export function bridgesOf(entry: object, bridges: BridgeEntries, modules: BusModules): string[] {
  const places = wiredBuses(modules, entry).flatMap(
    ({ module, grant }) => module.bridged?.placesOf(grant) ?? [],
  );
  const names = places.flatMap((place) => bridgedPlace(place)?.bridge ?? []);
  return [...new Set(names)].filter((name) => Object.hasOwn(bridges, name));
}

/**
 * The bridges that an entry is wired to on one bus, where all that it is wired to there is behind bridges; none where something is not.
 *
 * @param key of the bus: "i2c"
 * @param modules the buses of the board
 */
export function bridgesBefore(
  { bridges }: Pick<AnyBoard, "bridges">,
  key: string,
  entry: object,
  modules: BusModules = builtIn,
): string[] {
  const wired = wiredBuses(modules, entry).find(({ module }) => module.key === key);
  const places = wired?.module.bridged?.placesOf(wired.grant) ?? [];
  const names = places.map((place) => bridgedPlace(place)?.bridge);
  const isBridge = (name: string | undefined) => name !== undefined && Object.hasOwn(bridges, name);
  return names.every(isBridge) ? [...new Set(names as string[])] : [];
}

/** The names of the entries that are wired to a bus of one of some bridges, or to one behind that. */
export function behindBridges(
  { bridges, devices }: Pick<AnyBoard, "bridges" | "devices">,
  names: Iterable<string>,
  modules: BusModules,
): Set<string> {
  const reached = new Set(names);
  const behind = new Set<string>();
  const entries = entriesOf({ bridges, devices });
  for (let before = -1; before < behind.size; ) {
    before = behind.size;
    for (const { name, entry } of entries) {
      if (!bridgesOf(entry, bridges, modules).some((each) => reached.has(each))) continue;
      reached.add(name);
      behind.add(name);
    }
  }
  return behind;
}

/** How far entries are from this machine: what is behind more bridges starts later, and ends earlier. */
export class BridgeOrder {
  readonly #bridges: BridgeEntries;
  readonly #modules: BusModules;
  readonly #depths = new Map<string, number>();
  /** What is wrong with the bridges, as one sentence without its end; undefined where nothing is. */
  readonly problem: string | undefined;

  constructor(bridges: BridgeEntries, modules: BusModules) {
    this.#bridges = bridges;
    this.#modules = modules;
    for (const name of Object.keys(bridges)) this.problem ??= this.#find(name, []);
  }

  /** How many bridges are between an entry and this machine. */
  depthOf(entry: object): number {
    const behind = bridgesOf(entry, this.#bridges, this.#modules).map((name) => this.#depths.get(name) ?? 0);
    return behind.length === 0 ? 0 : 1 + Math.max(...behind);
  }

  /** Finds out the depth of a bridge. @returns what is wrong */
  #find(name: string, path: readonly string[]): string | undefined {
    if (path.includes(name))
      return `"bridges.${name}" is wired to a bus behind itself; wire it to another one`;
    if (path.length >= mostBridges) {
      return `"bridges.${path[0]}" is behind ${mostBridges} other bridges or more; wire it to a bus that is nearer`;
    }
    if (this.#depths.has(name)) return undefined;
    const entry = this.#bridges[name]!;
    for (const next of bridgesOf(entry, this.#bridges, this.#modules)) {
      const problem = this.#find(next, [...path, name]);
      if (problem !== undefined) return problem;
    }
    const depth = this.depthOf(entry);
    if (depth >= mostBridges) {
      return `"bridges.${name}" is behind ${mostBridges} other bridges or more; wire it to a bus that is nearer`;
    }
    this.#depths.set(name, depth);
    return undefined;
  }
}
