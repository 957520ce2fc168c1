/**
 * What the engine has to know of a driver's functions, as it lies in the memory: interface.h of @busbar/micro-engine is the
 * other half of this file.
 */

import {
  alignTo,
  camelCase,
  type DefinedType,
  type ResourceType,
  resourceFunction,
  type TypePart,
} from "@busbar/host/component";
import type { Boundary, BoundaryFunction } from "./boundary.ts";

/** In the order of `enum kind`. */
const kinds = [
  "bool",
  "s8",
  "u8",
  "s16",
  "u16",
  "s32",
  "u32",
  "s64",
  "u64",
  "f32",
  "f64",
  "char",
  "string",
  "list",
  "record",
  "tuple",
  "flags",
  "enum",
  "variant",
  "option",
  "result",
  "own",
  "borrow",
] as const;

type Kind = (typeof kinds)[number];

/** In bytes. CanonicalABI.md, "Element Size" and "Alignment"; a text is an address and a length. */
const primitiveSizes: Readonly<Partial<Record<Kind, number>>> = {
  bool: 1,
  s8: 1,
  u8: 1,
  s16: 2,
  u16: 2,
  s32: 4,
  u32: 4,
  s64: 8,
  u64: 8,
  f32: 4,
  f64: 8,
  char: 4,
  string: 8,
};

/** The sizes of the structures, in bytes: all of their members but two are 32 bits wide. */
const sizes = { field: 16, alternative: 8, type: 24, function: 24, resource: 16, interface: 24 } as const;

/** How a value lies in memory, and how many core values it is. */
interface Layout {
  readonly size: number;
  readonly align: number;
  readonly slots: number;
}

/** The tables, as bytes that have to lie at the address that they were made for. */
export interface Tables {
  readonly bytes: Uint8Array;
  /** The address of `struct interface`. */
  readonly address: number;
}

/** @param base the address of the first byte, a multiple of 8 */
export function interfaceTables(boundary: Boundary, base: number): Tables {
  return new TableWriter(boundary, base).write();
}

class TableWriter {
  readonly #boundary: Boundary;
  readonly #base: number;
  #bytes = new Uint8Array(1024);
  #length = 0;
  readonly #texts = new Map<string, number>();
  readonly #types = new Map<TypePart, number>();

  constructor(boundary: Boundary, base: number) {
    this.#boundary = boundary;
    this.#base = base;
  }

