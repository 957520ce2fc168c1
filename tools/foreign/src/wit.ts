/** WIT packages beside those of a program: the shared ones, as `deps`. */

import { cpSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { programs, root } from "./places.ts";

/**
 * Puts a program's WIT and everything that it may name into one folder.
 *
 * @param program its name
 * @param folder is made anew
 */
export function gatherWit(program: string, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "deps"), { recursive: true });
  cpSync(join(programs, program, "wit"), folder, { recursive: true });
  const shared = join(root, "wit");
  for (const name of readdirSync(join(shared, "deps")))
    cpSync(join(shared, "deps", name), join(folder, "deps", name), { recursive: true });
  for (const name of ["board", "device"])
    cpSync(join(shared, name), join(folder, "deps", name), { recursive: true });
}
