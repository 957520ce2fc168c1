/** The `busbar` command: makes starting fast, then runs the command line. */

import { compileQuickly } from "./compile-cache.ts";

compileQuickly();

// Imported only now, so that the cache holds for everything else.
const { runProgram } = await import("./program.ts");
await runProgram(process.argv.slice(2));
