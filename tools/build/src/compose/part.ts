/** What is composed. */

import { type Extern, HostError, readComponent } from "@busbar/host";
import { BuildError } from "../error.ts";

/** One component of a composition. */
export interface Part {
  /** How messages name it: "./driver.wasm". */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A component of a composition, and what it exports. */
export interface ReadPart extends Part {
  readonly imports: readonly Extern[];
  readonly exports: readonly Extern[];
}

/** @throws BuildError when it is no component, or is damaged */
export function readPart(part: Part): ReadPart {
  try {
    return { ...part, ...readComponent(part.bytes, part.name) };
  } catch (cause) {
    if (!(cause instanceof HostError)) throw cause;
    throw new BuildError(cause.message, { cause });
  }
}
