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

/**
 * Makes a folder of these files, in one step, where nothing is.
 *
 * @returns false where something is there already, which stays as it is
 */
export async function addFolder(path: string, files: ReadonlyMap<string, Uint8Array>): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = hiddenSibling(path);
  try {
    await mkdir(temporary);
    for (const [name, bytes] of files) await writeFile(join(temporary, name), bytes);
    await rename(temporary, path);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOTEMPTY", "EEXIST", "ENOTDIR")) return false;
    throw error;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/**
 * Makes a folder of these files in place of what is there. Where another process puts its own there at the same moment,
 * one of the two stays, whole.
 */
export async function replaceFolder(path: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const old = hiddenSibling(path);
  try {
    await rename(path, old).catch((error: unknown) => {
      if (!hasCode(error, "ENOENT")) throw error;
    });
    await addFolder(path, files);
  } finally {
    await rm(old, { recursive: true, force: true });
  }
}

/** On the same file system, so that a rename is one step. */
function hiddenSibling(path: string): string {
  return join(dirname(path), `.${basename(path)}-${randomUUID()}`);
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? "");
}
