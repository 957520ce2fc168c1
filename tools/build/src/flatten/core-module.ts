/**
 * Reads a core module: everything of it but what its functions do. The engine has said before that it is valid, so that
 * no index is looked at twice; what a flattened module may not have is refused by name.
 *
 * Source: WebAssembly Core Specification 5.3 (types), 5.5 (modules).
 */

import { type CoreType, Reader, coreSectionId as sectionId } from "@busbar/host/component";
import { type Signature, typesByByte } from "../component/signature.ts";
import { type Body, readBody } from "./body.ts";
import type { Budget } from "./budget.ts";
import { type ConstantExpression, readConstantExpression } from "./constant.ts";
import { notFlat } from "./refusal.ts";

/** 5.3.8: of a table in entries, of a memory in pages of 64 KiB. */
export interface Limits {
  readonly minimum: number;
  readonly maximum: number | undefined;
}

/** 5.3.10 */
export interface GlobalType {
  readonly type: CoreType;
  readonly isMutable: boolean;
}

/** What an import, an export or an index is about. */
export type Kind = "function" | "table" | "memory" | "global";

/** 5.5.5 */
export type CoreImport = { readonly module: string; readonly name: string } & (
  | { readonly kind: "function"; readonly signature: Signature }
  | { readonly kind: "table" | "memory"; readonly limits: Limits }
  | { readonly kind: "global"; readonly type: GlobalType }
);

/** 5.5.10 */
export interface CoreExport {
  readonly kind: Kind;
  readonly index: number;
}

/** A segment of data or elements; `at` is where an active one goes, and undefined for a passive one. */
export interface Segment<Contents> {
  readonly at: ConstantExpression | undefined;
  readonly contents: Contents;
}

/** 5.5.12: indices of functions; undefined where a table stays empty. */
export interface ElementSegment extends Segment<readonly (number | undefined)[]> {
  readonly table: number;
}

/** A core module, in the index spaces that it has for itself. */
export interface CoreModule {
  readonly imports: readonly CoreImport[];
  /** The types of its own functions. */
  readonly functions: readonly Signature[];
  readonly tables: readonly Limits[];
  readonly memories: readonly Limits[];
  readonly globals: readonly { readonly type: GlobalType; readonly initial: ConstantExpression }[];
  readonly exports: ReadonlyMap<string, CoreExport>;
  readonly start: number | undefined;
  readonly elements: readonly ElementSegment[];
  /** One for each of its own functions. */
  readonly bodies: readonly Body[];
  readonly data: readonly Segment<Uint8Array>[];
  /** The tables that its code changes. */
  readonly changedTables: ReadonlySet<number>;
}

const kinds: readonly Kind[] = ["function", "table", "memory", "global"];

/**
 * Reads a core module.
 *
 * @param bytes valid in the judgement of an engine
 * @param budget which everything is counted against that the module lists
 * @throws LinkError for what a flattened module may not have
 */
export function readCoreModule(bytes: Uint8Array, budget: Budget): CoreModule {
  const module = new ModuleReader(budget);
  const reader = new Reader(bytes, 8);
  while (!reader.done) module.read(reader.byte(), reader.part());
  const memories = module.imports.filter(({ kind }) => kind === "memory").length + module.memories.length;
  if (memories > 1) throw notFlat("has several memories");
  return module;
}

