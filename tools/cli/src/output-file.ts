import { realpathSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { makeFolders, writeFileAtomically } from "@busbar/host-node/cache";
import { UsageError } from "./exit-codes.ts";

/**
 * Writes the file that a person names, with the folders that it needs: whole or not at all, through a link, and with the rights of the one that was there.
 * What is no file (`/dev/stdout`, a pipe) is written to and stays what it is.
 *
 * @throws UsageError that names the option
 */
export async function writeOutputFile(file: string, bytes: Uint8Array, option = "--out"): Promise<void> {
  const path = resolve(file);
  try {
    const present = statSync(path, { throwIfNoEntry: false });
    if (present === undefined) {
      makeFolders(dirname(path));
      await writeFileAtomically(path, bytes);
    } else if (present.isFile()) {
      await writeFileAtomically(realpathSync(path), bytes, present.mode & 0o777);
    } else {
      await writeFile(path, bytes);
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    throw new UsageError(`${file} cannot be written (${code}); name another file after ${option}.`, {
      cause,
    });
  }
}
