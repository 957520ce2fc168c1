import { dirname, join, resolve } from "node:path";
import type { FetchComponent } from "@busbar/host-node";
import type { BlobStore, BoardComponentsOptions } from "@busbar/registry";
import { cacheFolder } from "./cache-folder.ts";
import type { Output } from "./output/output.ts";
import { showTransfer } from "./output/transfer-progress.ts";

/** Where pulled components are kept. */
export async function openStore(): Promise<BlobStore> {
  const { BlobStore } = await import("@busbar/registry");
  return new BlobStore(join(cacheFolder(), "registry"));
}

/** What a board's `oci://` components are fetched with: the cache, and the lock file beside the board file. */
export async function boardComponents(path: string): Promise<Pick<BoardComponentsOptions, "store" | "lock">> {
  const { LockFile } = await import("@busbar/registry");
  return { store: await openStore(), lock: new LockFile(dirname(resolve(path))) };
}

/**
 * Gets the `oci://` components of a board. The registry's code is loaded when the first of them is asked for.
 *
 * @param path the board file
 */
export function fetchFor(path: string, output: Output): FetchComponent {
  return async (specifier) => {
    const { fetchBoardComponent } = await import("@busbar/registry");
    using progress = await showTransfer("pulling", specifier, output);
    const onProgress = (moved: number, total: number) => progress.update(moved, total);
    const { bytes } = await fetchBoardComponent(specifier, { ...(await boardComponents(path)), onProgress });
    return bytes;
  };
}