class ModuleReader implements CoreModule {
  readonly imports: CoreImport[] = [];
  readonly functions: Signature[] = [];
  readonly tables: Limits[] = [];
  readonly memories: Limits[] = [];
  readonly globals: CoreModule["globals"][number][] = [];
  readonly exports = new Map<string, CoreExport>();
  start: number | undefined;
  readonly elements: ElementSegment[] = [];
  readonly bodies: Body[] = [];
  readonly data: Segment<Uint8Array>[] = [];
  readonly changedTables = new Set<number>();
  readonly #types: Signature[] = [];
  readonly #budget: Budget;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  read(id: number, section: Reader): void {
    switch (id) {
      case sectionId.custom:
      case sectionId.dataCount:
        return;
      case sectionId.type:
        this.#each(section, this.#types, readSignature);
        return;
      case sectionId.import:
        this.#each(section, this.imports, () => this.#import(section));
        return;
      case sectionId.function:
        this.#each(section, this.functions, () => this.#types[section.u32()]!);
        return;
      case sectionId.table:
        this.#each(section, this.tables, readTable);
        return;
      case sectionId.memory:
        this.#each(section, this.memories, readLimits);
        return;
      case sectionId.global:
        this.#each(section, this.globals, readGlobal);
        return;
      case sectionId.export:
        this.#each(section, [], () => this.#export(section));
        return;
      case sectionId.start:
        this.start = section.u32();
        return;
      case sectionId.element:
        this.#each(section, this.elements, () => this.#elements(section));
        return;
      case sectionId.code:
        this.#each(section, this.bodies, () => this.#body(section.part()));
        return;
      case sectionId.data:
        this.#each(section, this.data, readData);
        return;
      default:
        throw notFlat(id === 13 ? "uses exceptions" : `has the section ${id}`);
    }
  }

  #elements(section: Reader): ElementSegment {
    const segment = readElements(section);
    this.#budget.spend(segment.contents.length);
    return segment;
  }

  /** The items of a list; a module can have more than an engine passes as arguments. */
  #each<Item>(section: Reader, into: Item[], read: (section: Reader) => Item): void {
    const count = section.u32();
    this.#budget.spend(count);
    for (let left = count; left > 0; left -= 1) into.push(read(section));
  }

  #body(reader: Reader): Body {
    const body = readBody(reader, this.#types, this.#budget);
    for (const site of body.sites) {
      if (site.op === "table.init") this.changedTables.add(site.table);
      if (site.op === "table.copy") this.changedTables.add(site.to);
    }
    return body;
  }

  #export(reader: Reader): void {
    this.exports.set(reader.text(), { kind: kindOf(reader.byte()), index: reader.u32() });
  }

  #import(reader: Reader): CoreImport {
    const names = { module: reader.text(), name: reader.text() };
    const kind = kindOf(reader.byte());
    switch (kind) {
      case "function":
        return { ...names, kind, signature: this.#types[reader.u32()]! };
      case "table":
        return { ...names, kind, limits: readTable(reader) };
      case "memory":
        return { ...names, kind, limits: readLimits(reader) };
      default:
        return { ...names, kind, type: readGlobalType(reader) };
    }
  }
}

function kindOf(byte: number): Kind {
  const kind = kinds[byte];
  if (kind === undefined) throw notFlat("uses exceptions");
  return kind;
}

/** 5.3.6 */
function readSignature(reader: Reader): Signature {
  if (reader.byte() !== 0x60) throw notFlat("has types of something else than functions");
  const params = reader.list(readValueType);
  const results = reader.list(readValueType);
  if (results.length > 1) throw notFlat("has functions with several results");
  return { params, results };
}

function readValueType(reader: Reader): CoreType {
  const type = typesByByte.get(reader.byte());
  if (type === undefined) throw notFlat("has vectors or references as values");
  return type;
}

function readGlobalType(reader: Reader): GlobalType {
  return { type: readValueType(reader), isMutable: reader.byte() === 1 };
}

function readGlobal(reader: Reader): CoreModule["globals"][number] {
  return { type: readGlobalType(reader), initial: readConstantExpression(reader) };
}

function readTable(reader: Reader): Limits {
  if (reader.byte() !== 0x70)
    throw notFlat("has a table of something else than plain references to functions");
  return readLimits(reader);
}

function readLimits(reader: Reader): Limits {
  const form = reader.byte();
  if (form > 1) throw notFlat("has a shared or 64-bit memory or table");
  return { minimum: reader.u32(), maximum: form === 1 ? reader.u32() : undefined };
}

/** 5.5.12. Bit 0: passive or declarative; bit 1: a table index, or declarative; bit 2: expressions. */
function readElements(reader: Reader): ElementSegment {
  const form = reader.u32();
  const isActive = (form & 1) === 0;
  const isExplicit = (form & 3) !== 0;
  const hasExpressions = (form & 4) !== 0;
  const table = isActive && (form & 2) !== 0 ? reader.u32() : 0;
  const at = isActive ? readConstantExpression(reader) : undefined;
  if (isExplicit && reader.byte() !== (hasExpressions ? 0x70 : 0x00))
    throw notFlat("has elements of something else than plain references to functions");
  const contents = reader.list((each) => (hasExpressions ? readElement(each) : each.u32()));
  const isDeclarative = (form & 3) === 3;
  return { table, at, contents: isDeclarative ? [] : contents };
}

/** `ref.func` or `ref.null`. */
function readElement(reader: Reader): number | undefined {
  const opcode = reader.byte();
  const isFunction = opcode === 0xd2;
  if (!isFunction && opcode !== 0xd0) throw notFlat("computes the elements of a table");
  const operand = reader.u32();
  reader.expect(0x0b, "the end of an element");
  return isFunction ? operand : undefined;
}

/** 5.5.14. 0: active, 1: passive, 2: active, with the index of a memory. */
function readData(reader: Reader): Segment<Uint8Array> {
  const form = reader.u32();
  if (form === 2) reader.u32();
  const at = form === 1 ? undefined : readConstantExpression(reader);
  return { at, contents: reader.part().rest() };
}
