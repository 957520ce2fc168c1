/** The types of a guest: what the modules "busbar:board/i2c@0.1.0", "wasi:i2c/i2c@0.2.0-draft" ... declare. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { asyncTypes, asyncTypesFile, withAsyncTypes } from "./async-types.ts";
import type { DriverWorld } from "./driver-world.ts";
import { writeFileAtomically } from "./folder.ts";
import { readPackage } from "./package.ts";
import { sharedWitFolder, stageWit } from "./wit.ts";
import { explainWit } from "./wit-error.ts";
import { listWorlds } from "./wit-text.ts";

/** What `writeGuestTypes` is asked for. */
export interface GuestTypesOptions {
  /** The worlds; without it those of @busbar/wit, and of the package where one is named. */
  readonly worlds?: readonly (string | DriverWorld)[];
  /** A driver package: the worlds of its own `wit/` folder count as well, and those that its components have. */
  readonly packageFolder?: string;
}

/**
 * Writes ambient module declarations (.d.ts) for every interface of the worlds into `folder`, one file an interface
 * under `interfaces/`, one a world, and `index.d.ts` that references them all. Files whose text is the same stay
 * untouched, so that a watching compiler does not start.
 *
 * @returns the files, relative to `folder`, sorted
 * @throws BuildError when a world is unknown or the WIT does not resolve
 */
export async function writeGuestTypes(folder: string, options: GuestTypesOptions = {}): Promise<string[]> {
  const { generateGuestTypes } = await import("@bytecodealliance/jco-transpile");
  const { packageFolder } = options;
  const worlds = options.worlds ?? (await allWorlds(packageFolder));
  const files = new Map<string, string>();
  for (const world of worlds) {
    await using staged = await stageWit({ world, packageFolder });
    const { folder: witFolder, world: worldName } = staged;
    const generated = await generateGuestTypes(witFolder, { worldName }).catch(async (error: unknown) => {
      throw await explainWit(witFolder, worldName, error);
    });
    for (const [name, bytes] of Object.entries(generated)) {
      files.set(name, withModulesOf(files.get(name), withAsyncTypes(new TextDecoder().decode(bytes))));
    }
  }
  files.set(asyncTypesFile, asyncTypes);
  const references = [...files.keys()].sort().map((name) => `/// <reference path="./${name}" />\n`);
  files.set("index.d.ts", references.join(""));

  for (const [name, text] of files) await writeIfChanged(join(folder, name), text);
  return [...files.keys()].sort();
}

/** A file is named without a version: where two worlds have an interface in two versions, it declares a module for each. */
function withModulesOf(before: string | undefined, text: string): string {
  const declared = /^declare module '[^']*'/m.exec(text)?.[0];
  if (before === undefined || declared === undefined || before.includes(declared)) return before ?? text;
  return `${before}\n${text}`;
}

async function allWorlds(packageFolder: string | undefined): Promise<(string | DriverWorld)[]> {
  const shared = await listWorlds(join(sharedWitFolder, "device"));
  if (packageFolder === undefined) return shared;
  const { main, variants } = await readPackage(packageFolder);
  const own = await listWorlds(join(packageFolder, "wit"));
  return [...own, ...shared, ...[main, ...variants].map(({ world }) => world)];
}

async function writeIfChanged(path: string, text: string): Promise<void> {
  const present = await readFile(path, "utf8").catch(() => undefined);
  if (present === text) return;
  await writeFileAtomically(path, text);
}
