/** Whether the engine "micro" was compiled: tests of it are left out where it was not, which compiling it tells in a sentence. */

import { enginePath } from "../../src/micro/engine-path.ts";

export const hasEngine = isThere();

function isThere(): boolean {
  try {
    return enginePath() !== "";
  } catch {
    return false;
  }
}
