/** An import or export: an instance where it is only a name. */
export type NamedExtern = string | { readonly name: string; readonly kind: "function" | "type" };

/** How a component binary says what an import is: Binary.md `externdesc`. Of types it has two, an instance and a function. */
const importedAs = { instance: [0x05, 0x00], function: [0x01, 0x01], type: [0x03, 0x01] } as const;

/** Binary.md `sort`. */
const sorts = { instance: 0x05, function: 0x01, type: 0x03 } as const;

/** The smallest component binary with these imports and exports: enough for everything that reads interfaces. */
export function componentBytes(imports: readonly NamedExtern[], exports: readonly NamedExtern[]): Uint8Array {
  const preamble = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];
  const named = (each: NamedExtern) =>
    typeof each === "string" ? ({ name: each, kind: "instance" } as const) : each;
  return Uint8Array.from([
    ...preamble,
    // An empty instance type and a function type without parameters, to which the imports refer.
    ...section(7, [2, 0x42, 0, 0x40, 0x00, 0x01, 0x00]),
    ...section(
      10,
      vector(imports.map(named).map(({ name, kind }) => [0x00, ...text(name), ...importedAs[kind]])),
    ),
    ...section(
      11,
      vector(
        exports.map(named).map(({ name, kind }, index) => [0x00, ...text(name), sorts[kind], index, 0x00]),
      ),
    ),
  ]);
}

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
