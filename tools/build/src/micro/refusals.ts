/** What a driver's world cannot have on MicroQuickJS. */

import { type DefinedType, hostDefined, type TypePart } from "@busbar/host/component";
import { BuildError } from "../error.ts";
import { exportOf } from "../flatten/names.ts";
import { boundaryOf } from "./boundary.ts";

/**
 * Refuses functions that are lent resources of the host's: nothing in the engine would give them back when the call ends.
 *
 * @param name the world's
 * @param empty a component of it without code, as wit-component makes it
 * @throws BuildError with the function, and what to do instead
 */
export function requireMicroRules(name: string, empty: Uint8Array<ArrayBuffer>): void {
  for (const each of boundaryOf(empty).exports) {
    if (!each.type.parts.slice(0, -1).some(isLentByHost)) continue;
    throw new BuildError(
      `World "${name}" exports ${exportOf(each)}, which is lent a resource of the host's: MicroQuickJS cannot give it back; declare ` +
        "the parameter without borrow.",
    );
  }
}

function isLentByHost(part: TypePart): boolean {
  if (typeof part !== "object" || part.kind === "resource") return false;
  const { form, parts } = part as DefinedType;
  if (form.form !== "borrow") return parts.some(isLentByHost);
  const [resource] = parts;
  return typeof resource === "object" && resource.kind === "resource" && resource.definer === hostDefined;
}
