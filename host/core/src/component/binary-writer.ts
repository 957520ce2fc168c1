/**
 * Writes the tree that binary.ts reads: definitions in, the component's bytes out. Custom sections are not part of the
 * tree.
 *
 * Source: Component Model, design/mvp/Binary.md.
 */

import {
  type CanonicalOptions,
  type ComponentBody,
  componentSorts,
  coreSorts,
  type Definition,
  type ExternDescription,
  type NamedItem,
  type NamedType,
  primitives,
  type Sort,
  type TypeForm,
  type TypeReference,
} from "./binary.ts";
import { Writer } from "./writer.ts";

const coreSortBytes = byName(coreSorts);
const sortBytes = byName(componentSorts);
const primitiveBytes = byName(primitives);

/** Version 13 of the format, layer 1: a component. */
const preamble = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];

/**
 * Writes a component. What `readBinary` gave comes out as a component of the same meaning.
 *
 * @param body its definitions in order
 * @param known the bytes of components in it that were read and are the same, which keep their custom sections
 */
export function writeBinary(body: ComponentBody, known: KnownBytes = new Map()): Uint8Array<ArrayBuffer> {
  const w = new Writer(4096);
  writeBody(w, body, known);
  return w.finish();
}

type KnownBytes = ReadonlyMap<ComponentBody, Uint8Array>;

function writeBody(w: Writer, body: ComponentBody, known: KnownBytes): void {
  const bytes = known.get(body);
  if (bytes !== undefined) {
    w.bytes(bytes);
    return;
  }
  const { definitions } = body;
  w.bytes(preamble);
  for (let from = 0; from < definitions.length; ) {
    const first = definitions[from]!;
    const section = sectionOf(first);
    const { length } = definitions;
    let to = from + 1;
    // A section holds any number of definitions, but one module, and one component.
    if (section !== 1 && section !== 4)
      while (to < length && sectionOf(definitions[to]!) === section) to += 1;
    w.byte(section);
    const start = w.keepSize();
    if (first.op === "core module") w.bytes(first.bytes);
    else if (first.op === "component") writeBody(w, first.component, known);
    else list(w, definitions.slice(from, to), writeDefinition);
    w.closeSize(start);
    from = to;
  }
}

/** Binary.md, `section`. */
function sectionOf({ op }: Definition): number {
  switch (op) {
    case "core module":
      return 1;
    case "core instantiate":
    case "core bundle":
      return 2;
    case "component":
      return 4;
    case "instantiate":
    case "bundle":
      return 5;
    case "alias export":
    case "alias core export":
    case "alias outer":
      return 6;
    case "type":
      return 7;
    case "import":
      return 10;
    case "export":
      return 11;
    case "export type":
      throw new TypeError("an export's type stands where a component's definition is expected");
    default:
      return 8;
  }
}

function writeDefinition(w: Writer, definition: Definition): void {
  switch (definition.op) {
    case "core instantiate":
      w.byte(0x00);
      w.u32(definition.module);
      list(w, definition.args, (_, { name, instance }) => {
        w.text(name);
        w.byte(0x12);
        w.u32(instance);
      });
      return;
    case "core bundle":
      w.byte(0x01);
      list(w, definition.exports, (_, { name, sort, index }) => {
        w.text(name);
        w.byte(coreSortBytes[sort]!);
        w.u32(index);
      });
      return;
    case "instantiate":
      w.byte(0x00);
      w.u32(definition.component);
      list(w, definition.args, (_, item) => {
        w.text(item.name);
        writeSortIndex(w, item);
      });
      return;
    case "bundle":
      w.byte(0x01);
      list(w, definition.exports, (_, item) => {
        writeExternName(w, item.name);
        writeSortIndex(w, item);
      });
      return;
    case "alias export":
    case "alias core export":
      writeSort(w, definition.sort);
      w.byte(definition.op === "alias export" ? 0x00 : 0x01);
      w.u32(definition.instance);
      w.text(definition.name);
      return;
    case "alias outer":
      writeSort(w, definition.sort);
      w.byte(0x02);
      w.u32(definition.count);
      w.u32(definition.index);
      return;
    case "type":
      writeTypeForm(w, definition.type);
      return;
    case "import":
    case "export type":
      writeExternName(w, definition.name);
      writeDescription(w, definition.description);
      return;
    case "export":
      writeExternName(w, definition.name);
      writeSortIndex(w, definition);
      optional(w, definition.description, writeDescription);
      return;
    case "canon lift":
      w.bytes([0x00, 0x00]);
      w.u32(definition.func);
      writeOptions(w, definition.options);
      w.u32(definition.type);
      return;
    case "canon lower":
      w.bytes([0x01, 0x00]);
      w.u32(definition.func);
      writeOptions(w, definition.options);
      return;
    case "canon resource.new":
    case "canon resource.drop":
    case "canon resource.rep":
      w.byte(
        { "canon resource.new": 0x02, "canon resource.drop": 0x03, "canon resource.rep": 0x04 }[
          definition.op
        ],
      );
      w.u32(definition.resource);
      return;
    default:
      throw new TypeError(`a ${definition.op} stands where a definition of a list is expected`);
  }
}

