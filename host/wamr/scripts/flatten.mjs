import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { flattenComponent } from "@busbar/build";

/**
 * Flattens components into a cache, where the command finds them with XDG_CACHE_HOME=`cache`: by their digests.
 *
 * @throws where one cannot be flattened
 */
export async function flattenInto(cache, components) {
  const folder = join(cache, "busbar/flattened");
  // What others could write is no cache.
  for (const each of [cache, join(cache, "busbar"), folder])
    await mkdir(each, { recursive: true, mode: 0o700 });
  for (const component of components) {
    const bytes = await readFile(component);
    const digest = createHash("sha256").update(bytes).digest("hex");
    const file = join(folder, `${digest}.core.wasm`);
    if (!existsSync(file)) await writeFile(file, flattenComponent({ name: basename(component), bytes }));
  }
}
