/**
 * Which functions a component exports, as jco's `asyncExports`. Nothing tells jco which of them reach a suspending
 * import, and one that does and was not announced fails with a SuspendError; so all are announced.
 *
 * The type of an export is not written where the export is, but deep in nested components. The core modules that
 * wit-component makes export each function by its full name, though ("busbar:device/sensor@0.1.0#[method]device.read"),
 * whichever language they come from.
 */

import { outermostSections, readUnsigned, sectionId } from "./sections.ts";
import { standInNamespace } from "./wit.ts";

/**
 * The exported functions, by the full name of their interface and by the name without its version. Constructors and
 * static functions are left out: jco cannot make them asynchronous.
 *
 * @param exports what the component exports, with versions
 * @throws RangeError when the component is damaged
 */
export function exportedFunctions(component: Uint8Array, exports: readonly string[]): string[] {
  const found = new Set<string>();
  for (const coreName of coreExports(component)) {
    const [owner, name] = splitName(coreName);
    if (name === undefined) {
      if (exports.includes(owner)) found.add(owner);
      continue;
    }
    // "[constructor]", "[static]", "[dtor]" and other helpers of the canonical ABI; WIT names have no underscore.
    if (/^\[(?!method\])/.test(name) || name.includes("_")) continue;
    const full = exports.find((each) => each === owner || each.startsWith(`${owner}.`));
    if (full === undefined) continue;
    found.add(`${full}#${name}`);
    found.add(`${full.replace(/@.*$/, "")}#${name}`);
  }
  return [...found];
}

/**
 * The interface and the function in a core export: "busbar:device/sensor@0.1.0#open", or in the canonical ABI's newer
 * form "cm32p2|busbar:device/sensor@0.1|open", which leaves the parts of the version out that do not matter.
 */
function splitName(coreName: string): [owner: string, name: string | undefined] {
  const newer = /^cm32p2\|([^|]*)\|(.*)$/.exec(coreName);
  const [owner = "", name] = newer === null ? coreName.split("#") : [newer[1], newer[2]];
  if (owner === "" && name !== undefined) return [name, undefined];
  return [owner.replace(new RegExp(`^${standInNamespace}:`), "wasi:"), name];
}

/** The export names of all core modules, at any depth of nested components. */
function* coreExports(component: Uint8Array): Generator<string> {
  for (const { id, contents, end } of outermostSections(component)) {
    const nested = component.subarray(contents, end);
    if (id === sectionId.component) yield* coreExports(nested);
    else if (id === sectionId.coreModule) yield* exportsOfModule(nested);
  }
}

/** WebAssembly core specification, 5.5.10: the export section has id 7. Modules are framed as components are. */
function* exportsOfModule(module: Uint8Array): Generator<string> {
  const decoder = new TextDecoder();
  for (const { id, contents } of outermostSections(module)) {
    if (id !== 7) continue;
    let [count, position] = readUnsigned(module, contents);
    for (; count > 0; count -= 1) {
      const [length, start] = readUnsigned(module, position);
      yield decoder.decode(module.subarray(start, start + length));
      // A byte for the kind, then the index.
      [, position] = readUnsigned(module, start + length + 1);
    }
  }
}
