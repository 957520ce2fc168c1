/**
 * Stages the WIT of a build: @busbar/wit and the `wit/` folder that a driver package may have of its own, in the
 * layout that the Component Model's tools resolve (the world's package at the root, all others under `deps/`).
 */

import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { BuildError } from "./error.ts";
import { positionOf, showPosition } from "./position.ts";
import { letToolsReadFiles } from "./wasi-files.ts";

/** The folder of @busbar/wit: `device/`, `board/` and `deps/*`. */
export const sharedWitFolder = dirname(createRequire(import.meta.url).resolve("@busbar/wit/package.json"));

/** A folder that resolves, removed with `await using`. */
export interface StagedWit extends AsyncDisposable {
  /** The absolute path of the folder. */
  readonly folder: string;
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

const comments = /\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

/** What `stageWit` puts together. */
export interface StageOptions {
  /** The world to build, by its plain name. */
  readonly world: string;
  /** The driver package; its `wit/` folder, where there is one, may declare worlds and bring packages in `wit/deps`. */
  readonly packageFolder?: string;
  /** Whether packages in the namespace `wasi` are called `standInNamespace` instead. */
  readonly standIn?: boolean;
  /** A folder of wit/shapes: component:usb/transfers is as that has it. */
  readonly shape?: string | undefined;
}

/**
 * Stages the WIT in which `world` resolves. A world of the package's own `wit/` folder wins over one of @busbar/wit;
 * a dependency that both bring under the same name and version is taken from @busbar/wit.
 *
 * @throws BuildError when no package declares the world; the message lists those there are
 */
export async function stageWit(options: StageOptions): Promise<StagedWit> {
  const own = options.packageFolder === undefined ? undefined : join(options.packageFolder, "wit");
  const ownWorlds = own === undefined ? [] : await listWorlds(own);
  const sharedWorlds = await listWorlds(join(sharedWitFolder, "device"));
  const isOwn = ownWorlds.includes(options.world);
  if (!isOwn && !sharedWorlds.includes(options.world)) {
    const known = [...ownWorlds, ...sharedWorlds].join(", ");
    throw new BuildError(
      `There is no world "${options.world}"; set "busbar.world" in package.json to one of: ${known}.`,
    );
  }

  if (own !== undefined) await requireWitRules(own, options.packageFolder!);
  await letToolsReadFiles();
  const root = isOwn && own !== undefined ? own : join(sharedWitFolder, "device");
  const dependencies = [
    ...(isOwn ? [join(sharedWitFolder, "device")] : []),
    join(sharedWitFolder, "board"),
    ...(await subfolders(join(sharedWitFolder, "deps"))),
    ...(own === undefined ? [] : await subfolders(join(own, "deps"))),
  ];
  const folder = await mkdtemp(join(tmpdir(), "busbar-wit-"));
  await copyWit(root, folder, options.standIn === true);
  const present = new Set([await packageIn(root)]);
  const shape = options.shape === undefined ? undefined : shapeFolder(options.shape);
  const reshaped = shape && (await packageIn(shape));
  for (const [index, dependency] of dependencies.entries()) {
    const id = await packageIn(dependency);
    if (present.has(id)) continue;
    present.add(id);
    const target = join(folder, "deps", `${index}-${basename(dependency)}`);
    await copyWit(dependency, target, options.standIn === true);
    if (shape !== undefined && id === reshaped) await copyWit(shape, target, options.standIn === true);
  }
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/**
 * Refuses what both engines get wrong without a word (docs/engines.md): a negative s64 is a huge number in StarlingMonkey, and
 * one beyond 2^53 another number in QuickJS.
 */
async function requireWitRules(own: string, packageFolder: string): Promise<void> {
  for (const name of await witFiles(own)) {
    const file = join(own, name);
    const text = await readFile(file, "utf8");
    const code = text.replace(comments, (comment) => comment.replace(/[^\n]/g, " "));
    const found = /(?<![\w%-])s64(?![\w-])/.exec(code);
    if (found === null) continue;
    const why = "s64: no engine passes all of its values; write s32, or f64 for whole numbers up to 2^53";
    throw new BuildError(showPosition(why, positionOf(file, text, found.index), text, packageFolder));
  }
}

/** The files of a shape: they take the place of those of the same name in the package that they belong to. */
function shapeFolder(shape: string): string {
  return join(sharedWitFolder, "shapes", shape);
}

/** The worlds that the WIT files directly in `folder` declare, in the order of the files; empty without the folder. */
export async function listWorlds(folder: string): Promise<string[]> {
  const worlds: string[] = [];
  for (const file of await witFiles(folder)) {
    const text = withoutComments(await readFile(join(folder, file), "utf8"));
    for (const match of text.matchAll(/(?<![\w%-])world\s+%?([a-z][a-z0-9-]*)\s*\{/gi)) {
      if (match[1] !== undefined) worlds.push(match[1]);
    }
  }
  return worlds;
}

/** WIT text without its comments, so that a word in prose is not taken for a keyword. */
export function withoutComments(text: string): string {
  return text.replace(comments, "");
}

/** The WIT files directly in `folder`, sorted; empty without the folder. */
export async function witFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names.filter((name) => name.endsWith(".wit")).sort();
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
  for (const file of await witFiles(from)) {
    if (standIn) await writeFile(join(to, file), toStandIn(await readFile(join(from, file), "utf8")));
    else await cp(join(from, file), join(to, file));
  }
}

/** "wasi:i2c@0.2.0-draft": what the files in `folder` say their package is. */
export async function packageIn(folder: string): Promise<string> {
  for (const file of await witFiles(folder)) {
    const text = withoutComments(await readFile(join(folder, file), "utf8"));
    const declared = /(?:^|\n)\s*package\s+([^\s;{]+)/.exec(text)?.[1];
    if (declared !== undefined) return declared;
  }
  throw new BuildError(`${folder} has no WIT file with a package line; add "package name:name@1.0.0;".`);
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
