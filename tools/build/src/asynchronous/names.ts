/** The names of a component that the host's reader does not know, because it has the asynchronous ABI. */

import { outermostSections, sectionId } from "../sections.ts";
import { letToolsReadFiles } from "../wasi-files.ts";
import { standInNamespace } from "../wit.ts";

/** What a component imports and exports, by name; types are left out. */
export interface ComponentNames {
  readonly imports: readonly string[];
  readonly exports: readonly string[];
}

/** The WIT of a component's world, as wasm-tools prints it: interfaces by name, functions in full. */
export async function worldText(component: Uint8Array): Promise<string> {
  const { componentWit } = await import("@bytecodealliance/jco-transpile/wasm-tools");
  await letToolsReadFiles();
  return await componentWit(component);
}

/** What a world that was printed imports and exports. */
export function namesIn(text: string): ComponentNames {
  const names = (direction: string) =>
    // "  import wasi:i2c/i2c@0.2.0-draft;", "  export run: func();", "  export own: interface {"
    [...text.matchAll(new RegExp(`^  ${direction} ([^\\s;]+?)(?:;|: )`, "gm"))].map(([, name = ""]) =>
      name.replace(/^%/, ""),
    );
  return { imports: names("import"), exports: names("export") };
}

/**
 * Gives the world's interfaces their own namespace back: "wasi:" in the place of the stand-in, which is as long. The names are
 * those of the outermost imports and exports; nothing else is in these sections.
 *
 * @throws RangeError when a section goes past the end
 */
export function withOwnNamespace(component: Uint8Array): Uint8Array {
  const standIn = new TextEncoder().encode(`${standInNamespace}:`);
  const own = new TextEncoder().encode("wasi:");
  const changed = Uint8Array.from(component);
  for (const { id, contents, end } of outermostSections(changed)) {
    if (id !== sectionId.import && id !== sectionId.export) continue;
    for (let at = contents; at + standIn.length <= end; at += 1)
      if (standIn.every((byte, index) => changed[at + index] === byte)) changed.set(own, at);
  }
  return changed;
}
