/**
 * What a component says before its code: types, imports, and aliases of what the imported instances export. Read off
 * the text that wasm-tools prints of those sections alone; the code itself is never printed.
 */

import { BuildError, messageOf } from "../error.ts";
import { concatenate, outermostSections, type Section, sectionId } from "../sections.ts";
import { type Expression, isIndex, keywordOf, operandsOf, parseExpression, unquoted } from "./expression.ts";
import type { Part } from "./part.ts";

/** The kinds of imports that a composition can wire or pass on. */
export const importKinds = ["instance", "func", "type"] as const;

/** A kind of import, as text calls it. */
export type ImportKind = (typeof importKinds)[number];

/** One import. */
export interface Import {
  /** "wasi:i2c/i2c@0.2.0-draft". */
  readonly name: string;
  readonly kind: ImportKind;
  /** `(type 3)` for an instance or a function; `(eq 3)` or `(sub resource)` for a type. */
  readonly bound: Expression;
}

/** Where a type index of the component comes from. */
export type TypeSource =
  | { readonly from: "definition"; readonly definition: Expression }
  | { readonly from: "instance"; readonly instance: number; readonly name: string }
  | { readonly from: "import"; readonly import: Import };

/** The index spaces of a component before its code. */
export interface Scope {
  readonly types: readonly TypeSource[];
  /** The imports that are instances, by their index. */
  readonly instances: readonly Import[];
  /** All imports in their order. */
  readonly imports: readonly Import[];
}

/**
 * Reads the scope of a component.
 *
 * @throws BuildError when it imports something that cannot be composed
 */
export async function readScope(part: Part): Promise<Scope> {
  const { print } = await import("@bytecodealliance/jco-transpile/wasm-tools");
  const text = await print(leadingPart(part)).catch((error: unknown) => {
    throw new BuildError(`${part.name} is damaged: ${messageOf(error)}; build it again.`, { cause: error });
  });
  const scope = { types: [] as TypeSource[], instances: [] as Import[], imports: [] as Import[] };
  for (const item of operandsOf(parseExpression(text))) {
    const [first = "", second = "", third = ""] = operandsOf(item);
    switch (keywordOf(item)) {
      case "type":
        scope.types.push({ from: "definition", definition: first });
        break;
      case "import": {
        const found = readImport(part, first, second);
        scope.imports.push(found);
        if (found.kind === "instance") scope.instances.push(found);
        if (found.kind === "type") scope.types.push({ from: "import", import: found });
        break;
      }
      case "alias":
        readAlias(part, first, second, third, operandsOf(item)[3], scope.types);
        break;
      default:
        throw unsupported(part, `has "${keywordOf(item)}" before its imports end`);
    }
  }
  return scope;
}

/** The sections up to the last import, without code and names: they have no part in the index spaces of a scope. */
function leadingPart(part: Part): Uint8Array {
  const kept: readonly number[] = [sectionId.coreType, sectionId.alias, sectionId.type, sectionId.import];
  const skipped: readonly number[] = [sectionId.custom, sectionId.coreModule, sectionId.component];
  let sections: Section[];
  try {
    sections = outermostSections(part.bytes);
  } catch (cause) {
    throw new BuildError(`${part.name} is damaged: ${messageOf(cause)}; build it again.`, { cause });
  }
  const end = sections.findLastIndex(({ id }) => id === sectionId.import) + 1;
  const leading = sections.slice(0, end).filter(({ id }) => !skipped.includes(id));
  if (leading.some(({ id }) => !kept.includes(id))) throw unsupported(part, "has imports after its code");
  return concatenate([
    part.bytes.subarray(0, 8),
    ...leading.map(({ start, end: next }) => part.bytes.subarray(start, next)),
  ]);
}

function readImport(part: Part, name: Expression, description: Expression): Import {
  const kind = importKinds.find((each) => each === keywordOf(description));
  const plain = unquoted(name);
  if (kind === undefined) throw unsupported(part, `imports ${plain}, a ${keywordOf(description)}`);
  return { name: plain, kind, bound: operandsOf(description)[0] ?? "" };
}

/** `(alias export 0 "error" (type))` */
function readAlias(
  part: Part,
  form: Expression,
  instance: Expression,
  name: Expression,
  what: Expression | undefined,
  types: TypeSource[],
): void {
  if (form !== "export" || !isIndex(instance) || keywordOf(what) !== "type") {
    throw unsupported(part, "has an alias of something other than a type before its code");
  }
  types.push({
    from: "instance",
    instance: Number(instance),
    name: unquoted(name),
  });
}

function unsupported({ name }: Part, what: string): BuildError {
  return new BuildError(`${name} ${what}, which compose does not support; compose it with "wac plug".`);
}
