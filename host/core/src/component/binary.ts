/**
 * A component's binary as a tree: each component is the ordered list of its definitions. Nothing is resolved here;
 * indices stay indices.
 *
 * Source: Component Model, design/mvp/Binary.md. What it has and this linker has not (asynchronous functions, values,
 * core types, ...) is refused by name.
 */

import { camelCase, requireExternName, requireLabel } from "./names.ts";
import { hex, LinkError, Reader } from "./reader.ts";

/** Binary.md, `core:sort`, by byte. */
export const coreSorts = {
  0: "core func",
  1: "core table",
  2: "core memory",
  3: "core global",
  4: "core tag",
  16: "core type",
  17: "core module",
  18: "core instance",
} as const;

/** Binary.md, `sort`, by byte; byte 0 stands before a core sort. */
export const componentSorts = {
  1: "func",
  2: "value",
  3: "type",
  4: "component",
  5: "instance",
} as const;

/** Binary.md, `primvaltype`, by byte. */
export const primitives = {
  127: "bool",
  126: "s8",
  125: "u8",
  124: "s16",
  123: "u16",
  122: "s32",
  121: "u32",
  120: "s64",
  119: "u64",
  118: "f32",
  117: "f64",
  116: "char",
  115: "string",
} as const;

/** What this linker does not have, by the byte that begins it. */
const unsupportedTypes: Readonly<Record<number, string>> = {
  67: "an asynchronous function type",
  99: "a map",
  100: "an error-context",
  101: "a future",
  102: "a stream",
  103: "a list of fixed length",
};
const unsupportedSections: Readonly<Record<number, string>> = {
  3: "a core type",
  9: "a start section",
  12: "a value",
};

/** Which index space a definition adds to. */
export type CoreSort = (typeof coreSorts)[keyof typeof coreSorts];
/** Which index space a definition adds to. */
export type Sort = CoreSort | (typeof componentSorts)[keyof typeof componentSorts];
/** A type without parts. */
export type Primitive = (typeof primitives)[keyof typeof primitives];
/** A primitive, or the index of a type. */
export type TypeReference = Primitive | number;

/** A name and a type: a field, a parameter, a case. */
export interface NamedType<Type = TypeReference> {
  readonly name: string;
  readonly type: Type;
}

/** Binary.md, `deftype`, with what it refers to by index. */
export type TypeForm =
  | { readonly form: "primitive"; readonly type: Primitive }
  | { readonly form: "record"; readonly fields: readonly NamedType[] }
  | { readonly form: "variant"; readonly cases: readonly NamedType<TypeReference | undefined>[] }
  | { readonly form: "list"; readonly element: TypeReference }
  | { readonly form: "tuple"; readonly types: readonly TypeReference[] }
  | { readonly form: "flags" | "enum"; readonly labels: readonly string[] }
  | { readonly form: "option"; readonly type: TypeReference }
  | {
      readonly form: "result";
      readonly ok: TypeReference | undefined;
      readonly error: TypeReference | undefined;
    }
  | { readonly form: "own" | "borrow"; readonly resource: number }
  | {
      readonly form: "func";
      readonly params: readonly NamedType[];
      readonly result: TypeReference | undefined;
    }
  | { readonly form: "component type" | "instance type"; readonly declarations: readonly Definition[] }
  | { readonly form: "resource"; readonly destructor: number | undefined };

/** Binary.md, `externdesc`. */
export type ExternDescription =
  | { readonly sort: "func" | "component" | "instance"; readonly type: number }
  | { readonly sort: "type"; readonly equal: number }
  | { readonly sort: "type"; readonly resource: true };

/** Binary.md, `canonopt`. */
export interface CanonicalOptions {
  readonly encoding: StringEncoding;
  readonly memory: number | undefined;
  readonly realloc: number | undefined;
  readonly postReturn: number | undefined;
}

/** CanonicalABI.md, `string-encoding`. */
export type StringEncoding = "utf8" | "utf16" | "latin1+utf16";

