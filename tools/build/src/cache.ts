/** A cache of transpiled components on disk, by content. */

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { parse } from "valibot";
import { addFolder, replaceFolder } from "./folder.ts";
import { suspendingImports } from "./suspending.ts";
import { toolchain } from "./toolchain.ts";
import { type Manifest, manifestFile, manifestSchema, sha256, transpileComponent } from "./transpile.ts";
import { interfaceOf } from "./world.ts";

/** A component's transpiled files, and where they are. */
export interface CachedComponent {
  /** The entry of the cache: holds exactly `files`. */
  readonly folder: string;
  /** component.js, component.core*.wasm and manifest.json. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Whether the entry was there already, and whole. */
  readonly hit: boolean;
}

/**
 * Transpiles a component, or takes the result of an earlier time. The key is the digest of the component together with
 * what decides how it is transpiled. Every file is checked against the digest in the manifest; an entry that is damaged is
 * made again. Any number of processes may use one cache.
 *
 * @param cacheFolder is created where it is missing
 * @throws BuildError like `transpileComponent`
 */
export async function transpileCached(component: Uint8Array, cacheFolder: string): Promise<CachedComponent> {
  const digest = sha256(component);
  const tools = (await toolsDigest(component)).slice(0, 12);
  const folder = join(cacheFolder, `${digest}-${tools}`);
  const present = await readTranspiled(folder);
  if (present?.manifest.sha256 === digest) return { folder, files: present.files, hit: true };
  const files = await transpileComponent(component);
  // Another process may have made the same entry meanwhile, and read from it now: only a damaged one is replaced.
  if (!(await addFolder(folder, files)) && (await readTranspiled(folder)) === undefined) {
    await replaceFolder(folder, files);
  }
  return { folder, files, hit: false };
}

/**
 * Changes with everything but the component that decides what comes out: the tools' versions, the list of functions
 * that suspend, and the code here, which changes more often than its version.
 */
async function toolsDigest(component: Uint8Array): Promise<string> {
  const extension = extname(import.meta.filename);
  const code = ["transpile", "direct-imports", "exported-functions"].map((name) =>
    join(import.meta.dirname, name + extension),
  );
  const hash = createHash("sha256").update(JSON.stringify(toolchain));
  hash.update(JSON.stringify(await suspendingImports(interfaceOf(component).imports)));
  for (const file of code) hash.update(await readFile(file));
  return hash.digest("hex");
}

/**
 * Reads a folder of transpiled files.
 *
 * @returns undefined where a file is missing, or is not what the manifest says
 */
export async function readTranspiled(
  folder: string,
): Promise<{ manifest: Manifest; files: ReadonlyMap<string, Uint8Array> } | undefined> {
  try {
    const text = await readFile(join(folder, manifestFile));
    const manifest = parse(manifestSchema, JSON.parse(text.toString("utf8")));
    const files = new Map<string, Uint8Array>();
    for (const [name, digest] of Object.entries(manifest.files)) {
      const bytes = await readFile(join(folder, name));
      if (sha256(bytes) !== digest) return undefined;
      files.set(name, bytes);
    }
    files.set(manifestFile, text);
    return { manifest, files };
  } catch {
    return undefined;
  }
}
