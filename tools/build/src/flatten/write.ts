/**
 * Writes what is left of a program as one core module, and gives everything a new index.
 *
 * Source: WebAssembly Core Specification 5.5 (modules).
 */

import { coreSectionId as sectionId, Writer } from "@busbar/host/component";
import { writeListSection, writeSection } from "../component/core-section.ts";
import { keyOf, type Signature, TypeTable, valueTypes, writeSignature } from "../component/signature.ts";
import type { Site } from "./body.ts";
import { writeI32 } from "./constant.ts";
import type { Limits } from "./core-module.ts";
import { initializeExport, memoryExport, reallocExport } from "./names.ts";
import type {
  CoreFunction,
  DefinedFunction,
  Global,
  Instance,
  PassiveData,
  PassiveElements,
  Program,
  StartupStep,
  Table,
  TrapFunction,
} from "./program.ts";
import { isConstant, type Reached, resolved, targetOf } from "./reach.ts";
import { notFlat } from "./refusal.ts";

/** The functions of a table, one behind the other, from the entry `at` on. */
interface Run {
  readonly at: number;
  readonly functions: CoreFunction[];
}

/**
 * Writes the module.
 *
 * @param custom the custom sections, each whole
 * @throws LinkError for what has no place in a flattened module
 */
export function writeModule(
  program: Program,
  reached: Reached,
  custom: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  return new ModuleWriter(program, reached).write(custom);
}

class ModuleWriter {
  readonly #program: Program;
  readonly #reached: Reached;
  readonly #out = new Writer(1 << 20);
  readonly #functions = new Map<CoreFunction, number>();
  readonly #defined: readonly (DefinedFunction | TrapFunction)[];
  readonly #globals: ReadonlyMap<Global, number>;
  readonly #types = new TypeTable();
  /** What is put in its place before anything runs. */
  readonly #active: readonly StartupStep[];
  /** What happens from the first start function on. */
  readonly #late: readonly StartupStep[];
  readonly #data: ReadonlyMap<PassiveData, number>;
  readonly #elements: ReadonlyMap<PassiveElements, number>;
  readonly #activeData: readonly (StartupStep & { readonly op: "data" })[];
  readonly #activeElements: readonly Run[];