/** One definition of a component or of a component's or instance's type. */
export type Definition =
  | { readonly op: "core module"; readonly bytes: Uint8Array<ArrayBuffer> }
  | {
      readonly op: "core instantiate";
      readonly module: number;
      readonly args: readonly { readonly name: string; readonly instance: number }[];
    }
  | { readonly op: "core bundle"; readonly exports: readonly NamedItem[] }
  | { readonly op: "component"; readonly component: ComponentBody }
  | { readonly op: "instantiate"; readonly component: number; readonly args: readonly NamedItem[] }
  | { readonly op: "bundle"; readonly exports: readonly NamedItem[] }
  | {
      readonly op: "alias export" | "alias core export";
      readonly sort: Sort;
      readonly instance: number;
      readonly name: string;
    }
  | { readonly op: "alias outer"; readonly sort: Sort; readonly count: number; readonly index: number }
  | { readonly op: "type"; readonly type: TypeForm }
  | { readonly op: "import"; readonly name: string; readonly description: ExternDescription }
  | ({ readonly op: "export"; readonly description: ExternDescription | undefined } & NamedItem)
  | { readonly op: "export type"; readonly name: string; readonly description: ExternDescription }
  | {
      readonly op: "canon lift";
      readonly func: number;
      readonly options: CanonicalOptions;
      readonly type: number;
    }
  | { readonly op: "canon lower"; readonly func: number; readonly options: CanonicalOptions }
  | {
      readonly op: "canon resource.new" | "canon resource.drop" | "canon resource.rep";
      readonly resource: number;
    };

/** Something of an index space under a name. */
export interface NamedItem {
  readonly name: string;
  readonly sort: Sort;
  readonly index: number;
}

/** A component: its definitions in order. */
export interface ComponentBody {
  readonly definitions: readonly Definition[];
}

/** Deeper nesting of components or of types is refused. */
const maximumNesting = 16;
/** CanonicalABI.md, "Flattening": more labels do not fit into one core value. */
const maximumFlags = 32;
const maximumParts = 1000;
const maximumCoreName = 1000;
/** More definitions, declarations, names and parts in one file are refused: the largest component here has a fiftieth. */
const maximumItems = 500_000;

/**
 * Reads a component.
 *
 * @param bytes the whole file; not trusted
 * @throws LinkError when it is damaged or uses what this linker does not have
 */
export function readBinary(bytes: Uint8Array): ComponentBody {
  // A Node Buffer would make another Buffer of each part, slowly.
  const plain = new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
  return readBody(new Reader(plain, 0, plain.length, { left: maximumItems }), 0);
}

function readBody(r: Reader, depth: number): ComponentBody {
  if (depth > maximumNesting) throw new LinkError(`components are nested more than ${maximumNesting} deep`);
  for (const byte of [0x00, 0x61, 0x73, 0x6d]) r.expect(byte, "the magic number of WebAssembly");
  const version = r.byte() | (r.byte() << 8);
  const layer = r.byte() | (r.byte() << 8);
  if (layer !== 1) throw new LinkError("a core module stands where a component is expected");
  if (version !== 0x0d) throw new LinkError(`version ${version} of the component format is not supported`);
  const definitions: Definition[] = [];
  while (!r.done) readSection(r.byte(), r.part(), depth, definitions);
  return { definitions };
}

function readSection(id: number, r: Reader, depth: number, into: Definition[]): void {
  switch (id) {
    case 0:
      r.rest();
      return;
    case 1:
      into.push({ op: "core module", bytes: r.rest() as Uint8Array<ArrayBuffer> });
      return;
    case 4:
      into.push({ op: "component", component: readBody(r, depth + 1) });
      return;
    default: {
      const read = sections[id];
      if (read === undefined)
        throw new LinkError(`${unsupportedSections[id] ?? `section ${id}`} is not supported`);
      r.list((each) => into.push(read(each)));
      if (!r.done) throw new LinkError(`section ${id} has bytes left over`);
    }
  }
}

