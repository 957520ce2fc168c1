/** What an app may read, for apps whose world has the part `app-input`. */

/// <reference path="../../generated/index.d.ts" preserve="true" />

import { getStdin } from "wasi:cli/stdin@0.2.0";
import type { InputStream } from "wasi:io/streams@0.2.0";
import { payloadOf } from "../errors.ts";
import { toU64 } from "../u64.ts";

/** The most bytes of one read. */
const LONGEST_READ = 65_536;

/** What whoever runs the app lets it read, piece by piece; waits for each, and ends where that ends. */
export function* appInput(): Generator<Uint8Array, void, void> {
  const input = getStdin();
  try {
    for (let piece = next(input); piece !== undefined; piece = next(input)) yield piece;
  } finally {
    input[Symbol.dispose]();
  }
}

/** Undefined at the end. */
function next(input: InputStream): Uint8Array | undefined {
  try {
    return input.blockingRead(toU64(LONGEST_READ));
  } catch (error) {
    // wasi:io/streams `closed`; any other failure of a host's standard input is none that an app can mend.
    if (payloadOf(error).tag === "closed") return undefined;
    throw error;
  }
}
