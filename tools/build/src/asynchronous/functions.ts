/**
 * Which functions of a world are asynchronous, and which take or give a stream or a future. The host's reader of components
 * does not know such types, so this is read off the WIT, which has been resolved before.
 */

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { bodyAt, itemsIn } from "../wit-text.ts";

/** A function that a component of a world imports or exports. */
export interface WorldFunction {
  readonly direction: "import" | "export";
  /** "busbar:device/sensor-stream@0.1.0#readings", or "run" for one that is in no interface. */
  readonly name: string;
  /** Whether it is an `async func`. */
  readonly isAsync: boolean;
  /** Whether it gives a stream or a future. */
  readonly givesStream: boolean;
  /** Whether it takes or gives one. */
  readonly usesStream: boolean;
}

/** What a world has, by name: what a component of it imports and exports. */
interface WorldNames {
  readonly imports: readonly string[];
  readonly exports: readonly string[];
}

const functionPattern =
  /%?(?<name>[a-z][a-z0-9-]*)\s*:\s*(?:static\s+)?(?<async>async\s+)?func\s*\((?<params>[^)]*)\)(?:\s*->\s*(?<result>[^;]+))?\s*;/gi;

/**
 * The functions of a world.
 *
 * @param folder the staged WIT in which the world resolves
 * @param text the world alone, as wasm-tools prints it: functions that are in no interface stand in it
 */
export async function worldFunctions(
  folder: string,
  { imports, exports }: WorldNames,
  text: string,
): Promise<WorldFunction[]> {
  const interfaces = await interfacesIn(folder);
  const carrying = carryingTypes([text, ...interfaces.values()].join("\n"));
  const found: WorldFunction[] = [];
  for (const direction of ["import", "export"] as const) {
    for (const owner of direction === "import" ? imports : exports) {
      const body = interfaces.get(owner) ?? inlineInterface(text, direction, owner);
      for (const each of functionsIn(body, carrying))
        found.push({ ...each, direction, name: `${owner}#${each.name}` });
    }
    const plain = new RegExp(`^ *${direction} (?=.*\\bfunc\\b)(.*)$`, "gm");
    const lines = [...text.matchAll(plain)].map(([, line]) => line);
    for (const each of functionsIn(lines.join("\n"), carrying)) found.push({ ...each, direction });
  }
  return found;
}

function functionsIn(text: string, carrying: ReadonlySet<string>): Omit<WorldFunction, "direction">[] {
  return [...text.matchAll(functionPattern)].map(({ groups = {} }) => {
    const givesStream = mentions(groups.result ?? "", carrying);
    const takesStream = mentions(groups.params ?? "", carrying);
    const isAsync = groups.async !== undefined;
    return { name: groups.name ?? "", isAsync, givesStream, usesStream: givesStream || takesStream };
  });
}

/** The bodies of all interfaces in a staged folder, by their full names: "busbar:device/sensor@0.1.0". */
async function interfacesIn(folder: string): Promise<Map<string, string>> {
  const dependencies = await readdir(join(folder, "deps")).catch(() => []);
  const found = new Map<string, string>();
  for (const each of [folder, ...dependencies.map((name) => join(folder, "deps", name))]) {
    for (const { sort, fullName, body } of await itemsIn(each))
      if (sort === "interface") found.set(fullName, body);
  }
  return found;
}

/** The body of an interface that a world declares within itself. */
function inlineInterface(text: string, direction: WorldFunction["direction"], name: string): string {
  const head = new RegExp(`^ *${direction} %?${name}: interface \\{`, "m").exec(text);
  return head === null ? "" : bodyAt(text, head.index + head[0].length);
}

/** The names of types that have a stream or a future in them, wherever they are declared. */
function carryingTypes(text: string): ReadonlySet<string> {
  const declared = [
    ...text.matchAll(/(?<![\w%-])type\s+%?([a-z][a-z0-9-]*)\s*=([^;]+);/gi),
    ...text.matchAll(/(?<![\w%-])(?:record|variant)\s+%?([a-z][a-z0-9-]*)\s*\{([^}]*)\}/gi),
  ];
  const carrying = new Set<string>();
  for (let size = -1; size !== carrying.size; ) {
    size = carrying.size;
    for (const [, name = "", type = ""] of declared) if (mentions(type, carrying)) carrying.add(name);
  }
  return carrying;
}

function mentions(type: string, carrying: ReadonlySet<string>): boolean {
  // A field or parameter of such a name is none of such a type.
  const types = type.replaceAll(/%?[a-z][a-z0-9-]*\s*:/gi, "");
  const words = types.match(/[a-z][a-z0-9-]*/gi) ?? [];
  return words.some((word) => word === "stream" || word === "future" || carrying.has(word));
}
