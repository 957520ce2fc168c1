/** The versions of the tools that a build goes through. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Engine } from "./componentize.ts";

const require = createRequire(import.meta.url);

/** Name and version of each tool; part of the metadata, of manifests and of cache keys. */
export const toolchain: Readonly<Record<string, string>> = Object.freeze({
  "@busbar/build": versionIn(fileURLToPath(new URL("..", import.meta.url))),
  "@bytecodealliance/jco-transpile": installedVersion("@bytecodealliance/jco-transpile"),
});

/** The engine's builder and its version. */
export function engineVersion(engine: Engine): [name: string, version: string] {
  const name = builders[engine];
  return [name, installedVersion(name)];
}

const builders: Readonly<Record<Engine, string>> = {
  quickjs: "componentize-qjs",
  starlingmonkey: "@bytecodealliance/componentize-js",
  micro: "@busbar/micro-engine",
};

/** The version of a package that this one depends on. Not all of them export their package.json. */
function installedVersion(name: string): string {
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      return versionIn(join(folder, name));
    } catch {}
  }
  throw new Error(`${name} is not installed`);
}

function versionIn(folder: string): string {
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  return version;
}
