/** The smallest component with these imports and exports: enough for everything that only reads interfaces. */
export function componentBytes(imports: readonly string[], exports: readonly string[]): Uint8Array {
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00],
    // One empty instance type, which every import and export here refers to.
    ...section(7, [1, 0x42, 0]),
    ...section(10, vector(imports.map((name) => [0x00, ...text(name), 0x05, 0x00]))),
    ...section(11, vector(exports.map((name, index) => [0x00, ...text(name), 0x05, index, 0x00]))),
  ]);
}

/** The preamble of a core module: a valid module without contents. */
export const coreModule = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

function section(id: number, contents: number[]): number[] {
  return [id, ...unsigned(contents.length), ...contents];
}

function vector(items: readonly number[][]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function text(value: string): number[] {
  const bytes = new TextEncoder().encode(value);
  return [...unsigned(bytes.length), ...bytes];
}

function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}
