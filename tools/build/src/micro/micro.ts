/** Builds a driver on MicroQuickJS: a bundle and a world become a component. */

import { readFileSync } from "node:fs";
import { boundaryOf } from "./boundary.ts";
import { builtinsFor } from "./builtins.ts";
import { composeDriver } from "./compose.ts";
import { withPages } from "./engine-memory.ts";
import { glueModule } from "./glue.ts";
import { evaluateDriver } from "./image.ts";
import { joiningScript } from "./scripts.ts";

/** What a driver is made of. */
export interface MicroOptions {
  /** The path of the engine's core module. */
  readonly enginePath: string;
  /** A component of the world without code, as wit-component makes it. */
  readonly world: Uint8Array<ArrayBuffer>;
  /** The driver's module as ES5, with `require` and `exports`. */
  readonly code: string;
  /** How much memory the driver begins with, at least, in KiB; all that it has, but for what crosses the boundary. */
  readonly memoryKiB?: number | undefined;
}

/**
 * @returns a component
 * @throws Error with what the driver's module threw while it was evaluated, and where
 */
export function buildMicro({
  enginePath,
  world,
  code,
  memoryKiB = 0,
}: MicroOptions): Uint8Array<ArrayBuffer> {
  const engine = readFileSync(enginePath);
  const boundary = boundaryOf(world);
  const joining = joiningScript(boundary);
  const scripts = [
    { name: "builtins.js", code: builtinsFor([code, joining]) },
    // On one line, so that places in the driver's lines stay what they are.
    { name: "driver.js", code: `(function (require, exports) { ${code}\n})` },
    { name: "joining.js", code: joining },
  ];
  const image = evaluateDriver(new WebAssembly.Module(engine), boundary, scripts, memoryKiB);
  const glue = glueModule(boundary, image.places, image.pieces);
  return composeDriver(world, withPages(engine, image.pages), glue);
}
