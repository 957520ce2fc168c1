import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, parse } from "node:path";

/** A package that Node finds from a folder. */
export interface InstalledPackage {
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  /** What its package.json has under "busbar"; undefined where it has nothing there. */
  readonly busbar: unknown;
}

/**
 * The packages that are installed where a board file would look for them, from the nearest to the farthest: those of
 * `node_modules` of its folder and of all folders above, and the packages that these folders are themselves, as in a workspace.
 * Each step is one place; within it they are in the order of their names. A package whose package.json cannot be read is none.
 *
 * @param folder the board file's, absolute
 * @param top the last folder that is looked at; the root of the file system where left out
 * @param read what was found in folders that were looked at before: they are not read again
 */
export function* installedPackages(
  folder: string,
  top = parse(folder).root,
  read = new Map<string, readonly InstalledPackage[]>(),
): Generator<readonly InstalledPackage[]> {
  for (let place = folder; ; place = dirname(place)) {
    const modules = join(place, "node_modules");
    yield remembered(read, place, () => readPackage(place) ?? []);
    yield remembered(read, modules, () =>
      packagesIn(modules).flatMap((name) => readPackage(join(modules, name), name) ?? []),
    );
    if (place === top || place === dirname(place)) return;
  }
}

function remembered(
  read: Map<string, readonly InstalledPackage[]>,
  place: string,
  look: () => InstalledPackage | readonly InstalledPackage[],
): readonly InstalledPackage[] {
  const known = read.get(place);
  if (known !== undefined) return known;
  const found = [look()].flat();
  read.set(place, found);
  return found;
}

function packagesIn(modules: string): string[] {
  return namesIn(modules).flatMap((name) =>
    name.startsWith("@") ? namesIn(join(modules, name)).map((each) => `${name}/${each}`) : [name],
  );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => !name.startsWith("."))
      .sort();
  } catch {
    return [];
  }
}

/** @param installedAs its name in `node_modules`; its own where left out */
function readPackage(folder: string, installedAs?: string): InstalledPackage | undefined {
  try {
    const text = readFileSync(join(folder, "package.json"), "utf8");
    // Most have nothing there, and are not parsed; but they stand before others of their name that are farther away.
    if (installedAs !== undefined && !text.includes('"busbar"'))
      return { name: installedAs, folder, busbar: undefined };
    const { name, busbar } = JSON.parse(text) as { name?: unknown; busbar?: unknown };
    const known = installedAs ?? name;
    return typeof known === "string" ? { name: known, folder, busbar } : undefined;
  } catch {
    return undefined;
  }
}
