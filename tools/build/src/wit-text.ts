/** What a folder of WIT files declares, read off their text: enough to find a world or an interface, before anything resolves. */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { BuildError } from "./error.ts";

/** A world or an interface. */
export interface WitItem {
  readonly sort: "world" | "interface";
  /** "sensor". */
  readonly name: string;
  /** "busbar:device/sensor@0.1.0". */
  readonly fullName: string;
  /** What stands between its braces, without comments. */
  readonly body: string;
}

const comments = /\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

/** The WIT files directly in `folder`, sorted; empty without the folder. */
export async function witFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names.filter((name) => name.endsWith(".wit")).sort();
}

/** WIT text with blanks in the place of its comments: a word in prose is no keyword, and all else stays where it is. */
export function withoutComments(text: string): string {
  return text.replace(comments, (comment) => comment.replace(/[^\n]/g, " "));
}

/** The worlds and interfaces that the WIT files directly in `folder` declare, in their order; empty without such files. */
export async function itemsIn(folder: string): Promise<WitItem[]> {
  const items: WitItem[] = [];
  for (const file of await witFiles(folder)) {
    const text = withoutComments(await readFile(join(folder, file), "utf8"));
    for (const { 0: head, 1: sort, 2: name = "", index } of text.matchAll(
      /(?<![\w%-])(world|interface)\s+%?([a-z][a-z0-9-]*)\s*\{/gi,
    )) {
      const fullName = nameIn(await packageIn(folder), name);
      const body = bodyAt(text, index + head.length);
      items.push({ sort: sort === "world" ? sort : "interface", name, fullName, body });
    }
  }
  return items;
}

/** The worlds that the WIT files directly in `folder` declare, in the order of the files; empty without the folder. */
export async function listWorlds(folder: string): Promise<string[]> {
  return (await itemsIn(folder)).filter(({ sort }) => sort === "world").map(({ name }) => name);
}

/**
 * "wasi:i2c@0.2.0-draft": what the files in `folder` say their package is.
 *
 * @throws BuildError when none of them says it
 */
export async function packageIn(folder: string): Promise<string> {
  for (const file of await witFiles(folder)) {
    const text = withoutComments(await readFile(join(folder, file), "utf8"));
    const declared = /(?:^|\n)\s*package\s+([^\s;{]+)/.exec(text)?.[1];
    if (declared !== undefined) return declared;
  }
  throw new BuildError(`${folder} has no WIT file with a package line; add "package name:name@1.0.0;".`);
}

/** From behind an opening brace to its closing one. */
export function bodyAt(text: string, start: number): string {
  let depth = 1;
  let end = start;
  for (; end < text.length && depth > 0; end += 1) {
    if (text[end] === "{") depth += 1;
    if (text[end] === "}") depth -= 1;
  }
  return text.slice(start, end - 1);
}

/** "busbar:device/sensor@0.1.0" of "busbar:device@0.1.0" and "sensor". */
function nameIn(id: string, name: string): string {
  const [path, version] = id.split("@");
  return version === undefined ? `${path}/${name}` : `${path}/${name}@${version}`;
}
