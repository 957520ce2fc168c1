/** Which plug serves which import of the app. */

import { type Extern, parseInterfaceName, serves } from "@busbar/host";
import { BuildError } from "../error.ts";
import type { ReadPart } from "./part.ts";

/** An export of a plug. */
export interface PlugExport {
  /** The plug's position in the list. */
  readonly plug: number;
  /** The export's name as the plug spells it. */
  readonly name: string;
}

/**
 * Finds the export for each import of the app that a plug serves: the same interface, in a version that serves what
 * the app asks for.
 *
 * @returns by the import's name as the app spells it
 * @throws BuildError when a plug serves nothing, or when two serve one import
 */
export function wire(app: ReadPart, plugs: readonly ReadPart[]): ReadonlyMap<string, PlugExport> {
  const wiring = new Map<string, PlugExport>();
  for (const imported of app.imports.filter(isWirable)) {
    const found = plugs.flatMap(({ exports }, plug) =>
      exports.filter((each) => fits(each, imported)).map(({ name }) => ({ plug, name })),
    );
    if (found.length > 1) {
      const list = found.map(({ plug, name }) => `${plugs[plug]?.name} (${name})`).join(" and ");
      throw new BuildError(
        `${list} both export ${imported.name}, which ${app.name} imports; leave out one of them.`,
      );
    }
    if (found[0] !== undefined) wiring.set(imported.name, found[0]);
  }
  const used = new Set([...wiring.values()].map(({ plug }) => plug));
  for (const [index, plug] of plugs.entries()) if (!used.has(index)) throw unmatched(app, plug);
  return wiring;
}

function isWirable({ kind }: Extern): boolean {
  return kind === "instance" || kind === "function";
}

function fits(exported: Extern, imported: Extern): boolean {
  const offer = parseInterfaceName(exported.name);
  const ask = parseInterfaceName(imported.name);
  return exported.kind === imported.kind && offer.path === ask.path && serves(offer.version, ask.version);
}

function unmatched(app: ReadPart, plug: ReadPart): BuildError {
  const paths = new Set(plug.exports.map(({ name }) => parseInterfaceName(name).path));
  const near = app.imports.filter(({ name }) => paths.has(parseInterfaceName(name).path));
  const exported = listed(plug.exports);
  if (near.length > 0) {
    return new BuildError(
      `${plug.name} exports ${exported}, but ${app.name} imports ${listed(near)}, another version; ` +
        "build both against the same one.",
    );
  }
  return new BuildError(
    `${plug.name} exports ${exported}, none of which ${app.name} imports: it imports ${listed(app.imports)}; ` +
      "leave that plug out.",
  );
}

function listed(externs: readonly Extern[]): string {
  return externs.map(({ name }) => name).join(", ") || "nothing";
}
