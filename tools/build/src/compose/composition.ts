/** The definitions of a composed component around its parts. */

import type { ComponentBody, Definition, Sort } from "@busbar/host/component";
import { mapDescription, mapType, spaceOf } from "../component/references.ts";
import { BuildError } from "../error.ts";
import { mergeInstanceTypes } from "./instance-type.ts";
import { type LiftedImport, lift } from "./lift.ts";
import type { Import, ReadPart } from "./part.ts";
import type { PlugExport } from "./wiring.ts";

/**
 * Composes parts.
 *
 * @param parts the app, then the plugs
 * @param wiring what the app gets from which plug
 * @throws BuildError for what cannot be composed
 */
export function composition(
  parts: readonly ReadPart[],
  wiring: ReadonlyMap<string, PlugExport>,
): ComponentBody {
  return new Composition(parts, wiring).make();
}

/** Makes each definition once, after those that it needs. */
class Composition {
  readonly #parts: readonly ReadPart[];
  readonly #wiring: ReadonlyMap<string, PlugExport>;
  readonly #lifted: ReadonlyMap<Import, LiftedImport>;
  readonly #definitions: Definition[] = [];
  readonly #counts = new Map<Sort, number>();
  readonly #made = new Map<unknown, number>();
  readonly #unfinished = new Set<unknown>();

  constructor(parts: readonly ReadPart[], wiring: ReadonlyMap<string, PlugExport>) {
    this.#parts = parts;
    this.#wiring = wiring;
    this.#lifted = lift(parts, wiring);
  }

  make(): ComponentBody {
    // First all imports, then the plugs: so a composed component reads like any other.
    for (const lifted of new Set(this.#lifted.values())) this.#import(lifted);
    for (const position of this.#parts.keys()) if (position > 0) this.#instance(position);
    const instance = this.#instance(0);
    for (const { op, ...exported } of this.#parts[0]!.body.definitions) {
      if (op !== "export") continue;
      const { name, sort } = exported as Definition & { op: "export" };
      if (!["instance", "func", "type", "component"].includes(sort)) {
        throw new BuildError(
          `${this.#parts[0]!.name} exports ${name}, a ${sort}, which compose does not support.`,
        );
      }
      const index = this.#alias(instance, name, sort);
      this.#add({ op: "export", name, sort, index, description: undefined });
    }
    return { definitions: this.#definitions };
  }

  /** @returns its index */
  #add(definition: Definition): number {
    const sort = spaceOf(definition);
    const index = this.#counts.get(sort) ?? 0;
    this.#counts.set(sort, index + 1);
    this.#definitions.push(definition);
    return index;
  }

  /** Makes what `key` stands for, unless it is there already; returns its index. */
  #once(key: unknown, make: () => number): number {
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    if (this.#unfinished.has(key)) {
      throw new BuildError("The components' imports need each other in a circle; compose fewer of them.");
    }
    this.#unfinished.add(key);
    const index = make();
    this.#made.set(key, index);
    return index;
  }

  /** The instance of a part. */
  #instance(position: number): number {
    const part = this.#parts[position]!;
    return this.#once(part, () => {
      const args = part.importing.map((each) => {
        const { sort } = each.description;
        return { name: each.name, sort, index: this.#target(position, each) };
      });
      const component = this.#add({ op: "component", component: part.body });
      return this.#add({ op: "instantiate", component, args });
    });
  }

  /** What a part gets for one of its imports: a plug's export, or an import of the whole. */
  #target(position: number, each: Import): number {
    const plugged = position === 0 ? this.#wiring.get(each.name) : undefined;
    if (plugged !== undefined) {
      return this.#alias(this.#instance(plugged.plug + 1), plugged.name, each.description.sort);
    }
    return this.#import(this.#lifted.get(each)!);
  }

  #alias(instance: number, name: string, sort: Sort): number {
    return this.#once(`${sort} ${instance} ${name}`, () =>
      this.#add({ op: "alias export", sort, instance, name }),
    );
  }

  #import(lifted: LiftedImport): number {
    return this.#once(lifted, () => {
      const { component, import: first } = lifted.sources[0]!;
      const description =
        first.description.sort === "instance"
          ? ({ sort: "instance", type: this.#instanceType(lifted) } as const)
          : mapDescription(first.description, (_, index) => this.#type(component, index));
      return this.#add({ op: "import", name: lifted.name, description });
    });
  }

  #instanceType({ name, sources }: LiftedImport): number {
    const types = sources.map(({ component, import: { description } }) => {
      const index = "type" in description ? description.type : -1;
      const found = this.#parts[component]!.find("type", index);
      if (found?.op !== "type" || found.type.form !== "instance type") throw this.#damaged(component);
      const outerType = (outer: number) => this.#type(component, outer);
      return { declarations: found.type.declarations, outerType };
    });
    return this.#add({ op: "type", type: mergeInstanceTypes(name, types) });
  }

  /** A type of a part, in the composed component. */
  #type(position: number, index: number): number {
    return this.#once(`type ${position} ${index}`, () => {
      const part = this.#parts[position]!;
      const source = part.find("type", index);
      if (source?.op === "type") {
        const type = mapType(source.type, (_, other) => this.#type(position, other));
        return this.#add({ op: "type", type });
      }
      if (source?.op === "import") return this.#target(position, source);
      const instance = source?.op === "alias export" ? part.find("instance", source.instance) : undefined;
      if (source?.op !== "alias export" || instance?.op !== "import") throw this.#damaged(position);
      return this.#alias(this.#target(position, instance), source.name, "type");
    });
  }

  #damaged(position: number): BuildError {
    return new BuildError(
      `${this.#parts[position]?.name} is damaged: it uses what it does not declare; build it again.`,
    );
  }
}
