/** The `busbar` command: makes starting fast, then runs the command line. */

import { enableCompileCache } from "node:module";
import { safeCacheFolder } from "@busbar/host-node/cache";

// A reader that went away (busbar run | head) is a normal end, and so is a terminal that was closed: SIGHUP alone does not
// end `busbar run`.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || error.code === "EIO") process.exit(0);
    throw error;
  });
}

// What is in it is run: where others can write, there is none.
const compiled = safeCacheFolder("compiled");
if (compiled !== undefined) enableCompileCache(compiled);
// Imported only now, so that the cache holds for everything else.
const { runProgram } = await import("./program.ts");
await runProgram(process.argv.slice(2));