  constructor(program: Program, reached: Reached) {
    this.#program = program;
    this.#reached = reached;
    // What is named most gets the lowest indices, which are the shortest.
    const defined = [...reached.defined].sort(([, one], [, other]) => other - one);
    this.#defined = defined.map(([each]) => each);
    for (const each of [...reached.imported, ...this.#defined])
      this.#functions.set(each, this.#functions.size);
    this.#globals = numbered(reached.globals);
    const steps = program.startup.filter((step) => this.#isKept(step));
    const start = steps.findIndex(({ op }) => op === "start");
    this.#active = start === -1 ? steps : steps.slice(0, start);
    this.#late = start === -1 ? [] : steps.slice(start);
    this.#activeData = this.#active.filter((step) => step.op === "data");
    this.#activeElements = this.#runs();
    const passive = [
      ...reached.segments,
      ...this.#late.flatMap((step) => (step.op === "start" ? [] : [step.segment])),
    ];
    this.#data = numbered(
      passive.filter((each) => each.kind === "data"),
      this.#activeData.length,
    );
    this.#elements = numbered(
      passive.filter((each) => each.kind === "elements"),
      this.#activeElements.length,
    );
  }

  write(custom: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
    const { imported, memory, table } = this.#reached;
    const out = this.#out;
    // Imports have the first types, and code the last: so it is written before the section of types.
    for (const { signature } of [...imported, ...this.#defined]) this.#types.indexOf(signature);
    const code = new Writer(1 << 20);
    for (const each of this.#defined) this.#body(code, each);
    if (this.#late.length > 0) this.#initialize(code);

    out.bytes([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
    for (const section of custom) out.bytes(section);
    writeListSection(out, sectionId.type, this.#types.signatures, (each) => writeSignature(out, each));
    writeListSection(out, sectionId.import, imported, ({ module, name, signature }) => {
      out.text(module);
      out.text(name);
      out.byte(0x00);
      out.u32(this.#types.indexOf(signature));
    });
    const initialize = this.#late.length > 0 ? [nothing] : [];
    const signatures = [...this.#defined.map(({ signature }) => signature), ...initialize];
    writeListSection(out, sectionId.function, signatures, (signature) =>
      out.u32(this.#types.indexOf(signature)),
    );
    writeListSection(out, sectionId.table, table ? [this.#tableLimits(table)] : [], (limits) => {
      out.byte(0x70);
      writeLimits(out, limits);
    });
    writeListSection(out, sectionId.memory, memory ? [memory] : [], ({ limits }) => writeLimits(out, limits));
    writeListSection(out, sectionId.global, this.#globals.keys(), ({ type, initial }) => {
      out.bytes([valueTypes[type.type], type.isMutable ? 1 : 0]);
      out.bytes(initial.instruction);
      out.byte(0x0b);
    });
    writeListSection(out, sectionId.export, this.#exports(), ({ name, kind, index }) => {
      out.text(name);
      out.byte(kind);
      out.u32(index);
    });
    this.#elementSection();
    this.#dataCount();
    writeSection(out, sectionId.code, () => {
      out.u32(signatures.length);
      out.append(code);
    });
    this.#dataSection();
    return out.finish();
  }

  /** Whether a step has to do with what is kept. */
  #isKept(step: StartupStep): boolean {
    switch (step.op) {
      case "start":
        return true;
      case "data":
        return step.memory === this.#reached.memory;
      default:
        return step.table === this.#reached.table;
    }
  }

  /** The elements that lie in the table before anything runs, without those that nobody can call. */
  #runs(): readonly Run[] {
    const { table, called } = this.#reached;
    if (table?.contents === undefined)
      return this.#active.flatMap((step) =>
        step.op === "elements" ? [{ at: step.at, functions: allOf(step.segment) }] : [],
      );
    const runs: Run[] = [];
    for (const [at, each] of [...table.contents].sort(([one], [other]) => one - other)) {
      const found = resolved(each);
      if (!called.has(keyOf(each.signature)) || found.kind === "trap") continue;
      const last = runs.at(-1);
      if (last !== undefined && last.at + last.functions.length === at) last.functions.push(found);
      else runs.push({ at, functions: [found] });
    }
    return runs;
  }

  /** A table that nothing changes ends behind its last entry. */
  #tableLimits(table: Table): Limits {
    if (table.contents === undefined) return table.limits;
    const last = this.#activeElements.at(-1);
    const size = last === undefined ? 0 : last.at + last.functions.length;
    return { minimum: size, maximum: size };
  }

  #function(named: CoreFunction): number {
    return this.#functions.get(resolved(named))!;
  }

  #exports(): readonly { readonly name: string; readonly kind: number; readonly index: number }[] {
    const { sharesMemory, realloc } = this.#reached;
    const functions = [...this.#program.exports];
    if (realloc !== undefined) functions.push({ name: reallocExport, function: realloc });
    const exports = functions.map((each) => ({
      name: each.name,
      kind: 0x00,
      index: this.#function(each.function),
    }));
    if (sharesMemory) exports.push({ name: memoryExport, kind: 0x02, index: 0 });
    if (this.#late.length > 0)
      exports.push({ name: initializeExport, kind: 0x00, index: this.#functions.size });
    const names = new Set<string>();
    for (const { name } of exports) {
      if (names.has(name)) throw notFlat(`exports two things as ${name}`);
      names.add(name);
    }
    return exports;
  }

  #body(code: Writer, written: DefinedFunction | TrapFunction): void {
    const size = code.keepSize();
    if (written.kind === "trap") code.bytes([0x00, unreachable, end]);
    else {
      const { body, instance } = written;
      let at = body.start;
      for (const site of body.sites) {
        code.copy(body.bytes, at, site.start);
        this.#site(code, site, instance);
        at = site.end;
      }
      code.copy(body.bytes, at, body.end);
    }
    code.closeSize(size);
  }

  #site(code: Writer, site: Site, instance: Instance): void {
    switch (site.op) {
      case "call":
      case "call_indirect":
        this.#call(code, site, instance);
        return;
      case "global.get":
      case "global.set":
        code.byte(site.op === "global.get" ? 0x23 : 0x24);
        code.u32(this.#globals.get(instance.globals[site.global]!)!);
        return;
      case "address":
        this.#address(code, instance.globals[site.global]!, site.offset);
        return;
      case "block":
        code.bytes([site.opcode, site.result === undefined ? 0x40 : valueTypes[site.result]]);
        return;
      case "memory.init":
        this.#bulk(code, 8, this.#data.get(instance.data[site.data]!)!, 0);
        return;
      case "data.drop":
        this.#bulk(code, 9, this.#data.get(instance.data[site.data]!)!);
        return;
      case "table.init":
        this.#bulk(code, 12, this.#elements.get(instance.elements[site.element]!)!, 0);
        return;
      case "elem.drop":
        this.#bulk(code, 13, this.#elements.get(instance.elements[site.element]!)!);
        return;
      case "table.copy":
        this.#bulk(code, 14, 0, 0);
    }
  }

  #bulk(code: Writer, opcode: number, ...operands: readonly number[]): void {
    code.bytes([0xfc, opcode]);
    for (const operand of operands) code.u32(operand);
  }

  #call(code: Writer, site: Site & { op: "call" | "call_indirect" }, instance: Instance): void {
    const target = targetOf(site, instance);
    if (target === "unknown") {
      const { slot, signature } = site as Site & { op: "call_indirect" };
      if (slot !== undefined) writeI32(code, slot);
      code.byte(0x11);
      code.u32(this.#types.indexOf(signature));
      code.byte(0x00);
      return;
    }
    const called = target && resolved(target);
    if (called === undefined || called.kind === "trap") code.byte(unreachable);
    else {
      code.byte(0x10);
      code.u32(this.#functions.get(called)!);
    }
  }

  #address(code: Writer, global: Global, offset: number): void {
    if (isConstant(global)) {
      writeI32(code, global.initial.i32! + offset);
      return;
    }
    code.byte(0x23);
    code.u32(this.#globals.get(global)!);
    writeI32(code, offset);
    code.byte(0x6a);
  }

  /** The function that does what happens from the first start function on, in order. */
  #initialize(code: Writer): void {
    this.#types.indexOf(nothing);
    const size = code.keepSize();
    code.byte(0x00);
    for (const step of this.#late) {
      if (step.op === "start") {
        code.byte(0x10);
        code.u32(this.#function(step.function));
        continue;
      }
      const { segment, at } = step;
      writeI32(code, at);
      writeI32(code, 0);
      writeI32(code, segment.kind === "data" ? segment.bytes.length : segment.functions.length);
      if (segment.kind === "data") {
        this.#bulk(code, 8, this.#data.get(segment)!, 0);
        this.#bulk(code, 9, this.#data.get(segment)!);
      } else {
        this.#bulk(code, 12, this.#elements.get(segment)!, 0);
        this.#bulk(code, 13, this.#elements.get(segment)!);
      }
    }
    code.byte(end);
    code.closeSize(size);
  }

  #elementSection(): void {
    const out = this.#out;
    const segments: readonly (Run | PassiveElements)[] = [...this.#activeElements, ...this.#elements.keys()];
    writeListSection(out, sectionId.element, segments, (segment) => {
      if ("at" in segment) {
        out.byte(0x00);
        writeI32(out, segment.at);
        out.byte(end);
      } else out.bytes([0x01, 0x00]);
      const functions = "at" in segment ? segment.functions : allOf(segment);
      out.u32(functions.length);
      for (const each of functions) out.u32(this.#function(each));
    });
  }

  /** 5.5.16: only code that names segments needs it. */
  #dataCount(): void {
    if (this.#data.size === 0) return;
    writeSection(this.#out, sectionId.dataCount, () =>
      this.#out.u32(this.#activeData.length + this.#data.size),
    );
  }

  #dataSection(): void {
    const out = this.#out;
    writeListSection(out, sectionId.data, [...this.#activeData, ...this.#data.keys()], (each) => {
      const isActive = "op" in each;
      if (isActive) {
        out.byte(0x00);
        writeI32(out, each.at);
        out.byte(end);
      } else out.byte(0x01);
      const { bytes } = isActive ? each.segment : each;
      out.u32(bytes.length);
      out.bytes(bytes);
    });
  }
}

const unreachable = 0x00;
const end = 0x0b;
const nothing: Signature = { params: [], results: [] };

function numbered<Item>(items: readonly Item[], from = 0): ReadonlyMap<Item, number> {
  return new Map([...new Set(items)].map((item, index) => [item, from + index]));
}

/** A segment's functions; without references there is nothing that stands for a missing one. */
function allOf({ functions }: PassiveElements): CoreFunction[] {
  return functions.map((each) => {
    if (each === undefined) throw notFlat("has empty entries in elements that it moves");
    return each;
  });
}

function writeLimits(out: Writer, { minimum, maximum }: Limits): void {
  out.byte(maximum === undefined ? 0 : 1);
  out.u32(minimum);
  if (maximum !== undefined) out.u32(maximum);
}