const sections: Readonly<Record<number, (r: Reader) => Definition>> = {
  2: readCoreInstance,
  5: readInstance,
  6: readAlias,
  7: (r) => ({ op: "type", type: readTypeForm(r, 0) }),
  8: readCanon,
  10: (r) => ({ op: "import", name: readExternName(r), description: readDescription(r) }),
  11: (r) => ({
    op: "export",
    name: readExternName(r),
    ...readSortIndex(r),
    description: r.optional(readDescription),
  }),
};

/** Binary.md, `core:instanceexpr`. */
function readCoreInstance(r: Reader): Definition {
  switch (r.byte()) {
    case 0x00: {
      const module = r.u32();
      const args = r.list((each) => {
        const name = each.text();
        each.expect(0x12, "an argument of a core instantiation");
        return { name, instance: each.u32() };
      });
      return { op: "core instantiate", module, args };
    }
    case 0x01: {
      const exports = r.list((each) => ({ name: each.text(), sort: readCoreSort(each), index: each.u32() }));
      return { op: "core bundle", exports };
    }
    default:
      throw new LinkError("an unknown core instance expression");
  }
}

function readCoreSort(r: Reader): CoreSort {
  const byte = r.byte();
  const sort = coreSorts[byte as keyof typeof coreSorts];
  if (sort === undefined) throw new LinkError(`core sort ${hex(byte)} is not supported`);
  return sort;
}

function readSort(r: Reader): Sort {
  const byte = r.byte();
  if (byte === 0x00) return readCoreSort(r);
  if (byte === 0x02) throw new LinkError("a value is not supported");
  const sort = componentSorts[byte as keyof typeof componentSorts];
  if (sort === undefined) throw new LinkError(`sort ${hex(byte)} is not supported`);
  return sort;
}

/** Explainer.md, `sortidx`: between components nothing of a core module passes but the module itself. */
function readSortIndex(r: Reader): { sort: Sort; index: number } {
  const sort = readSort(r);
  if (sort.startsWith("core ") && sort !== "core module") throw misplaced(sort);
  return { sort, index: r.u32() };
}

/** A core name can be as long as the file, and is looked at each time that something is made of what it names. */
function requireShort(name: string): string {
  if (name.length > maximumCoreName)
    throw new LinkError(`a core name of more than ${maximumCoreName} characters is not supported`);
  return name;
}

function misplaced(sort: Sort): LinkError {
  return new LinkError(`a reference to the sort "${sort}" stands where none may be`);
}

/** Binary.md, `instanceexpr`. */
function readInstance(r: Reader): Definition {
  switch (r.byte()) {
    case 0x00: {
      const component = r.u32();
      return {
        op: "instantiate",
        component,
        args: r.list((each) => ({ name: each.text(), ...readSortIndex(each) })),
      };
    }
    case 0x01:
      return {
        op: "bundle",
        exports: r.list((each) => ({ name: readExternName(each), ...readSortIndex(each) })),
      };
    default:
      throw new LinkError("an unknown instance expression");
  }
}

/** Binary.md, `alias`. What a component does not import is not in its reach: Explainer.md, "Alias Definitions". */
function readAlias(r: Reader): Definition {
  const sort = readSort(r);
  const isCore = sort.startsWith("core ");
  switch (r.byte()) {
    case 0x00:
      if (isCore && sort !== "core module") throw misplaced(sort);
      return { op: "alias export", sort, instance: r.u32(), name: r.text() };
    case 0x01:
      if (!isCore || sort === "core module" || sort === "core instance") throw misplaced(sort);
      return { op: "alias core export", sort, instance: r.u32(), name: requireShort(r.text()) };
    case 0x02:
      if (sort !== "type" && sort !== "component" && sort !== "core module") throw misplaced(sort);
      return { op: "alias outer", sort, count: r.u32(), index: r.u32() };
    default:
      throw new LinkError("an unknown alias");
  }
}

