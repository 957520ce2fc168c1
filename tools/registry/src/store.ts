/** What was pulled, kept on disk by its digest: `blobs/sha256/<digest>`, the layout that OCI tools use. */

import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RegistryError } from "./error.ts";
import { digestOf } from "./manifest.ts";
import { digestPattern } from "./reference.ts";

/**
 * A content-addressed cache that any number of processes may share. An entry is there whole or not at all; one that
 * was damaged since is the same as missing.
 */
export class BlobStore {
  /** The folder; it is made when something is added. */
  readonly folder: string;

  /** @param folder such as `~/.cache/busbar/registry`; everything in it can be deleted at any time */
  constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * Reads a blob and checks it.
   *
   * @param digest "sha256:..."
   * @param maximum a longer entry is taken for damaged, unread
   * @returns undefined where it is not there, or is not what its name says
   * @throws RegistryError with reason "local" when the folder cannot be read
   */
  async read(digest: string, maximum: number): Promise<Uint8Array | undefined> {
    const path = this.#path(digest);
    try {
      if ((await stat(path)).size > maximum) return undefined;
      await using file = await open(path);
      const bytes = await file.readFile();
      return digestOf(bytes) === digest ? new Uint8Array(bytes) : undefined;
    } catch (error) {
      if (hasCode(error, "ENOENT", "ENOTDIR")) return undefined;
      throw this.#unusable(error);
    }
  }

  /**
   * Adds a blob, in one step.
   *
   * @returns its digest
   * @throws RegistryError with reason "local" when the folder cannot be written
   */
  async add(bytes: Uint8Array): Promise<string> {
    const digest = digestOf(bytes);
    const path = this.#path(digest);
    // On the same file system, so that the rename is one step; and no name of an entry, should this process be killed.
    const temporary = join(this.folder, `.${randomUUID()}`);
    try {
      await mkdir(join(this.folder, "blobs", "sha256"), { recursive: true });
      try {
        await writeFile(temporary, bytes, { flag: "wx" });
        await rename(temporary, path);
      } finally {
        await rm(temporary, { force: true });
      }
    } catch (error) {
      throw this.#unusable(error);
    }
    return digest;
  }

  #path(digest: string): string {
    if (!digestPattern.test(digest)) throw new RangeError(`${digest} is no sha256 digest`);
    return join(this.folder, "blobs", "sha256", digest.slice("sha256:".length));
  }

  #unusable(cause: unknown): unknown {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined) return cause;
    return new RegistryError(
      "local",
      `the cache folder ${this.folder} cannot be used (${code}); set XDG_CACHE_HOME to a folder that can be written.`,
      { cause },
    );
  }
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? "");
}
