import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { flattenComponent } from "@busbar/build";

/**
 * Flattens components into caches, where the command finds them with XDG_CACHE_HOME=`cache`: by their digests.
 *
 * @throws where one cannot be flattened
 */
export async function flattenInto(caches, components) {
  const folders = caches.map((cache) => join(cache, "busbar/flattened"));
  // What others could write is no cache.
  for (const cache of caches)
    for (const each of [cache, join(cache, "busbar"), join(cache, "busbar/flattened")])
      await mkdir(each, { recursive: true, mode: 0o700 });
  for (const component of components) {
    const bytes = await readFile(component);
    const digest = createHash("sha256").update(bytes).digest("hex");
    // Always anew: the digest says nothing of who flattened it.
    const flattened = flattenComponent({ name: basename(component), bytes });
    for (const folder of folders) await writeFile(join(folder, `${digest}.core.wasm`), flattened);
  }
}
