/** Writing a file so that nobody ever sees half of it, also where the power goes in the middle. */

import { randomUUID } from "node:crypto";
import { open, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** What a file that is being written is called until it is whole: a name that no entry has. */
export const temporaryName = /^\.[0-9a-f-]{36}\.tmp$/;

/**
 * Writes a file in one step: beside its place, down to the disk, and then renamed. What is there stays until then, and
 * where it fails.
 *
 * @param mode of the file, less the process's mask; 0o666 by default
 * @throws what the system says: ENOSPC, EACCES, ...
 */
export async function writeFileAtomically(
  path: string,
  content: string | Uint8Array | readonly Uint8Array[],
  mode = 0o666,
): Promise<void> {
  const folder = dirname(path);
  // In the same folder, so that the rename is one step.
  const temporary = join(folder, `.${randomUUID()}.tmp`);
  try {
    // Without flush, a rename may reach the disk before the contents do, and after a power cut the file is empty.
    await writeFile(temporary, content, { flag: "wx", flush: true, mode });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(folder);
}

/** Brings a rename to the disk. Some file systems cannot; the file is whole there too, only perhaps the older one. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => undefined);
  try {
    await folder?.sync().catch(() => undefined);
  } finally {
    await folder?.close();
  }
}
