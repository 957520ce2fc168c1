/**
 * Takes the traces of QuickJS's build out of a finished component: the stand-in namespace of `wit.ts`, and the export
 * `init` with which componentize-qjs evaluates the driver's source at build time.
 *
 * Only the import and export sections of the outermost component are edited. They hold names and indices, and nothing
 * of the author: text of the driver that happens to contain either namespace is in the nested component and is not
 * touched. There the stand-in stays; nested names are matched by position and are nobody else's business.
 */

import { BuildError } from "./error.ts";
import { concatenate, outermostSections, sectionId } from "./sections.ts";
import { standInNamespace } from "./wit.ts";

/**
 * Gives the world's interfaces their own namespace back, in place of `standInNamespace`.
 *
 * @param component is not changed
 * @param expected how many imports and exports of the world have the namespace `wasi`
 * @throws BuildError when another number is found: then componentize-qjs has changed its output
 */
export function restoreNamespace(component: Uint8Array, expected: number): Uint8Array {
  const restored = Uint8Array.from(component);
  const from = new TextEncoder().encode(`${standInNamespace}:`);
  const to = new TextEncoder().encode("wasi:");
  let count = 0;
  for (const section of outermostSections(restored)) {
    if (section.id !== sectionId.import && section.id !== sectionId.export) continue;
    const contents = restored.subarray(section.contents, section.end);
    for (let at = indexOf(contents, from, 0); at >= 0; at = indexOf(contents, from, at + to.length)) {
      contents.set(to, at);
      count += 1;
    }
  }
  if (count !== expected) {
    throw new BuildError(
      `The component has ${count} names of the namespace ${standInNamespace} where its world has ${expected}; ` +
        "this version of componentize-qjs does not fit, install the one that @busbar/build names.",
    );
  }
  return restored;
}

/**
 * Removes the export `init`. An export adds to the index space of functions, and exports that follow may count on it:
 * so the alias section before it, which fetches `init` and adds one index as well, takes its place a second time.
 *
 * @param component is not changed
 * @throws BuildError when the export is not where it was
 */
export function removeInit(component: Uint8Array): Uint8Array {
  const sections = outermostSections(component);
  const name = [4, ...new TextEncoder().encode("init")];
  for (const [index, section] of sections.entries()) {
    const before = sections[index - 1];
    if (section.id !== sectionId.export || before?.id !== sectionId.alias) continue;
    const exported = component.subarray(section.contents, section.end);
    const aliased = component.subarray(before.contents, before.end);
    // One export, its plain name, a function; one alias of a function that an instance exports, under the same name.
    if (!startsWith(exported, [1, 0, ...name, 1])) continue;
    if (!startsWith(aliased, [1, 1, 0]) || !startsWith(aliased.subarray(-name.length), name)) continue;
    return concatenate([
      component.subarray(0, section.start),
      component.subarray(before.start, before.end),
      component.subarray(section.end),
    ]);
  }
  throw new BuildError(
    'The component has no section with only the export "init"; this version of componentize-qjs does not fit, ' +
      "install the one that @busbar/build names.",
  );
}

function startsWith(bytes: Uint8Array, expected: readonly number[]): boolean {
  return expected.every((byte, index) => bytes[index] === byte);
}

function indexOf(bytes: Uint8Array, pattern: Uint8Array, from: number): number {
  for (let at = from; at + pattern.length <= bytes.length; at += 1) {
    if (pattern.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}
