import type { PreparedStore } from "@busbar/host";
import { type CacheFolder, cacheKey } from "../cache/index.ts";

/** A cache folder as the store of what the host prepares of components. */
export function preparedIn(folder: CacheFolder): PreparedStore {
  return { key: cacheKey, get: (key) => folder.get(key), put: (key, bytes) => folder.put(key, bytes) };
}