  write(): Tables {
    const { imports, exports, resources } = this.#boundary;
    const address = this.#reserve(sizes.interface);
    const importTable = this.#functions(imports);
    const exportTable = this.#functions(exports);
    // Behind the functions, the host is called for resources: hostCalls in glue.ts has the order.
    let call = imports.length;
    const resourceTable = this.#array(resources, sizes.resource, ({ own }, at) => {
      const calls = own === undefined ? [call] : [call, 1, call + 1, call + 2];
      call += own === undefined ? 1 : 3;
      this.#words(at, calls);
    });
    this.#words(address, [
      imports.length,
      importTable,
      exports.length,
      exportTable,
      resources.length,
      resourceTable,
    ]);
    return { bytes: this.#bytes.subarray(0, this.#length), address };
  }

  #functions(functions: readonly BoundaryFunction[]): number {
    return this.#array(functions, sizes.function, ({ type, name }, at) => {
      const { spilled, indirect, flatCount } = type.functionShape;
      this.#words(at, [
        this.#tuple(type.parts.slice(0, -1)),
        this.#optionalType(type.parts.at(-1)),
        spilled ? 1 : flatCount,
        spilled ? 1 : 0,
        indirect ? 1 : 0,
        resourceFunction(name)?.kind === "method" ? 1 : 0,
      ]);
    });
  }

  #optionalType(part: TypePart): number {
    return part === undefined ? 0 : this.#type(part);
  }

  /** The address of a type, which is written where it was not before. */
  #type(part: TypePart): number {
    const known = this.#types.get(part);
    if (known !== undefined) return known;
    const written = typeof part === "string" ? this.#primitive(part) : this.#defined(part as DefinedType);
    this.#types.set(part, written);
    return written;
  }

  #primitive(kind: Extract<TypePart, string>): number {
    return this.#typeOf(kind, layoutOf(kind));
  }

  #defined(type: DefinedType): number {
    const { form, parts } = type;
    const layout = layoutOf(type);
    switch (form.form) {
      case "primitive":
        return this.#type(form.type);
      case "record":
        return this.#fields(
          "record",
          form.fields.map(({ name }) => camelCase(name)),
          parts,
          layout,
        );
      case "tuple":
        return this.#tuple(parts);
      case "list":
        return this.#typeOf("list", layout, 0, this.#type(parts[0]));
      case "flags":
        return this.#alternatives("flags", form.labels.map(camelCase), [], layout);
      case "enum":
        return this.#alternatives("enum", form.labels, [], layout);
      case "variant":
        return this.#alternatives(
          "variant",
          form.cases.map(({ name }) => name),
          parts,
          layout,
        );
      case "option":
        return this.#alternatives("option", ["none", "some"], [undefined, parts[0]], layout);
      case "result":
        return this.#alternatives("result", ["ok", "err"], parts, layout);
      case "own":
      case "borrow":
        return this.#typeOf(form.form, layout, 0, this.#resource(parts[0] as ResourceType));
      default:
        throw new TypeError(`a ${form.form} is no value`);
    }
  }

  #resource(type: ResourceType): number {
    return this.#boundary.resources.findIndex((each) => each.type === type);
  }

  #tuple(parts: readonly TypePart[]): number {
    return this.#fields("tuple", [], parts, tupleLayout(parts));
  }

  #fields(kind: Kind, names: readonly string[], parts: readonly TypePart[], layout: Layout): number {
    let offset = 0;
    let slot = 0;
    const fields = this.#array(parts, sizes.field, (part, at, index) => {
      const { size, align, slots } = layoutOf(part);
      offset = alignTo(offset, align);
      const name = names[index];
      this.#words(at, [name === undefined ? 0 : this.#text(name), this.#type(part), offset, slot]);
      offset += size;
      slot += slots;
    });
    return this.#typeOf(kind, layout, parts.length, fields);
  }

  #alternatives(kind: Kind, names: readonly string[], parts: readonly TypePart[], layout: Layout): number {
    const alternatives = this.#array(names, sizes.alternative, (name, at, index) =>
      this.#words(at, [this.#text(name), this.#optionalType(parts[index])]),
    );
    // CanonicalABI.md, `discriminant_type`.
    const discriminant = names.length <= 0x100 ? 1 : names.length <= 0x10000 ? 2 : 4;
    const aligns = parts.filter((part) => part !== undefined).map((part) => layoutOf(part).align);
    const payload = alignTo(discriminant, Math.max(1, ...aligns));
    return this.#typeOf(kind, layout, names.length, alternatives, payload, discriminant);
  }

  #typeOf(kind: Kind, { size, align }: Layout, count = 0, of = 0, payload = 0, discriminant = 0): number {
    const at = this.#reserve(sizes.type);
    // Two members of 16 bits.
    this.#words(at, [kinds.indexOf(kind) | (align << 16), size, count, of, payload, discriminant]);
    return at;
  }

  #array<Item>(
    items: readonly Item[],
    size: number,
    write: (item: Item, at: number, index: number) => void,
  ): number {
    const start = this.#reserve(items.length * size);
    for (const [index, item] of items.entries()) write(item, start + index * size, index);
    return start;
  }

  /** A text that ends with a zero. */
  #text(text: string): number {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const bytes = new TextEncoder().encode(text);
    const at = this.#reserve(alignTo(bytes.length + 1, 4));
    this.#bytes.set(bytes, at - this.#base);
    this.#texts.set(text, at);
    return at;
  }

  #words(at: number, words: readonly number[]): void {
    const view = new DataView(this.#bytes.buffer);
    for (const [index, word] of words.entries()) view.setUint32(at - this.#base + 4 * index, word, true);
  }

  /** @returns the address of so many bytes, which are 0 */
  #reserve(size: number): number {
    const start = this.#length;
    this.#length += size;
    while (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#bytes.length);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    return this.#base + start;
  }
}

function layoutOf(part: TypePart): Layout {
  if (typeof part === "string") {
    const size = primitiveSizes[part]!;
    return part === "string" ? { size, align: 4, slots: 2 } : { size, align: size, slots: 1 };
  }
  const { size, align, flat } = (part as DefinedType).shape;
  return { size, align, slots: flat.length };
}

function tupleLayout(parts: readonly TypePart[]): Layout {
  let size = 0;
  let align = 1;
  let slots = 0;
  for (const each of parts.map(layoutOf)) {
    size = alignTo(size, each.align) + each.size;
    align = Math.max(align, each.align);
    slots += each.slots;
  }
  return { size: alignTo(size, align), align, slots };
}
