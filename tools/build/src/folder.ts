/** Writing files so that nobody ever sees half of them, also where the power goes in the middle. */

import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Writes a file under another name and then gives it its own. */
export async function writeFileAtomically(path: string, content: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = hiddenSibling(path);
  try {
    await writeFile(temporary, content, throughToDisk);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(dirname(path));
}

/** Without it a rename may reach the disk before the contents do, and after a power cut the file is empty. */
const throughToDisk = { flag: "wx", flush: true } as const;

/** Brings a rename to the disk. Some file systems cannot; what is there is whole there too, only perhaps the older one. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => undefined);
  try {
    await folder?.sync().catch(() => undefined);
  } finally {
    await folder?.close();
  }
}

/** On the same file system, so that a rename is one step. */
function hiddenSibling(path: string): string {
  return join(dirname(path), `.${basename(path)}-${randomUUID()}`);
}
