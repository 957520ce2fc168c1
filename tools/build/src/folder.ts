/** Writing files so that nobody ever sees half of them. */

import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Writes a file under another name and then gives it its own. */
export async function writeFileAtomically(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = hiddenSibling(path);
  try {
    await writeFile(temporary, bytes);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** On the same file system, so that a rename is one step. */
function hiddenSibling(path: string): string {
  return join(dirname(path), `.${basename(path)}-${randomUUID()}`);
}
