import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { CreateError } from "./error.ts";
import type { Files } from "./template.ts";

/**
 * Writes the files of a package, all or none: they are written beside the folder, which is then put in its place.
 *
 * @param folder absolute; it must not exist, or be empty
 * @throws CreateError
 */
export function writePackage(folder: string, files: Files): void {
  try {
    refuseUsed(folder);
    const parent = dirname(folder);
    const made = mkdirSync(parent, { recursive: true });
    let beside: string | undefined;
    try {
      beside = join(parent, `.${basename(folder)}-${randomUUID()}`);
      mkdirSync(beside);
      for (const [path, text] of files) {
        mkdirSync(dirname(join(beside, path)), { recursive: true });
        writeFileSync(join(beside, path), text, { flag: "wx", flush: true });
      }
      // Fails where something came in between.
      if (existsSync(folder)) rmdirSync(folder);
      renameSync(beside, folder);
    } catch (error) {
      // Where parents were made, what was written lies in the first of them.
      const remove = made ?? beside;
      if (remove !== undefined) rmSync(remove, { recursive: true, force: true });
      throw error;
    }
  } catch (cause) {
    if (cause instanceof CreateError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    throw new CreateError(
      `The folder ${folder} cannot be written (${code}); name another with --directory.`,
      {
        cause,
      },
    );
  }
}

function refuseUsed(folder: string): void {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return;
    if (code === "ENOTDIR") names = [basename(folder)];
    else throw error;
  }
  if (names.length === 0) return;
  throw new CreateError(
    `${folder} is there already, and nothing is overwritten; name another folder with --directory.`,
  );
}