/** Binary.md, `importname'` and `exportname'`: form 2 adds a list of options. */
function readExternName(r: Reader): string {
  const form = r.byte();
  if (form > 2) throw new LinkError(`form ${form} of a name is not supported`);
  const name = requireExternName(r.text());
  if (form === 2) r.list((each) => [each.byte(), each.text()]);
  return name;
}

/** Binary.md, `externdesc`. */
function readDescription(r: Reader): ExternDescription {
  const byte = r.byte();
  switch (byte) {
    case 0x00:
      throw new LinkError("an import of a core module is not supported");
    case 0x01:
      return { sort: "func", type: r.u32() };
    case 0x02:
      throw new LinkError("an import of a value is not supported");
    case 0x03:
      switch (r.byte()) {
        case 0x00:
          return { sort: "type", equal: r.u32() };
        case 0x01:
          return { sort: "type", resource: true };
        default:
          throw new LinkError("an unknown bound of a type");
      }
    case 0x04:
      return { sort: "component", type: r.u32() };
    case 0x05:
      return { sort: "instance", type: r.u32() };
    default:
      throw new LinkError(`an import of kind ${hex(byte)} is not supported`);
  }
}

function readTypeReference(r: Reader): TypeReference {
  const byte = r.peek();
  const primitive = primitives[byte as keyof typeof primitives];
  if (primitive !== undefined) {
    r.byte();
    return primitive;
  }
  // From 0x40 to 0x7f a signed number of one byte would be negative: a form of type, and not an index.
  if (byte >= 0x40 && byte < 0x80)
    throw new LinkError(`${unsupportedTypes[byte] ?? `type ${hex(byte)}`} is not supported`);
  return r.u32();
}

/** Binary.md, `deftype`. */
function readTypeForm(r: Reader, depth: number): TypeForm {
  if (depth > maximumNesting) throw new LinkError(`types are nested more than ${maximumNesting} deep`);
  const byte = r.byte();
  const primitive = primitives[byte as keyof typeof primitives];
  if (primitive !== undefined) return { form: "primitive", type: primitive };
  switch (byte) {
    case 0x72:
      return { form: "record", fields: readNamed(r) };
    case 0x71:
      return { form: "variant", cases: someParts(r.list(readCase)) };
    case 0x70:
      return { form: "list", element: readTypeReference(r) };
    case 0x6f:
      return { form: "tuple", types: someParts(r.list(readTypeReference)) };
    case 0x6e: {
      const labels = readLabels(r);
      if (labels.length > maximumFlags)
        throw new LinkError(`more than ${maximumFlags} flags are not supported`);
      return { form: "flags", labels };
    }
    case 0x6d:
      return { form: "enum", labels: readLabels(r) };
    case 0x6b:
      return { form: "option", type: readTypeReference(r) };
    case 0x6a:
      return { form: "result", ok: r.optional(readTypeReference), error: r.optional(readTypeReference) };
    case 0x69:
      return { form: "own", resource: r.u32() };
    case 0x68:
      return { form: "borrow", resource: r.u32() };
    case 0x40: {
      const params = distinct(fewParts(r.list(readNamedType)));
      // Binary.md, `resultlist`: 0x00 and a type, or 0x01 and an empty list.
      if (r.byte() === 0x00) return { form: "func", params, result: readTypeReference(r) };
      r.expect(0x00, "a list of named results");
      return { form: "func", params, result: undefined };
    }
    case 0x41:
      return { form: "component type", declarations: r.list((each) => readDeclaration(each, depth)) };
    case 0x42:
      return { form: "instance type", declarations: r.list((each) => readDeclaration(each, depth)) };
    case 0x3f:
      if (depth > 0) throw new LinkError("a type declares a resource with its representation");
      r.expect(0x7f, "the representation of a resource");
      return { form: "resource", destructor: r.optional((each) => each.u32()) };
    default:
      throw new LinkError(`${unsupportedTypes[byte] ?? `type ${hex(byte)}`} is not supported`);
  }
}

