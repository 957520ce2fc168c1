/**
 * Reads everything of a core module but its code: what it has of each kind, and where its sections are. Every index is
 * held against these counts, so that nothing that is appended later can be named by the module itself.
 *
 * Source: WebAssembly Core Specification 5.5 (modules). What no component needs is refused by name.
 */

import { hex, LinkError, Reader } from "../reader.ts";
import { reservedPrefix } from "./names.ts";
import { constantExpression, type IndexSpace, requireIndex, valueType } from "./operands.ts";

/** A section (5.5.2): its contents are the bytes from `start` up to `end`. */
export interface Section {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/** What a core module has, imported and own together, in the order of the index spaces (2.5.1). */
export interface Layout extends IndexSpace {
  /** In the order of the binary, without the custom sections that are dropped. */
  readonly sections: readonly Section[];
  /** The element type (5.3.7) of each table. */
  readonly tables: readonly number[];
  /** How many of the functions have a body. */
  readonly bodies: number;
  readonly exports: number;
  /** The index of the start function; undefined where there is none. */
  readonly start: number | undefined;
  /** What its own memories have at the start, in pages of 64 KiB. */
  readonly initialPages: number;
  /** What its own tables have at the start, in entries. */
  readonly initialEntries: number;
}

/** Section ids (5.5.2). */
export const sectionId = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
  tag: 13,
} as const;

/** The order in which sections must come (5.5.15), which is not that of their ids. */
export const sectionOrder: readonly number[] = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];

/** The largest module of the workspace's components has a tenth of these. */
const limits = {
  types: 100_000,
  functions: 100_000,
  tables: 8,
  memories: 1,
  globals: 100_000,
  tags: 1000,
  exports: 100_000,
} as const;

/** Moving a value takes time, and no code that is counted: so there are not many that move at once. */
const mostParameters = 100;
const mostResults = 32;
/** The parameters of a tag are what an exception holds of the host's memory. */
const mostTagParameters = 16;

/**
 * Reads the sections of a core module.
 *
 * @throws LinkError when it is malformed, or has something that is refused
 */
export function readLayout(module: Uint8Array): Layout {
  const layout = new LayoutReader();
  const preamble = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  if (preamble.some((byte, index) => module[index] !== byte)) throw new LinkError("it is no core module");
  const reader = new Reader(module, preamble.length);
  let next = 0;
  while (!reader.done) {
    const id = reader.byte();
    const section = reader.part();
    const { at: start, end } = section;
    if (id === sectionId.custom) {
      // Names serve people. All others either speak of places in the code, which move, or are of no use to a host.
      if (section.text() === "name") layout.sections.push({ id, start, end });
      continue;
    }
    const place = sectionOrder.indexOf(id);
    if (place === -1) throw new LinkError(`section ${id} of a core module is not known here`);
    if (place < next) throw new LinkError(`section ${id} of a core module comes too late or twice`);
    next = place + 1;
    layout.sections.push({ id, start, end });
    layout.read(id, section);
  }
  return layout;
}

class LayoutReader implements Layout {
  readonly sections: Section[] = [];
  readonly tables: number[] = [];
  types = 0;
  functions = 0;
  bodies = 0;
  memories = 0;
  globals = 0;
  tags = 0;
  elements = 0;
  data = 0;
  exports = 0;
  start: number | undefined;
  initialPages = 0;
  initialEntries = 0;
  readonly #parameters: number[] = [];
  readonly #results: number[] = [];

