import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder and those that it lies in, where they are missing. Not by `mkdirSync` with `recursive`: where the system
 * says that a folder is missing which is there (/proc, some network file systems), that tries for ever.
 *
 * @param path absolute
 * @param mode of what is made
 * @throws an error of the system
 */
export function makeFolders(path: string, mode = 0o777): void {
  const parent = dirname(path);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  if (parent !== path) makeFolders(parent, mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    // Somebody else was faster.
    const isThere = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
    if ((error as NodeJS.ErrnoException).code !== "EEXIST" || !isThere) throw error;
  }
}