function writeSort(w: Writer, sort: Sort): void {
  const byte = sortBytes[sort];
  if (byte !== undefined) w.byte(byte);
  else w.bytes([0x00, coreSortBytes[sort]!]);
}

function writeSortIndex(w: Writer, { sort, index }: Pick<NamedItem, "sort" | "index">): void {
  writeSort(w, sort);
  w.u32(index);
}

/** Binary.md, `importname'` and `exportname'`. */
function writeExternName(w: Writer, name: string): void {
  w.byte(0x00);
  w.text(name);
}

/** Binary.md, `externdesc`. */
function writeDescription(w: Writer, description: ExternDescription): void {
  switch (description.sort) {
    case "func":
      w.byte(0x01);
      w.u32(description.type);
      return;
    case "type":
      w.byte(0x03);
      if ("resource" in description) w.byte(0x01);
      else {
        w.byte(0x00);
        w.u32(description.equal);
      }
      return;
    default:
      w.byte(description.sort === "component" ? 0x04 : 0x05);
      w.u32(description.type);
  }
}

/** Binary.md, `canonopt`. What is the default is left out. */
function writeOptions(w: Writer, { encoding, memory, realloc, postReturn }: CanonicalOptions): void {
  const options: (readonly [kind: number, index?: number])[] = [];
  if (encoding !== "utf8") options.push([encoding === "utf16" ? 0x01 : 0x02]);
  if (memory !== undefined) options.push([0x03, memory]);
  if (realloc !== undefined) options.push([0x04, realloc]);
  if (postReturn !== undefined) options.push([0x05, postReturn]);
  list(w, options, (_, [kind, index]) => {
    w.byte(kind);
    if (index !== undefined) w.u32(index);
  });
}

/** An index is a signed number here, so that its first byte is none of a primitive's. */
function writeTypeReference(w: Writer, type: TypeReference): void {
  if (typeof type === "number") w.s32(type);
  else w.byte(primitiveBytes[type]!);
}

function writeNamedType(w: Writer, { name, type }: NamedType): void {
  w.text(name);
  writeTypeReference(w, type);
}

/** Binary.md, `deftype`. */
function writeTypeForm(w: Writer, type: TypeForm): void {
  switch (type.form) {
    case "primitive":
      w.byte(primitiveBytes[type.type]!);
      return;
    case "record":
      w.byte(0x72);
      list(w, type.fields, writeNamedType);
      return;
    case "variant":
      w.byte(0x71);
      list(w, type.cases, (_, each) => {
        w.text(each.name);
        optional(w, each.type, writeTypeReference);
        w.byte(0x00);
      });
      return;
    case "list":
      w.byte(0x70);
      writeTypeReference(w, type.element);
      return;
    case "tuple":
      w.byte(0x6f);
      list(w, type.types, writeTypeReference);
      return;
    case "flags":
    case "enum":
      w.byte(type.form === "flags" ? 0x6e : 0x6d);
      list(w, type.labels, (_, label) => w.text(label));
      return;
    case "option":
      w.byte(0x6b);
      writeTypeReference(w, type.type);
      return;
    case "result":
      w.byte(0x6a);
      optional(w, type.ok, writeTypeReference);
      optional(w, type.error, writeTypeReference);
      return;
    case "own":
    case "borrow":
      w.byte(type.form === "own" ? 0x69 : 0x68);
      w.u32(type.resource);
      return;
    case "func":
      w.byte(0x40);
      list(w, type.params, writeNamedType);
      if (type.result === undefined) w.bytes([0x01, 0x00]);
      else {
        w.byte(0x00);
        writeTypeReference(w, type.result);
      }
      return;
    case "component type":
    case "instance type":
      w.byte(type.form === "component type" ? 0x41 : 0x42);
      list(w, type.declarations, writeDeclaration);
      return;
    case "resource":
      w.bytes([0x3f, 0x7f]);
      optional(w, type.destructor, (_, destructor) => w.u32(destructor));
  }
}

/** Binary.md, `instancedecl` and `componentdecl`. */
function writeDeclaration(w: Writer, declaration: Definition): void {
  const kinds: Partial<Record<Definition["op"], number>> = { type: 0x01, import: 0x03, "export type": 0x04 };
  w.byte(kinds[declaration.op] ?? 0x02);
  writeDefinition(w, declaration);
}

function list<Item>(w: Writer, items: readonly Item[], write: (w: Writer, item: Item) => void): void {
  w.u32(items.length);
  for (const item of items) write(w, item);
}

function optional<Value>(
  w: Writer,
  value: Value | undefined,
  write: (w: Writer, value: Value) => void,
): void {
  w.byte(value === undefined ? 0x00 : 0x01);
  if (value !== undefined) write(w, value);
}

/** The other way round: the byte of a name. */
function byName(names: Readonly<Record<number, string>>): Readonly<Partial<Record<string, number>>> {
  return Object.fromEntries(Object.entries(names).map(([byte, name]) => [name, Number(byte)]));
}
