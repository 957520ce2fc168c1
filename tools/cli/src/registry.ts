import { dirname, resolve } from "node:path";
import type { FetchComponent } from "@busbar/host-node";
import type { BlobStore, BoardComponentsOptions } from "@busbar/registry";
import type { Output } from "./output/output.ts";
import { printable } from "./output/printable.ts";
import { showTransfer } from "./output/transfer-progress.ts";

/**
 * Where pulled components are kept.
 *
 * @param output where it is said that they cannot be kept, for a command that goes on all the same; without it that is an error
 */
export async function openStore(output?: Output): Promise<BlobStore> {
  const { BlobStore } = await import("@busbar/registry");
  return new BlobStore(undefined, output && { optional: true, onProblem: warningTo(output) });
}

/** What a board's `oci://` components are fetched with: the cache, and the lock file beside the board file. */
export async function boardComponents(
  path: string,
  output?: Output,
): Promise<Pick<BoardComponentsOptions, "store" | "lock" | "onProblem">> {
  const { LockFile } = await import("@busbar/registry");
  const lock = new LockFile(dirname(resolve(path)));
  return { store: await openStore(output), lock, ...(output && { onProblem: warningTo(output) }) };
}

/** Something that is worse than it should be, and stops nothing. */
export function warningTo(output: Output): (sentence: string) => void {
  return (message) => {
    const record = { type: "warning", message };
    output.notice(printable(message), record);
  };
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
    const { bytes } = await fetchBoardComponent(specifier, {
      ...(await boardComponents(path, output)),
      onProgress,
    });
    return bytes;
  };
}
