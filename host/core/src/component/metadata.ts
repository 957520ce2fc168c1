/** What a component says about itself: custom sections that nobody has to believe. */

import { Reader } from "./reader.ts";

/**
 * What a component says about itself. The keys are the names of wasm-metadata's custom sections, which follow the
 * annotations of OCI images (org.opencontainers.image.*).
 */
export interface ComponentMetadata {
  /** The package's name: "@busbar/bme280". */
  readonly name: string;
  /** Semantic version. */
  readonly version: string;
  /** One sentence. */
  readonly description?: string | undefined;
  /** An SPDX expression: "Apache-2.0". */
  readonly licenses?: string | undefined;
  /** URL of the source code. */
  readonly source?: string | undefined;
  /** "Name <mail>", separated by commas. */
  readonly authors?: string | undefined;
  /** The commit it was built from. */
  readonly revision?: string | undefined;
}

/** The names of the custom sections: that of the component's own name, and those whose contents are plain UTF-8. */
export const metadataSectionNames = {
  /** Binary.md, "component-name": subsection 0 is the component's own name. */
  name: "component-name",
  texts: ["version", "description", "licenses", "source", "authors", "revision"],
} as const;

const customSection = 0;
const preambleLength = 8;

/**
 * Reads a component's metadata.
 *
 * @returns the sections that are there; an empty name or version where it has none
 * @throws LinkError when a section is cut off
 */
export function readMetadata(component: Uint8Array): ComponentMetadata {
  const found = new Map<string, string>();
  const reader = new Reader(component, Math.min(preambleLength, component.length));
  while (!reader.done) {
    const id = reader.byte();
    const section = reader.part();
    if (id !== customSection) continue;
    const name = section.text();
    if (name === metadataSectionNames.name) found.set("name", readName(section));
    else if ((metadataSectionNames.texts as readonly string[]).includes(name)) {
      found.set(name, new TextDecoder().decode(section.rest()));
    }
  }
  return { name: "", version: "", ...Object.fromEntries(found) };
}

function readName(section: Reader): string {
  if (section.peek() !== 0) return "";
  section.byte();
  return section.part().text();
}
