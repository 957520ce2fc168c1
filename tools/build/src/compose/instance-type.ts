/**
 * One type for an import that several components share: each of them may declare only what it uses of an interface, so
 * the shared import declares what any of them does. Names are what is compared; whether two declarations of one name
 * agree is checked when the result is validated.
 */

import { BuildError } from "../error.ts";
import { type Expression, isIndex, keywordOf, operandsOf, renameTypes } from "./expression.ts";

/** The type of one component's import. */
export interface InstanceTypeSource {
  /** `(instance ...)` as it is printed. */
  readonly definition: Expression;
  /** The name of a type of that component in the composed one; makes sure that it is declared before. */
  outerType(index: number): string;
}

/**
 * Merges the types of the imports of one interface.
 *
 * @param label how messages name the interface
 * @throws BuildError for what WIT interfaces never have: instances within instances
 */
export function mergeInstanceTypes(label: string, sources: readonly InstanceTypeSource[]): Expression {
  const declarations: Expression[] = ["instance"];
  /** The names under which types are exported, and what they are called here. */
  const exportedTypes = new Map<string, string>();
  const exportedFunctions = new Set<string>();
  let count = 0;
  const newName = () => `$local${count++}`;

  for (const { definition, outerType } of sources) {
    const exported = operandsOf(definition).filter((declaration) => keywordOf(declaration) === "export");
    const known = (name: string) => exportedTypes.has(name) || exportedFunctions.has(name);
    if (exported.length > 0 && exported.every((declaration) => known(String(operandsOf(declaration)[0])))) {
      continue;
    }
    const types: string[] = [];
    const nameOf = (index: number) => types[index] ?? "$missing";
    for (const declaration of operandsOf(definition)) {
      const [first = "", second = "", third = ""] = operandsOf(declaration);
      switch (keywordOf(declaration)) {
        case "type": {
          if (["instance", "component"].includes(keywordOf(first))) throw nested(label);
          const name = newName();
          declarations.push(["type", name, renameTypes(first, nameOf)]);
          types.push(name);
          break;
        }
        case "alias": {
          // `(alias outer 1 3 (type))`: the first number counts the scopes outwards, this one being 0.
          if (first !== "outer" || !isIndex(third)) throw nested(label);
          if (second === "0") {
            types.push(nameOf(Number(third)));
            break;
          }
          if (second !== "1") throw nested(label);
          const name = newName();
          declarations.push(["alias", "outer", "1", outerType(Number(third)), ["type", name]]);
          types.push(name);
          break;
        }
        case "export": {
          const key = String(first);
          const kind = keywordOf(second);
          if (kind === "type") {
            const name = exportedTypes.get(key) ?? newName();
            types.push(name);
            if (exportedTypes.has(key)) break;
            exportedTypes.set(key, name);
            declarations.push(["export", first, ["type", name, ...bounds(second, nameOf)]]);
          } else if (kind === "func") {
            if (exportedFunctions.has(key)) break;
            exportedFunctions.add(key);
            declarations.push(["export", first, renameTypes(second, nameOf)]);
          } else throw nested(label);
          break;
        }
        default:
          throw nested(label);
      }
    }
  }
  return declarations;
}

/** What follows the keyword of `(type (eq 3))`. */
function bounds(description: Expression, nameOf: (index: number) => string): Expression[] {
  return operandsOf(description).map((bound) => renameTypes(bound, nameOf));
}

function nested(label: string): BuildError {
  return new BuildError(
    `${label} has something in it that no WIT interface has, which compose does not support; ` +
      'compose it with "wac plug".',
  );
}
