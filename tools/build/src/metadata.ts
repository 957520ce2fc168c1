/** Who made a component and from what: the custom sections that `wasm-tools metadata show` and registries read. */

import {
  concatenate,
  customSection,
  outermostSections,
  readUnsigned,
  sectionId,
  writeUnsigned,
} from "./sections.ts";

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

/** The sections whose contents are plain UTF-8. */
const textSections = ["version", "description", "licenses", "source", "authors", "revision"] as const;

/** Binary.md, "component-name": subsection 0 is the component's own name. */
const nameSection = "component-name";

/**
 * Adds metadata; what the component said before under the same keys is replaced.
 *
 * @param tools name and version of each tool that took part, for the "producers" section
 */
export async function addMetadata(
  component: Uint8Array,
  metadata: ComponentMetadata,
  tools: ReadonlyArray<readonly [name: string, version: string]>,
): Promise<Uint8Array> {
  const { metadataAdd } = await import("@bytecodealliance/jco-transpile/wasm-tools");
  const produced = await metadataAdd(component, [
    ["language", [["TypeScript", ""]]],
    ["processed-by", tools.map(([name, version]) => [name, version] as [string, string])],
  ]);
  const replaced = new Set<string>([nameSection, ...textSections]);
  const kept = outermostSections(produced)
    .filter(
      (section) => section.id !== sectionId.custom || !replaced.has(customName(produced, section.contents)),
    )
    .map(({ start, end }) => produced.subarray(start, end));
  return concatenate([produced.subarray(0, 8), ...kept, ...metadataSections(metadata)]);
}

/** The custom sections that say what `metadata` says. */
export function metadataSections(metadata: ComponentMetadata): Uint8Array[] {
  const sections = [customSection(nameSection, nameContents(metadata.name))];
  for (const key of textSections) {
    const text = metadata[key];
    if (text !== undefined) sections.push(customSection(key, new TextEncoder().encode(text)));
  }
  return sections;
}

/**
 * Reads a component's metadata.
 *
 * @returns the sections that are there; an empty name or version where it has none
 */
export function readMetadata(component: Uint8Array): ComponentMetadata {
  const found: Record<string, string> = {};
  for (const { id, contents, end } of outermostSections(component)) {
    if (id !== sectionId.custom) continue;
    const [length, start] = readUnsigned(component, contents);
    const name = customName(component, contents);
    const body = component.subarray(start + length, end);
    if (name === nameSection) found.name = readNameContents(body) ?? "";
    else if ((textSections as readonly string[]).includes(name)) found[name] = new TextDecoder().decode(body);
  }
  return { name: "", version: "", ...found };
}

function nameContents(name: string): Uint8Array {
  const text = new TextEncoder().encode(name);
  const body = [...writeUnsigned(text.length), ...text];
  return Uint8Array.from([0, ...writeUnsigned(body.length), ...body]);
}

function readNameContents(body: Uint8Array): string | undefined {
  if (body[0] !== 0) return undefined;
  const [, start] = readUnsigned(body, 1);
  const [length, text] = readUnsigned(body, start);
  return new TextDecoder().decode(body.subarray(text, text + length));
}

function customName(component: Uint8Array, contents: number): string {
  const [length, start] = readUnsigned(component, contents);
  return new TextDecoder().decode(component.subarray(start, start + length));
}
