/** What is composed. */

import { type Extern, HostError, readComponent } from "@busbar/host";
import { type ComponentBody, type Definition, readBinary, type Sort } from "@busbar/host/component";
import { byIndex, place } from "../component/placed.ts";
import { BuildError } from "../error.ts";

/** One component of a composition. */
export interface Part {
  /** How messages name it: "./driver.wasm". */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A definition that imports something. */
export type Import = Definition & { readonly op: "import" };

/** A component of a composition, and what it says. */
export interface ReadPart extends Part {
  readonly imports: readonly Extern[];
  readonly exports: readonly Extern[];
  readonly body: ComponentBody;
  /** The imports as they are defined. */
  readonly importing: readonly Import[];
  /** The definition of an index; undefined where there is none. */
  find(sort: Sort, index: number): Definition | undefined;
}

/** @throws BuildError when it is no component, is damaged, or imports something that cannot be composed */
export function readPart(part: Part): ReadPart {
  try {
    const { imports, exports } = readComponent(part.bytes, part.name);
    const body = readBinary(part.bytes);
    const importing = body.definitions.filter((definition) => definition.op === "import");
    const component = importing.find(({ description }) => description.sort === "component");
    if (component !== undefined) throw unsupported(part, `imports ${component.name}, a component`);
    return { ...part, imports, exports, body, importing, find: byIndex(place(body.definitions)) };
  } catch (cause) {
    if (!(cause instanceof HostError)) throw cause;
    throw new BuildError(cause.message, { cause });
  }
}

function unsupported({ name }: Part, what: string): BuildError {
  return new BuildError(`${name} ${what}, which compose does not support; compose it with "wac plug".`);
}