function readNamedType(r: Reader): NamedType {
  return { name: requireLabel(r.text()), type: readTypeReference(r) };
}

function readNamed(r: Reader): readonly NamedType[] {
  return distinct(someParts(r.list(readNamedType)));
}

function readLabels(r: Reader): readonly string[] {
  const labels = someParts(r.list((each) => requireLabel(each.text())));
  distinct(labels.map((name) => ({ name })));
  return labels;
}

function readCase(r: Reader): NamedType<TypeReference | undefined> {
  const found = { name: requireLabel(r.text()), type: r.optional(readTypeReference) };
  r.expect(0x00, "the refinement of a case");
  return found;
}

function someParts<Part>(list: readonly Part[]): readonly Part[] {
  if (list.length === 0) throw new LinkError("a type without parts is not supported");
  return fewParts(list);
}

function fewParts<Part>(list: readonly Part[]): readonly Part[] {
  if (list.length > maximumParts)
    throw new LinkError(`a type with more than ${maximumParts} parts is not supported`);
  return list;
}

/**
 * Explainer.md, "strongly-unique": labels that differ in case alone are one label. Here so are "a-1" and "a1", which are
 * one property.
 */
function distinct<Named extends { readonly name: string }>(list: readonly Named[]): readonly Named[] {
  const names = new Set(list.map(({ name }) => camelCase(name)));
  if (names.size !== list.length) throw new LinkError("a type has two parts of one name");
  return list;
}

/** Binary.md, `instancedecl` and `componentdecl`. */
function readDeclaration(r: Reader, depth: number): Definition {
  const kind = r.byte();
  switch (kind) {
    case 0x00:
      throw new LinkError(`${unsupportedSections[3]} is not supported`);
    case 0x01:
      return { op: "type", type: readTypeForm(r, depth + 1) };
    case 0x02:
      return readAlias(r);
    case 0x03:
      return { op: "import", name: readExternName(r), description: readDescription(r) };
    case 0x04:
      return { op: "export type", name: readExternName(r), description: readDescription(r) };
    default:
      throw new LinkError(`a declaration of kind ${hex(kind)} is not supported`);
  }
}

/** Binary.md, `canon`. */
function readCanon(r: Reader): Definition {
  const kind = r.byte();
  switch (kind) {
    case 0x00:
      r.expect(0x00, "canon lift");
      return { op: "canon lift", func: r.u32(), options: readOptions(r), type: r.u32() };
    case 0x01:
      r.expect(0x00, "canon lower");
      return { op: "canon lower", func: r.u32(), options: readOptions(r) };
    case 0x02:
      return { op: "canon resource.new", resource: r.u32() };
    case 0x03:
      return { op: "canon resource.drop", resource: r.u32() };
    case 0x04:
      return { op: "canon resource.rep", resource: r.u32() };
    default:
      throw new LinkError(`the asynchronous canonical function ${hex(kind)} is not supported`);
  }
}

/** Binary.md, `canonopt`. */
function readOptions(r: Reader): CanonicalOptions {
  const options: { -readonly [Key in keyof CanonicalOptions]: CanonicalOptions[Key] } = {
    encoding: "utf8",
    memory: undefined,
    realloc: undefined,
    postReturn: undefined,
  };
  r.list(() => {
    const kind = r.byte();
    if (kind === 0x00) options.encoding = "utf8";
    else if (kind === 0x01) options.encoding = "utf16";
    else if (kind === 0x02) options.encoding = "latin1+utf16";
    else if (kind === 0x03) options.memory = r.u32();
    else if (kind === 0x04) options.realloc = r.u32();
    else if (kind === 0x05) options.postReturn = r.u32();
    else throw new LinkError(`the asynchronous canonical option ${hex(kind)} is not supported`);
  });
  return options;
}
