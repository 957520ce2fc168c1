/** What was pulled, kept on disk by its digest. */

import { CacheFolder } from "@busbar/host-node/cache";
import { RegistryError } from "./error.ts";
import { digestOf } from "./manifest.ts";
import { digestPattern } from "./reference.ts";

/** How a store behaves; everything has a default. */
export interface BlobStoreOptions {
  /**
   * Whether it goes on where nothing can be kept (a full disk, a folder that others can write to), after telling
   * `onProblem`; false by default: it is an error.
   */
  readonly optional?: boolean;
  /** Told in one sentence what is wrong with the cache, each thing once, where it is optional. */
  readonly onProblem?: (sentence: string) => void;
}

/**
 * A content-addressed cache that any number of processes may share. An entry is there whole or not at all; one that
 * was damaged since is the same as missing. A folder that others can write to is not used.
 */
export class BlobStore {
  readonly #cache: CacheFolder;
  readonly #optional: boolean;

  /**
   * @param folder absolute; it is made when something is added. Without it the user's own: XDG_CACHE_HOME/busbar/registry,
   *   or ~/.cache/busbar/registry. Everything in it can be deleted at any time
   */
  constructor(folder?: string, { optional = false, onProblem }: BlobStoreOptions = {}) {
    const options = optional && onProblem !== undefined ? { onProblem } : {};
    this.#cache =
      folder === undefined ? CacheFolder.ofUser("registry", options) : CacheFolder.at(folder, options);
    this.#optional = optional;
  }

  /**
   * Reads a blob and checks it.
   *
   * @param digest "sha256:..."
   * @param maximum a longer entry is as good as none
   * @returns undefined where it is not there, or is not what its name says
   */
  async read(digest: string, maximum: number): Promise<Uint8Array | undefined> {
    if (!digestPattern.test(digest)) throw new RangeError(`${digest} is no sha256 digest`);
    const bytes = await this.#cache.get(keyOf(digest));
    if (bytes === undefined || bytes.length > maximum) return undefined;
    return digestOf(bytes) === digest ? bytes : undefined;
  }

  /**
   * Adds a blob, in one step.
   *
   * @returns its digest
   * @throws RegistryError with reason "local" when it cannot be kept, and that is not optional
   */
  async add(bytes: Uint8Array): Promise<string> {
    const digest = digestOf(bytes);
    const problem = await this.#cache.put(keyOf(digest), bytes);
    if (problem !== undefined && !this.#optional) throw new RegistryError("local", problem);
    return digest;
  }
}

function keyOf(digest: string): string {
  return digest.slice("sha256:".length);
}
