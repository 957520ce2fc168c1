import { randomUUID } from "node:crypto";
import { chmodSync, existsSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isBundle } from "@busbar/host-node";
import { makeFolders } from "@busbar/host-node/cache";
import { UsageError } from "../exit-codes.ts";

/**
 * Writes a bundle's folder, whole or not at all: beside its place, and then renamed. A bundle that is there is replaced.
 *
 * @param folder absolute
 * @param files contents by path with slashes; those in `bin/` can be run
 * @throws UsageError where something else is there; what the system says
 */
export function writeBundleFolder(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  requireReplaceable(folder);
  const parent = dirname(folder);
  makeFolders(parent);
  const [written, replaced] = ["new", "old"].map((what) =>
    join(parent, `.${basename(folder)}.${randomUUID()}.${what}`),
  ) as [string, string];
  try {
    for (const [path, bytes] of files) {
      const file = join(written, path);
      makeFolders(dirname(file));
      writeFileSync(file, bytes, { flush: true });
      // Whatever the mask of this process: it may run under another user.
      chmodSync(file, path.startsWith("bin/") ? 0o755 : 0o644);
    }
    for (const path of foldersOf(files.keys())) chmodSync(join(written, path), 0o755);
    if (existsSync(folder)) renameSync(folder, replaced);
    renameSync(written, folder);
  } catch (error) {
    if (existsSync(replaced) && !existsSync(folder)) renameSync(replaced, folder);
    throw error;
  } finally {
    for (const path of [written, replaced]) rmSync(path, { recursive: true, force: true });
  }
}

/** Nothing of somebody else's is deleted. */
function requireReplaceable(folder: string): void {
  if (!existsSync(folder) || isBundle(folder)) return;
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    throw new UsageError(`${folder} is there, and no folder; name another with --out.`);
  }
  if (names.length > 0) {
    throw new UsageError(`${folder} is there, and no bundle; empty it, or name another folder with --out.`);
  }
}

function foldersOf(paths: Iterable<string>): Set<string> {
  const folders = new Set<string>([""]);
  for (const path of paths) {
    const parts = path.split("/");
    for (let length = 1; length < parts.length; length += 1) folders.add(parts.slice(0, length).join("/"));
  }
  return folders;
}
