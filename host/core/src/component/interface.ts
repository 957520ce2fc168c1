/** What a component imports and exports, for the checks before anything of it runs, and for people. */

import { HostError } from "../error.ts";
import { type ComponentBody, readBinary, type Sort } from "./binary.ts";
import { declaredHostFunction, requireDeviceTypes } from "./host-types.ts";
import type { Plan } from "./plan.ts";
import { planComponent } from "./planner.ts";
import { LinkError } from "./reader.ts";

/** What an import or export is, after Binary.md's `sort`. */
export type ExternKind = "module" | "function" | "value" | "type" | "component" | "instance";

/** One import or export: "wasi:i2c/i2c@0.2.0-draft" or a plain name such as "run". */
export interface Extern {
  readonly name: string;
  readonly kind: ExternKind;
}

/** The outermost imports and exports of a component, in the order of the binary. */
export interface ComponentInterface {
  readonly imports: readonly Extern[];
  readonly exports: readonly Extern[];
}

/**
 * Reads a component's imports and exports. It is not planned: one that could not be linked can be looked at.
 *
 * @param bytes the whole file; it is not trusted
 * @param label how messages name it
 * @throws HostError with code "component" when `bytes` is no component, is damaged, or uses what is not supported
 */
export function readComponent(bytes: Uint8Array, label: string): ComponentInterface {
  return explained(bytes, label, () => interfaceOfBody(readBinary(bytes)));
}

/**
 * Plans a component, and checks the types that it declares for the functions of this host and of its devices.
 *
 * @param bytes the whole file; it is not trusted
 * @param label how messages name it
 * @throws HostError with code "component"
 */
export function planFor(bytes: Uint8Array, label: string): Plan {
  return explained(bytes, label, () => {
    const plan = planComponent(bytes, (host, type) => declaredHostFunction(host, type));
    requireDeviceTypes(plan.exports);
    return plan;
  });
}

/** The imports and exports of a plan. */
export function interfaceOfPlan({ imports, exports }: Plan): ComponentInterface {
  return {
    imports: imports.map(({ name, sort }) => ({ name, kind: kindOf(sort) })),
    exports: [...exports].map(([name, { sort }]) => ({ name, kind: kindOf(sort) })),
  };
}

function interfaceOfBody({ definitions }: ComponentBody): ComponentInterface {
  const imports: Extern[] = [];
  const exports: Extern[] = [];
  for (const definition of definitions) {
    if (definition.op === "import")
      imports.push({ name: definition.name, kind: kindOf(definition.description.sort) });
    if (definition.op === "export") exports.push({ name: definition.name, kind: kindOf(definition.sort) });
  }
  return { imports, exports };
}

function kindOf(sort: Sort): ExternKind {
  if (sort === "func") return "function";
  if (sort === "core module") return "module";
  return sort as ExternKind;
}

function explained<Result>(bytes: Uint8Array, label: string, read: () => Result): Result {
  requireComponent(bytes, label);
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof LinkError)) throw cause;
    throw new HostError(
      "component",
      `${label} cannot be linked: ${cause.message}; use another build of it.`,
      { cause },
    );
  }
}

function requireComponent(bytes: Uint8Array, label: string): void {
  const magic = [0x00, 0x61, 0x73, 0x6d];
  if (bytes.length < 8 || magic.some((byte, index) => bytes[index] !== byte)) {
    throw new HostError(
      "component",
      `${label} is not a WebAssembly file; name a component built by busbar build.`,
    );
  }
  // The last two bytes of the preamble are the layer: 0 for a core module, 1 for a component.
  if (bytes[6] === 0) {
    throw new HostError(
      "component",
      `${label} is a core WebAssembly module, not a component; build it with busbar build.`,
    );
  }
}
