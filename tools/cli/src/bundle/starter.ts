/** The few files of a bundle that are text of ours. */

import type { BundlePlatform } from "./runtime.ts";

/** What `node FOLDER/busbar.mjs run` starts: it looks at the whole bundle before anything else of it is loaded. */
export const starter = `// Starts what this folder has, after all of it was held against bundle.lock.json.
import { writeSync } from "node:fs";
import { checkBundle } from "./node_modules/@busbar/host-node/dist/bundle/check.js";

try {
  checkBundle(import.meta.dirname);
} catch (error) {
  if (error?.name !== "BundleError") throw error;
  const { message } = error;
  const record = { type: "error", code: "component", exitCode: 4, message };
  writeSync(2, \`\${process.argv.includes("--json") ? JSON.stringify(record) : \`busbar: \${message}\`}\\n\`);
  process.exit(4);
}
const { runBundle } = await import("./node_modules/busbar/dist/bundled.js");
await runBundle(import.meta.dirname);
`;

/** The same as a program of its own, with the flag without which each memory of a driver reserves 8 GiB of addresses. */
export const shellStarter = `#!/bin/sh
exec node --disable-wasm-trap-handler "$(dirname "$(readlink -f "$0")")/../busbar.mjs" "$@"
`;

/** @param devices names of the board's devices */
export function readme(platform: BundlePlatform, devices: readonly string[], version: string): string {
  return `# A board, and all that it runs on

Made by busbar ${version} for ${platform}: ${devices.join(", ")}. It needs Node 25 or newer, and nothing else.

    bin/busbar run      # for years; "read" once, "watch", "doctor", or "--help" for the rest

Nothing in it is to be edited: bundle.lock.json has the SHA-256 of every file, and what differs does not start. The board
file that this was made from is the place for changes.
`;
}
