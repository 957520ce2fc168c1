/** The `busbar` command: makes starting fast, then runs the command line. */

import { enableCompileCache } from "node:module";
import { safeCacheFolder } from "@busbar/host-node/cache";

// What is in it is run: where others can write, there is none.
const compiled = safeCacheFolder("compiled");
if (compiled !== undefined) enableCompileCache(compiled);

// Imported only now, so that the cache holds for everything else.
const { runProgram } = await import("./program.ts");
await runProgram(process.argv.slice(2));
