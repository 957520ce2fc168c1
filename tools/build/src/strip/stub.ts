/**
 * Takes the imports out of a driver that no host gives: those of the engine. Whatever would be called of them traps, as it
 * did in the stub of them that componentize-qjs composes in.
 */

import { type ComponentBody, type Definition, planComponent, writeBinary } from "@busbar/host/component";
import { byIndex, keepNeeded, type Placed, place, renumber } from "../component/placed.ts";
import { loweredSignature, type Signature } from "../component/signature.ts";
import { Traps } from "./traps.ts";
import { unfit } from "./unfit.ts";

/** Which of a driver's imports and exports are not its own. */
export interface Foreign {
  /** Whether no host gives an import. */
  imports(name: string): boolean;
  /** Whether nobody calls an export. */
  exports(name: string): boolean;
}

/**
 * The driver without what is foreign, and without what only that needed.
 *
 * @throws BuildError when something of a foreign import is needed that a trap cannot stand for
 */
export function removeForeign(driver: ComponentBody, foreign: Foreign): ComponentBody {
  const placed = place(driver.definitions);
  const traps = new Traps();
  const signatureOf = foreignCalls(driver, placed, foreign);
  // Nobody else has these indices; renumbering gives them their own.
  const module = { sort: "core module", index: placed.length } as const;
  const instance = { sort: "core instance", index: placed.length } as const;
  const replaced = placed.map((each): Placed => {
    const signature = signatureOf(each.definition);
    if (signature === undefined) return each;
    const name = traps.nameOf(signature);
    return {
      ...each,
      definition: { op: "alias core export", sort: "core func", instance: instance.index, name },
    };
  });
  // Behind all imports, so that the component reads like any other.
  const at = placed.findLastIndex(({ definition }) => definition.op === "import") + 1;
  const whole = replaced.toSpliced(
    at,
    0,
    { ...module, definition: { op: "core module", bytes: traps.module() } },
    { ...instance, definition: { op: "core instantiate", module: module.index, args: [] } },
  );
  const kept = keepNeeded(whole, (definition) => isRoot(definition, foreign));
  const left = kept.find(({ definition }) => definition.op === "import" && foreign.imports(definition.name));
  if (left !== undefined) {
    const name = left.definition.op === "import" ? left.definition.name : "";
    throw unfit(`needs ${name} for something else than calls`);
  }
  return { definitions: renumber(kept) };
}

/** What has an effect, or is seen from outside. */
function isRoot(definition: Definition, foreign: Foreign): boolean {
  switch (definition.op) {
    case "core instantiate":
    case "instantiate":
      return true;
    case "import":
      return !foreign.imports(definition.name);
    case "export":
      return !foreign.exports(definition.name);
    default:
      return false;
  }
}

/** Gives the type of a core function that is a foreign one, lowered or to drop a resource; undefined for all others. */
function foreignCalls(
  driver: ComponentBody,
  placed: readonly Placed[],
  foreign: Foreign,
): (definition: Definition) => Signature | undefined {
  const functions = new Map(
    planComponent(writeBinary(driver)).hostFunctions?.map((each) => [
      `${each.host.path} ${each.host.name}`,
      each,
    ]),
  );
  const find = byIndex(placed);
  const originOf = (sort: "func" | "type", index: number) => {
    const alias = find(sort, index);
    if (alias?.op !== "alias export") return undefined;
    const from = find("instance", alias.instance);
    if (from?.op !== "import" || !foreign.imports(from.name)) return undefined;
    return { path: from.name, name: alias.name };
  };
  return (definition) => {
    if (definition.op === "canon resource.drop") {
      const origin = originOf("type", definition.resource);
      return origin === undefined ? undefined : { params: ["i32"], results: [] };
    }
    if (definition.op !== "canon lower") return undefined;
    const origin = originOf("func", definition.func);
    const item = origin === undefined ? undefined : functions.get(`${origin.path} ${origin.name}`);
    return item === undefined ? undefined : loweredSignature(item);
  };
}
