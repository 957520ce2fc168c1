/**
 * Stages the WIT of a build: @busbar/wit and the `wit/` folder that a driver package may have of its own, in the
 * layout that the Component Model's tools resolve (the world's package at the root, all others under `deps/`).
 */

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { composeWorld, type DriverWorld } from "./driver-world.ts";
import { BuildError } from "./error.ts";
import { positionOf, showPosition } from "./position.ts";
import { letToolsReadFiles } from "./wasi-files.ts";
import { listWorlds, packageIn, witFiles, withoutComments } from "./wit-text.ts";

/** The folder of @busbar/wit: `device/`, `board/` and `deps/*`. */
export const sharedWitFolder = dirname(createRequire(import.meta.url).resolve("@busbar/wit/package.json"));

/** The package busbar:device, in which there are buses, kinds of devices, and worlds. */
const deviceFolder = join(sharedWitFolder, "device");

/** A folder that resolves, removed with `await using`. */
export interface StagedWit extends AsyncDisposable {
  /** The absolute path of the folder. */
  readonly folder: string;
  /** The name of the world that it was staged for. */
  readonly world: string;
}

/**
 * The name that stands in for the namespace `wasi` while an engine is built in.
 *
 * componentize-qjs replaces every import whose namespace is `wasi` by a trap: the engine's own, which a driver must
 * never ask for, but also `wasi:i2c`. So the build sees the world's own interfaces under this name, and
 * the finished component gets them back their own (strip/strip.ts). What an app asks for of WASI, StarlingMonkey's builder
 * would take for its own as well.
 */
export const standInNamespace = "hwio";

/** What `stageWit` puts together. */
export interface StageOptions {
  /** The world to build: by its plain name, or what a driver of it is. */
  readonly world: string | DriverWorld;
  /** The driver package; its `wit/` folder, where there is one, may declare worlds and bring packages in `wit/deps`. */
  readonly packageFolder?: string | undefined;
  /** Whether packages in the namespace `wasi` are called `standInNamespace` instead. */
  readonly standIn?: boolean;
  /** A folder of wit/shapes: component:usb/transfers is as that has it. */
  readonly shape?: string | undefined;
}

/**
 * Stages the WIT in which `world` resolves. A world, bus or kind of the package's own `wit/` folder wins over one of
 * @busbar/wit; a dependency that both bring under the same name and version is taken from @busbar/wit.
 *
 * @throws BuildError when no package declares the world, or the bus or the kind of device of which it is composed; the
 *   message lists those there are
 */
export async function stageWit(options: StageOptions): Promise<StagedWit> {
  const { world, packageFolder, standIn = false, shape: shapeName } = options;
  const own = packageFolder === undefined ? undefined : join(packageFolder, "wit");
  if (own !== undefined) await requireWitRules(own, packageFolder!);
  const ownDependencies = own === undefined ? [] : await subfolders(join(own, "deps"));
  const declaring =
    own !== undefined && (await witFiles(own)).length > 0 ? [own, deviceFolder] : [deviceFolder];
  const chosen =
    typeof world === "string"
      ? { name: world, root: await folderOfWorld(world, declaring) }
      : { ...(await composeWorld(world, [...declaring, ...ownDependencies])), root: undefined };
  const { name, root } = chosen;

  await letToolsReadFiles();
  const folder = await mkdtemp(join(tmpdir(), "busbar-wit-"));
  if (chosen.root === undefined) await writeWit(join(folder, "composed.wit"), chosen.text, standIn);
  else await copyWit(chosen.root, folder, standIn);
  const dependencies = [
    ...declaring.slice(root === undefined ? 0 : declaring.indexOf(root) + 1),
    join(sharedWitFolder, "board"),
    ...(await subfolders(join(sharedWitFolder, "deps"))),
    ...ownDependencies,
  ];
  const present = new Set(root === undefined ? [] : [await packageIn(root)]);
  const shape = shapeName === undefined ? undefined : shapeFolder(shapeName);
  const reshaped = shape && (await packageIn(shape));
  for (const [index, dependency] of dependencies.entries()) {
    const id = await packageIn(dependency);
    if (present.has(id)) continue;
    present.add(id);
    const target = join(folder, "deps", `${index}-${basename(dependency)}`);
    await copyWit(dependency, target, standIn);
    if (shape !== undefined && id === reshaped) await copyWit(shape, target, standIn);
  }
  return { folder, world: name, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** The first of `folders` that declares the world. @throws BuildError when none does; the message lists those there are */
async function folderOfWorld(world: string, folders: readonly string[]): Promise<string> {
  const known: string[] = [];
  for (const folder of folders) {
    const worlds = await listWorlds(folder);
    if (worlds.includes(world)) return folder;
    known.push(...worlds);
  }
  throw new BuildError(
    `There is no world "${world}"; set "busbar.world" in package.json to one of: ${known.join(", ")}.`,
  );
}

/**
 * Refuses what both engines get wrong without a word (docs/engines.md): a negative s64 is a huge number in StarlingMonkey, and
 * one beyond 2^53 another number in QuickJS.
 */
async function requireWitRules(own: string, packageFolder: string): Promise<void> {
  for (const name of await witFiles(own)) {
    const file = join(own, name);
    const text = await readFile(file, "utf8");
    const found = /(?<![\w%-])s64(?![\w-])/.exec(withoutComments(text));
    if (found === null) continue;
    const why = "s64: no engine passes all of its values; write s32, or f64 for whole numbers up to 2^53";
    throw new BuildError(showPosition(why, positionOf(file, text, found.index), text, packageFolder));
  }
}

/** The files of a shape: they take the place of those of the same name in the package that they belong to. */
function shapeFolder(shape: string): string {
  return join(sharedWitFolder, "shapes", shape);
}

/** Renames `wasi:` where WIT names a package: after a keyword, never in a comment or in a type's name. */
export function toStandIn(text: string): string {
  return text.replace(/\b(package|use|import|export|include)(\s+)wasi:/g, `$1$2${standInNamespace}:`);
}

/** The same for the full name of an interface: "wasi:i2c/i2c@0.2.0-draft". */
export function toStandInName(name: string): string {
  return name.replace(/^wasi:/, `${standInNamespace}:`);
}

async function copyWit(from: string, to: string, standIn: boolean): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const file of await witFiles(from))
    await writeWit(join(to, file), await readFile(join(from, file), "utf8"), standIn);
}

async function writeWit(file: string, text: string, standIn: boolean): Promise<void> {
  await writeFile(file, standIn ? toStandIn(text) : text);
}

async function subfolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name))
    .sort();
}
