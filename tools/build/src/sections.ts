/**
 * A component's outermost sections: just enough of the Component Model's Binary.md to edit names in place and to
 * append custom sections. Everything inside a section stays as it is.
 */

/** A section of the outermost component. */
export interface Section {
  /** One of `sectionId`; the others are not looked into. */
  readonly id: number;
  /** Where the section's id byte is. */
  readonly start: number;
  /** Where its contents begin. */
  readonly contents: number;
  /** Where the next section begins. */
  readonly end: number;
}

/** The ids of the sections that this tool looks into. */
export const sectionId = {
  custom: 0,
  coreModule: 1,
  coreType: 3,
  component: 4,
  alias: 6,
  type: 7,
  import: 10,
  export: 11,
} as const;

/** The eight bytes that every component begins with: the magic number, version 13, layer 1. */
const preambleLength = 8;

/**
 * The outermost sections in order.
 *
 * @throws RangeError when a section goes past the end
 */
export function outermostSections(component: Uint8Array): Section[] {
  const sections: Section[] = [];
  let position = preambleLength;
  while (position < component.length) {
    const start = position;
    const [length, contents] = readUnsigned(component, start + 1);
    const end = contents + length;
    if (end > component.length) throw new RangeError(`the section at ${start} goes past the end`);
    sections.push({ id: component[start] ?? 0, start, contents, end });
    position = end;
  }
  return sections;
}

/** Reads an LEB128 number: its value, and where the next byte is. */
export function readUnsigned(bytes: Uint8Array, position: number): [value: number, next: number] {
  let value = 0;
  for (let index = 0; index < 5; index += 1) {
    const byte = bytes[position + index];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if ((byte & 0x80) === 0) return [value, position + index + 1];
  }
  throw new RangeError(`no number at ${position}`);
}

/** Writes an LEB128 number. */
export function writeUnsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return bytes;
}

/** A custom section: its name, then its contents. */
export function customSection(name: string, contents: Uint8Array): Uint8Array {
  const nameBytes = new TextEncoder().encode(name);
  const body = [...writeUnsigned(nameBytes.length), ...nameBytes];
  const head = [sectionId.custom, ...writeUnsigned(body.length + contents.length), ...body];
  return concatenate([Uint8Array.from(head), contents]);
}

/** Joins byte arrays. */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.length;
  }
  return whole;
}
