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

/**
 * Makes a folder of these files, in one step, where nothing is.
 *
 * @returns false where something is there already, which stays as it is
 */
export async function addFolder(path: string, files: ReadonlyMap<string, Uint8Array>): Promise<boolean> {
  return withFolderOf(path, files, (temporary) => renameToFree(temporary, path));
}

/**
 * Makes a folder of these files in place of what is there, which stays where that fails. Where another process puts its own
 * there at the same moment, one of the two stays, whole.
 */
export async function replaceFolder(path: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await withFolderOf(path, files, async (temporary) => {
    const old = hiddenSibling(path);
    try {
      await rename(path, old).catch((error: unknown) => {
        if (!hasCode(error, "ENOENT")) throw error;
      });
      await renameToFree(temporary, path).catch(async (error: unknown) => {
        await rename(old, path).catch(() => undefined);
        throw error;
      });
    } finally {
      await rm(old, { recursive: true, force: true });
    }
  });
}

/** Writes the files into a folder beside `path`, which is there only while `place` has not put it where it belongs. */
async function withFolderOf<Result>(
  path: string,
  files: ReadonlyMap<string, Uint8Array>,
  place: (temporary: string) => Promise<Result>,
): Promise<Result> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = hiddenSibling(path);
  try {
    await mkdir(temporary);
    for (const [name, bytes] of files) await writeFile(join(temporary, name), bytes, throughToDisk);
    await syncFolder(temporary);
    const result = await place(temporary);
    await syncFolder(dirname(path));
    return result;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** @returns false where something is there */
async function renameToFree(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOTEMPTY", "EEXIST", "ENOTDIR")) return false;
    throw error;
  }
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

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? "");
}
