/** The `busbar` command in a bundle: the board is known, and what is not in the bundle is no command. */

import { compileQuickly } from "./compile-cache.ts";

/**
 * Runs the command line for the board of a bundle.
 *
 * @param folder of the bundle, absolute
 */
export async function runBundle(folder: string): Promise<void> {
  compileQuickly();
  // Imported only now, so that the cache holds for it.
  const { runProgram } = await import("./program.ts");
  await runProgram(process.argv.slice(2), folder);
}
