import type { PreparedStore } from "@busbar/host/backend";
import { CacheFolder, cacheKey } from "../cache/index.ts";

/** A cache folder as the store of what the host prepares of components. */
export function preparedIn(folder: CacheFolder): PreparedStore {
  return { key: cacheKey, get: (key) => folder.get(key), put: (key, bytes) => folder.put(key, bytes) };
}

/**
 * The store of this user, shared by all programs: the engine that all drivers carry is prepared once a machine.
 *
 * @param onProblem told in one sentence what is wrong with it; components are then prepared in each process
 */
export function preparedOfUser(onProblem: (sentence: string) => void): PreparedStore {
  return preparedIn(CacheFolder.ofUser("prepared", { onProblem }));
}
