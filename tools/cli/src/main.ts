/** The `busbar` command: makes starting fast, then runs the command line. */

import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { cacheFolder } from "./cache-folder.ts";

// Imported only now, so that the cache holds for everything else.
enableCompileCache(join(cacheFolder(), "compiled"));
const { runProgram } = await import("./program.ts");
await runProgram(process.argv.slice(2));
