/**
 * The composed component as text, with an empty component in the place of each of the parts. Indices are names here, so
 * that nothing needs renumbering: the text format's reader does it.
 */

import { BuildError } from "../error.ts";
import {
  type Expression,
  keywordOf,
  operandsOf,
  quoted,
  renameTypes,
  writeExpression,
} from "./expression.ts";
import { mergeInstanceTypes } from "./instance-type.ts";
import { type LiftedImport, lift } from "./lift.ts";
import type { ReadPart } from "./part.ts";
import type { Import, Scope } from "./scope.ts";
import type { PlugExport } from "./wiring.ts";

/** How text calls the kinds of exports. */
const exportKeywords: Readonly<Record<string, string>> = {
  instance: "instance",
  function: "func",
  type: "type",
  component: "component",
};

/** A composition as text. */
export interface ComposedText {
  readonly text: string;
  /** Which part stands in the place of each empty component, in their order. */
  readonly order: readonly number[];
}

/**
 * Writes a composition.
 *
 * @param parts the app, then the plugs
 * @param scopes of the parts
 * @param wiring what the app gets from which plug
 * @throws BuildError for what cannot be composed
 */
export function writeComposition(
  parts: readonly ReadPart[],
  scopes: readonly Scope[],
  wiring: ReadonlyMap<string, PlugExport>,
): ComposedText {
  return new Writer(parts, scopes, wiring).write();
}

/** Writes each declaration once, after those that it needs. */
class Writer {
  readonly #parts: readonly ReadPart[];
  readonly #scopes: readonly Scope[];
  readonly #wiring: ReadonlyMap<string, PlugExport>;
  readonly #lifted: ReadonlyMap<Import, LiftedImport>;
  readonly #declarations: Expression[] = ["component"];
  readonly #order: number[] = [];
  readonly #written = new Map<unknown, string>();
  readonly #unfinished = new Set<unknown>();

  constructor(parts: readonly ReadPart[], scopes: readonly Scope[], wiring: ReadonlyMap<string, PlugExport>) {
    this.#parts = parts;
    this.#scopes = scopes;
    this.#wiring = wiring;
    this.#lifted = lift(scopes, wiring);
  }

  write(): ComposedText {
    // First all imports, then the plugs: so a composed component reads like any other, and can be composed again.
    for (const lifted of new Set(this.#lifted.values())) this.#import(lifted);
    for (const position of this.#parts.keys()) if (position > 0) this.#instance(position);
    const app = this.#instance(0);
    for (const { name, kind } of this.#parts[0]?.exports ?? []) {
      const keyword = exportKeywords[kind];
      if (keyword === undefined) {
        throw new BuildError(
          `${this.#parts[0]?.name} exports ${name}, a ${kind}, which compose does not support.`,
        );
      }
      const alias = this.#alias(app, name, keyword);
      this.#declarations.push(["export", quoted(name), [keyword, alias]]);
    }
    return { text: writeExpression(this.#declarations), order: this.#order };
  }

  /** Writes what `key` stands for, unless it is there already; returns its name. */
  #once(key: unknown, prefix: string, write: (name: string) => void): string {
    const known = this.#written.get(key);
    if (known !== undefined) return known;
    if (this.#unfinished.has(key)) {
      throw new BuildError("The components' imports need each other in a circle; compose fewer of them.");
    }
    this.#unfinished.add(key);
    const name = `$${prefix}${this.#unfinished.size}`;
    write(name);
    this.#written.set(key, name);
    return name;
  }

  /** The instance of a part. */
  #instance(position: number): string {
    return this.#once(`part ${position}`, "instance", (name) => {
      const given = (this.#scopes[position]?.imports ?? []).map((each) => [
        "with",
        quoted(each.name),
        [each.kind, this.#target(position, each)],
      ]);
      const component = `$component${position}`;
      this.#order.push(position);
      this.#declarations.push(
        ["component", component],
        ["instance", name, ["instantiate", component, ...given]],
      );
    });
  }

  /** What a part gets for one of its imports: a plug's export, or an import of the whole. */
  #target(position: number, each: Import): string {
    const plugged = position === 0 ? this.#wiring.get(each.name) : undefined;
    if (plugged !== undefined) return this.#alias(this.#instance(plugged.plug + 1), plugged.name, each.kind);
    const lifted = this.#lifted.get(each);
    if (lifted === undefined) throw this.#damaged(position);
    return this.#import(lifted);
  }

  #alias(instance: string, name: string, keyword: string): string {
    return this.#once(`${instance} ${name}`, "alias", (alias) => {
      this.#declarations.push(["alias", "export", instance, quoted(name), [keyword, alias]]);
    });
  }

  #import(lifted: LiftedImport): string {
    return this.#once(lifted, "import", (name) => {
      const [first] = lifted.sources;
      if (first === undefined) return;
      const { component, import: one } = first;
      const bound =
        one.kind === "instance"
          ? ["type", this.#instanceType(lifted)]
          : renameTypes(one.bound, (index) => this.#type(component, index));
      this.#declarations.push(["import", quoted(lifted.name), [one.kind, name, bound]]);
    });
  }

  #instanceType(lifted: LiftedImport): string {
    const sources = lifted.sources.map(({ component, import: { bound } }) => {
      const type = this.#scopes[component]?.types[Number(operandsOf(bound)[0])];
      if (type?.from !== "definition" || keywordOf(type.definition) !== "instance") {
        throw this.#damaged(component);
      }
      return { definition: type.definition, outerType: (index: number) => this.#type(component, index) };
    });
    const merged = mergeInstanceTypes(lifted.name, sources);
    return this.#once(lifted.sources, "type", (name) => this.#declarations.push(["type", name, merged]));
  }

  /** A type of a part, in the composed component. */
  #type(component: number, index: number): string {
    return this.#once(`type ${component} ${index}`, "type", (name) => {
      const scope = this.#scopes[component];
      const source = scope?.types[index];
      if (source?.from === "definition") {
        const definition = renameTypes(source.definition, (other) => this.#type(component, other));
        this.#declarations.push(["type", name, definition]);
      } else if (source?.from === "instance") {
        const instance = scope?.instances[source.instance];
        if (instance === undefined) throw this.#damaged(component);
        const target = this.#target(component, instance);
        this.#declarations.push(["alias", "export", target, quoted(source.name), ["type", name]]);
      } else if (source?.from === "import") {
        this.#declarations.push(["type", name, this.#target(component, source.import)]);
      } else throw this.#damaged(component);
    });
  }

  #damaged(position: number): BuildError {
    return new BuildError(
      `${this.#parts[position]?.name} is damaged: it uses what it does not declare; build it again.`,
    );
  }
}
