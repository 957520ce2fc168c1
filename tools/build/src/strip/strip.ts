/**
 * What the engines' builders leave in a component, and no host needs, goes: so a component is smaller, starts faster and
 * takes less memory. Nothing of the engines' own code changes.
 */

import {
  type ComponentBody,
  type Definition,
  LinkError,
  readBinary,
  writeBinary,
} from "@busbar/host/component";
import { standInNamespace } from "../wit.ts";
import { withoutCustomSections } from "./core-sections.ts";
import { findDriver } from "./driver.ts";
import { compactImage } from "./memory-image.ts";
import { removeForeign } from "./stub.ts";
import { unfit } from "./unfit.ts";

/**
 * What componentize-qjs imports for its engine: WASI, which the world's own interfaces are not, as they have a stand-in
 * (wit.ts), and its module loader. It exports `init`, with which it evaluated the driver's source when it built.
 */
const quickJs = {
  imports: (name: string) => /^(wasi|local):/.test(name),
  exports: (name: string) => name === "init",
};

/**
 * Makes one component of what componentize-qjs composed, without the stub of WASI, and gives the world's interfaces their
 * own namespace back.
 *
 * @throws BuildError when componentize-qjs makes something else than it did
 */
export function stripQuickJs(component: Uint8Array): Uint8Array<ArrayBuffer> {
  try {
    const { definitions } = removeForeign(findDriver(readBinary(component)), quickJs);
    return writeBinary(withModules({ definitions: definitions.map(restoreNamespace) }, compactImage));
  } catch (cause) {
    if (!(cause instanceof LinkError)) throw cause;
    throw unfit(`cannot be read (${cause.message})`, cause);
  }
}

/**
 * Takes the custom sections out of the core modules, and those of the component, and gives the world's interfaces their own
 * namespace back.
 */
export function stripSections(component: Uint8Array): Uint8Array<ArrayBuffer> {
  const { definitions } = withModules(readBinary(component), (module) => module);
  return writeBinary({ definitions: definitions.map(restoreNamespace) });
}

/**
 * Names of the outermost imports and exports alone: within the core modules names are matched by position, and text of the
 * author's is not looked at.
 */
function restoreNamespace(definition: Definition): Definition {
  if (definition.op !== "import" && definition.op !== "export") return definition;
  return { ...definition, name: definition.name.replace(new RegExp(`^${standInNamespace}:`), "wasi:") };
}

function withModules(
  { definitions }: ComponentBody,
  change: (module: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
): ComponentBody {
  return {
    definitions: definitions.map((definition): Definition => {
      if (definition.op === "component")
        return { ...definition, component: withModules(definition.component, change) };
      if (definition.op !== "core module") return definition;
      return { ...definition, bytes: change(withoutCustomSections(definition.bytes)) };
    }),
  };
}
