/** Who made a component and from what: the custom sections that `wasm-tools metadata show` and registries read. */

import { type ComponentMetadata, metadataSectionNames } from "@busbar/host";
import {
  concatenate,
  customSection,
  outermostSections,
  readUnsigned,
  sectionId,
  writeUnsigned,
} from "./sections.ts";

const { name: nameSection, texts: textSections } = metadataSectionNames;

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

function nameContents(name: string): Uint8Array {
  const text = new TextEncoder().encode(name);
  const body = [...writeUnsigned(text.length), ...text];
  return Uint8Array.from([0, ...writeUnsigned(body.length), ...body]);
}

function customName(component: Uint8Array, contents: number): string {
  const [length, start] = readUnsigned(component, contents);
  return new TextDecoder().decode(component.subarray(start, start + length));
}
