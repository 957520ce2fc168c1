/** Where the engine is that @busbar/micro-engine compiles. */

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { BuildError } from "../error.ts";

/**
 * The absolute path of the engine's core module.
 *
 * @throws BuildError where nobody has compiled it
 */
export function enginePath(): string {
  const manifest = createRequire(import.meta.url).resolve("@busbar/micro-engine/package.json");
  const path = join(dirname(manifest), "dist/engine.wasm");
  if (existsSync(path)) return path;
  throw new BuildError(
    'The engine "micro" was not compiled; install clang, lld and cargo, and run ' +
      '"npx -y pnpm@12 --filter @busbar/micro-engine engine".',
  );
}
