/** The few files of a bundle that are text of ours. */

import { neededNode } from "@busbar/host-node";
import type { BundlePlatform } from "./runtime.ts";

/** What `node FOLDER/busbar.mjs run` starts: it looks at the whole bundle before anything else of it is loaded. */
export const starter = `// Starts what this folder has, after all of it was held against bundle.lock.json.
import { writeSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

// Any Node that knows modules can read this file: it says which Node it takes before anything newer is loaded.
const neededNode = ${neededNode};
const folder = dirname(fileURLToPath(import.meta.url));

function end(message, code, exitCode) {
  const record = { type: "error", time: new Date().toISOString(), code: code, exitCode: exitCode, message: message };
  writeSync(2, \`\${process.argv.includes("--json") ? JSON.stringify(record) : \`busbar: \${message}\`}\\n\`);
  process.exit(exitCode);
}

function start({ checkBundle }) {
  try {
    checkBundle(folder);
  } catch (error) {
    if (error.name !== "BundleError") throw error;
    end(error.message, "component", 4);
  }
  return import("./node_modules/busbar/dist/bundled.js").then(({ runBundle }) => runBundle(folder));
}

if (Number(process.versions.node.split(".")[0]) < neededNode) {
  end(
    \`This is Node \${process.version}, and busbar needs Node \${neededNode} or newer; install one: https://nodejs.org.\`,
    "backend",
    6,
  );
}
// What waits for nothing and does not end is no success; Node says 13 of what is imported at once.
function unsettled() {
  process.exitCode = 13;
}
process.once("beforeExit", unsettled);
import("./node_modules/@busbar/host-node/dist/bundle/check.js")
  .then(start)
  .then(() => process.removeListener("beforeExit", unsettled));
`;

/** The same as a program of its own, with the flag without which each memory of a driver reserves 8 GiB of addresses. */
export const shellStarter = `#!/bin/sh
exec node --disable-wasm-trap-handler "$(dirname "$(readlink -f "$0")")/../busbar.mjs" "$@"
`;

/** @param devices names of the board's devices */
export function readme(platform: BundlePlatform, devices: readonly string[], version: string): string {
  return `# A board, and all that it runs on

Made by busbar ${version} for ${platform}: ${devices.join(", ")}. It needs Node ${neededNode} or newer, and nothing else.

    bin/busbar run      # for years; "read" once, "watch", "doctor", or "--help" for the rest

Nothing in it is to be edited: bundle.lock.json has the SHA-256 of every file, and what differs does not start. The board
file that this was made from is the place for changes.
`;
}
