/**
 * One type for an import that several components share: each of them may declare only what it uses of an interface, so
 * the shared import declares what any of them does. Names are what is compared; whether two declarations of one name
 * agree is checked when the result is validated.
 */

import type { Definition, TypeForm } from "@busbar/host/component";
import { type MapIndex, mapDescription, mapType } from "../component/references.ts";
import { BuildError } from "../error.ts";

/** The type of one component's import. */
export interface InstanceTypeSource {
  readonly declarations: readonly Definition[];
  /** The index of a type of that component in the composed one; makes sure that it is defined before. */
  outerType(index: number): number;
}

/**
 * Merges the types of the imports of one interface.
 *
 * @param label how messages name the interface
 * @throws BuildError for what WIT interfaces never have: instances within instances
 */
export function mergeInstanceTypes(label: string, sources: readonly InstanceTypeSource[]): TypeForm {
  const merged: Definition[] = [];
  /** The names under which types are exported, and their indices here. */
  const exportedTypes = new Map<string, number>();
  const exportedFunctions = new Set<string>();
  let count = 0;
  const addType = (declaration: Definition) => {
    merged.push(declaration);
    count += 1;
    return count - 1;
  };
  for (const { declarations, outerType } of sources) {
    const exported = declarations.filter(({ op }) => op === "export type") as { readonly name: string }[];
    const known = ({ name }: { readonly name: string }) =>
      exportedTypes.has(name) || exportedFunctions.has(name);
    if (exported.length > 0 && exported.every(known)) continue;
    /** The indices here of this source's types. */
    const types: number[] = [];
    const local: MapIndex = (_, index) => {
      const found = types[index];
      if (found === undefined) throw new BuildError(`${label} is damaged: it uses what it does not declare.`);
      return found;
    };
    for (const declaration of declarations) {
      if (declaration.op === "type" && !("declarations" in declaration.type)) {
        types.push(addType({ op: "type", type: mapType(declaration.type, local) }));
      } else if (declaration.op === "alias outer" && declaration.sort === "type" && declaration.count < 2) {
        // Scopes are counted outwards, this one being 0.
        const { count: scopes, index } = declaration;
        types.push(
          scopes === 0 ? local("type", index) : addType({ ...declaration, index: outerType(index) }),
        );
      } else if (declaration.op === "export type" && declaration.description.sort === "type") {
        const { name, description } = declaration;
        const type =
          exportedTypes.get(name) ??
          addType({ op: "export type", name, description: mapDescription(description, local) });
        types.push(type);
        exportedTypes.set(name, type);
      } else if (declaration.op === "export type" && declaration.description.sort === "func") {
        const { name, description } = declaration;
        if (exportedFunctions.has(name)) continue;
        exportedFunctions.add(name);
        merged.push({ op: "export type", name, description: mapDescription(description, local) });
      } else {
        throw new BuildError(
          `${label} has something in it that no WIT interface has, which compose does not support; ` +
            'compose it with "wac plug".',
        );
      }
    }
  }
  return { form: "instance type", declarations: merged };
}
