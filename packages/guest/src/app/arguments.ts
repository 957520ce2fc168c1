/** The arguments of a run, for apps whose world has the part `app-arguments`. */

/// <reference path="../../generated/index.d.ts" preserve="true" />

import { getArguments } from "wasi:cli/environment@0.2.0";

/** What the board file and the command line give this run, without the program's name. */
export function appArguments(): readonly string[] {
  return getArguments().slice(1);
}
