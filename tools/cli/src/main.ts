/** The `busbar` command: makes starting fast, then runs the command line. */

import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { cacheFolder } from "./cache-folder.ts";

// A reader that went away (busbar run | head) is a normal end, and so is a terminal that was closed: SIGHUP alone does not
// end `busbar run`.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || error.code === "EIO") process.exit(0);
    throw error;
  });
}

// Imported only now, so that the cache holds for everything else.
enableCompileCache(join(cacheFolder(), "compiled"));
const { runProgram } = await import("./program.ts");
await runProgram(process.argv.slice(2));