  /** Reads one section to its end. */
  read(id: number, section: Reader): void {
    switch (id) {
      case sectionId.type:
        this.#each(section, () => this.#type(section));
        this.types = atMost(limits.types, this.#parameters.length, "types");
        break;
      case sectionId.import:
        this.#each(section, () => this.#import(section));
        break;
      case sectionId.function:
        this.#each(section, () => this.#function(section));
        break;
      case sectionId.table:
        this.#each(section, () => {
          this.initialEntries += this.#table(section);
        });
        break;
      case sectionId.memory:
        this.#each(section, () => {
          this.initialPages += this.#memory(section);
        });
        break;
      case sectionId.tag:
        this.#each(section, () => this.#tag(section));
        break;
      case sectionId.global:
        this.#each(section, () => {
          this.#global(section);
          constantExpression(section, this);
        });
        break;
      case sectionId.export:
        this.#each(section, () => this.#export(section));
        break;
      case sectionId.start:
        this.start = requireIndex(section.u32(), this.functions, "function");
        break;
      case sectionId.element:
        this.#each(section, () => this.#element(section));
        break;
      case sectionId.dataCount:
        this.data = section.u32();
        break;
      case sectionId.code:
        // Its bodies are read when they are rewritten.
        if (section.u32() !== this.bodies)
          throw new LinkError("a core module has not one body for each function");
        return;
      case sectionId.data:
        this.#each(section, () => this.#data(section));
        break;
    }
    if (!section.done) throw new LinkError(`section ${id} of a core module goes on behind its contents`);
  }

  #each(section: Reader, read: () => void): void {
    for (let count = section.count(); count > 0; count -= 1) read();
  }

  /** 5.3.6, and the other forms of 5.3.10 and of proposals. */
  #type(section: Reader): void {
    const form = section.byte();
    if (form === 0x5d) throw new LinkError("a core module uses stack switching, which this host refuses");
    if (form >= 0x4e && form < 0x60)
      throw new LinkError("a core module has types of garbage-collected objects, which this host refuses");
    if (form !== 0x60) throw new LinkError(`a core module has a type of the unknown form ${hex(form)}`);
    this.#parameters.push(atMost(mostParameters, valueTypes(section), "parameters in one function"));
    this.#results.push(atMost(mostResults, valueTypes(section), "results in one function"));
  }

  /** 5.5.5. */
  #import(section: Reader): void {
    for (const name of [section.text(), section.text()]) this.#requireUnreserved("imports", name);
    const kind = section.byte();
    switch (kind) {
      case 0x00:
        this.#addFunction(section);
        break;
      case 0x01:
        this.#table(section);
        break;
      case 0x02:
        this.#memory(section);
        break;
      case 0x03:
        this.#global(section);
        break;
      case 0x04:
        this.#tag(section);
        break;
      default:
        throw new LinkError(`a core module imports something of the unknown kind ${hex(kind)}`);
    }
  }

  #function(section: Reader): void {
    this.#addFunction(section);
    this.bodies += 1;
  }

  #addFunction(section: Reader): void {
    requireIndex(section.u32(), this.types, "type");
    this.functions = atMost(limits.functions, this.functions + 1, "functions");
  }

  /** 5.5.7; returns the minimum. */
  #table(section: Reader): number {
    const element = section.byte();
    if (element === 0x40)
      throw new LinkError("a core module has a table with an initial expression, which this host refuses");
    // An exception that is kept is an object of the host's memory that nobody counts.
    if (valueType(element) === "exnref")
      throw new LinkError("a core module has a table of exceptions, which this host refuses");
    if (element !== 0x70 && element !== 0x6f)
      throw new LinkError(`a core module has a table of the unknown type ${hex(element)}`);
    this.tables.push(element);
    atMost(limits.tables, this.tables.length, "tables");
    return minimum(section, "table");
  }

  /** 5.5.8; returns the minimum. */
  #memory(section: Reader): number {
    this.memories = atMost(limits.memories, this.memories + 1, "memories");
    return minimum(section, "memory");
  }

  /** 5.5.9 */
  #global(section: Reader): void {
    if (valueType(section.byte()) === "exnref")
      throw new LinkError("a core module keeps exceptions in globals, which this host refuses");
    const mutability = section.byte();
    if (mutability > 1) throw new LinkError("a core module has a shared global, which this host refuses");
    this.globals = atMost(limits.globals, this.globals + 1, "globals");
  }

  /** 5.5.16: an attribute that is always 0, and the type. */
  #tag(section: Reader): void {
    section.expect(0x00, "a tag");
    const type = requireIndex(section.u32(), this.types, "type");
    atMost(mostTagParameters, this.#parameters[type]!, "parameters in one tag");
    this.tags = atMost(limits.tags, this.tags + 1, "tags");
  }

  /** 5.5.10 */
  #export(section: Reader): void {
    this.#requireUnreserved("exports", section.text());
    const kind = section.byte();
    const index = section.u32();
    switch (kind) {
      case 0x00:
        requireIndex(index, this.functions, "function");
        break;
      case 0x01:
        requireIndex(index, this.tables.length, "table");
        break;
      case 0x02:
        requireIndex(index, this.memories, "memory");
        break;
      case 0x03:
        requireIndex(index, this.globals, "global");
        break;
      case 0x04:
        requireIndex(index, this.tags, "tag");
        break;
      default:
        throw new LinkError(`a core module exports something of the unknown kind ${hex(kind)}`);
    }
    this.exports = atMost(limits.exports, this.exports + 1, "exports");
  }

  /** 5.5.12. Bit 0: passive or declarative; bit 1: a table index, or declarative; bit 2: expressions. */
  #element(section: Reader): void {
    const flags = section.u32();
    if (flags > 7) throw new LinkError(`a core module has an element segment of the unknown form ${flags}`);
    const active = (flags & 1) === 0;
    const explicit = (flags & 3) !== 0;
    if (active) {
      requireIndex(flags & 2 ? section.u32() : 0, this.tables.length, "table");
      constantExpression(section, this);
    }
    if ((flags & 4) === 0) {
      if (explicit) section.expect(0x00, "the kind of an element segment");
      this.#each(section, () => requireIndex(section.u32(), this.functions, "function"));
    } else {
      if (explicit) valueType(section.byte());
      this.#each(section, () => constantExpression(section, this));
    }
    this.elements += 1;
  }

  /** 5.5.14 */
  #data(section: Reader): void {
    const form = section.u32();
    if (form > 2) throw new LinkError(`a core module has a data segment of the unknown form ${form}`);
    if (form !== 1) {
      requireIndex(form === 2 ? section.u32() : 0, this.memories, "memory");
      constantExpression(section, this);
    }
    section.part();
  }

  #requireUnreserved(what: string, name: string): void {
    if (name.startsWith(reservedPrefix))
      throw new LinkError(`a core module ${what} ${JSON.stringify(name)}, a name that is the host's own`);
  }
}

/** A list of value types: how many they are. */
function valueTypes(section: Reader): number {
  const count = section.count();
  for (let index = 0; index < count; index += 1) valueType(section.byte());
  return count;
}

/** 5.3.8, the limits of a table or memory; returns the minimum. */
function minimum(section: Reader, what: string): number {
  const flags = section.byte();
  if (flags & 0x04) throw new LinkError(`a core module has a 64-bit ${what}, which this host refuses`);
  if (flags & 0x02) throw new LinkError(`a core module has a shared ${what}, which this host refuses`);
  if (flags > 1) throw new LinkError(`a core module has a ${what} with the unknown limits ${hex(flags)}`);
  const value = section.u32();
  if (flags === 1) section.u32();
  return value;
}

function atMost(most: number, count: number, what: string): number {
  if (count > most) throw new LinkError(`a core module has more than ${most} ${what}`);
  return count;
}
