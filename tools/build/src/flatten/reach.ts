/**
 * Finds what of a program can be reached: from its exports, from its start functions, and from what lies in tables and can
 * be called there.
 */

import { LinkError } from "@busbar/host/component";
import { keyOf, type Signature } from "../component/signature.ts";
import type { Naming, Site } from "./body.ts";
import type {
  CanonicalUse,
  CoreFunction,
  DefinedFunction,
  Global,
  ImportedFunction,
  Instance,
  Memory,
  PassiveData,
  PassiveElements,
  Program,
  Table,
  TrapFunction,
} from "./program.ts";
import { notFlat } from "./refusal.ts";

/** What is kept. */
export interface Reached {
  readonly imported: readonly ImportedFunction[];
  /** Functions with a body, and how many places name each. */
  readonly defined: ReadonlyMap<DefinedFunction | TrapFunction, number>;
  readonly globals: readonly Global[];
  readonly memory: Memory | undefined;
  readonly table: Table | undefined;
  /** The types with which functions of the table are called. */
  readonly called: ReadonlySet<string>;
  /** Segments that code names. */
  readonly segments: ReadonlySet<PassiveData | PassiveElements>;
  /** Whether the memory is a part of calls of the canonical ABI, and what allocates in it. */
  readonly sharesMemory: boolean;
  readonly realloc: CoreFunction | undefined;
}

/** What a call ends up at, wherever that is known: `undefined` where it traps. */
export type Target = CoreFunction | undefined;

/**
 * Finds it.
 *
 * @throws LinkError where what is reached cannot be in one core module
 */
export function reach(program: Program): Reached {
  return new Search(program).run();
}

/** The function that is called in the end by one that does nothing but call another. */
export function resolved(called: CoreFunction): CoreFunction {
  if (called.kind !== "defined" || !called.body.forwards) return called;
  let found: CoreFunction = called;
  for (const seen = new Set<CoreFunction>(); found.kind === "defined" && found.body.forwards; ) {
    // One that calls itself without end is what it is.
    if (seen.has(found)) return called;
    seen.add(found);
    const next = targetOf(found.body.sites[0]!, found.instance);
    if (next === "unknown" || next === undefined || keyOf(next.signature) !== keyOf(found.signature)) break;
    found = next;
  }
  return found;
}

/** What a `call`, or a `call_indirect` of a known entry, calls; "unknown" for all others. */
export function targetOf(site: Naming, instance: Instance): Target | "unknown" {
  if (site.op === "call") return instance.functions[site.function]!;
  if (site.op !== "call_indirect" || site.slot === undefined) return "unknown";
  const { contents } = instance.tables[site.table]!;
  if (contents === undefined) return "unknown";
  const found = contents.get(site.slot);
  return found !== undefined && keyOf(found.signature) === keyOf(site.signature) ? found : undefined;
}

/** Whether `global.get` of it is a constant. */
export function isConstant({ type }: Global): boolean {
  return !type.isMutable;
}

class Search {
  readonly #program: Program;
  readonly #imported = new Set<ImportedFunction>();
  readonly #defined = new Map<DefinedFunction | TrapFunction, number>();
  readonly #globals = new Set<Global>();
  readonly #memories = new Set<Memory>();
  readonly #tables = new Set<Table>();
  readonly #called = new Set<string>();
  readonly #segments = new Set<PassiveData | PassiveElements>();
  readonly #shared = new Set<Memory>();
  readonly #reallocs = new Set<CoreFunction>();
  readonly #users = new Set<number>();
  readonly #queue: DefinedFunction[] = [];

  constructor(program: Program) {
    this.#program = program;
  }

  run(): Reached {
    const { exports, uses, startup } = this.#program;
    for (const use of uses) this.#use(use);
    for (const exported of exports) this.#reach(exported.function);
    for (const step of startup) if (step.op === "start") this.#reach(step.function);
    for (let next = this.#queue.pop(); next !== undefined; next = this.#queue.pop()) this.#body(next);
    for (const memory of this.#shared) this.#memories.add(memory);
    const [memory, ...otherMemories] = this.#memories;
    const [table, ...otherTables] = this.#tables;
    const [realloc, ...otherReallocs] = this.#reallocs;
    if (this.#users.size > 1 || otherMemories.length > 0)
      throw new LinkError(
        "the components of which it is composed have a memory and handles each, and a flattened one has one of both",
      );
    if (otherTables.length > 0) throw notFlat("has several tables");
    if (otherReallocs.length > 0)
      throw new LinkError("it has several functions that allocate memory for the host");
    return {
      imported: [...this.#imported],
      defined: this.#defined,
      globals: [...this.#globals],
      memory,
      table,
      called: this.#called,
      segments: this.#segments,
      sharesMemory: this.#shared.size > 0,
      realloc,
    };
  }

  #use(use: CanonicalUse): void {
    this.#users.add(use.instance);
    if (use.context === undefined) return;
    if (use.context.encoding !== "utf8") throw new LinkError("its strings are not UTF-8");
    const memory = this.#program.memoryOf(use);
    if (memory !== undefined) this.#shared.add(memory);
    const realloc = this.#program.reallocOf(use);
    if (realloc === undefined) return;
    this.#reallocs.add(resolved(realloc));
    this.#reach(realloc);
  }

  #reach(named: CoreFunction): void {
    const reached = resolved(named);
    switch (reached.kind) {
      case "refused":
        throw new LinkError(reached.reason);
      case "imported":
        if (this.#imported.has(reached)) return;
        this.#imported.add(reached);
        for (const use of reached.uses) this.#use(use);
        return;
      default: {
        const count = this.#defined.get(reached);
        this.#defined.set(reached, (count ?? 0) + 1);
        if (count === undefined && reached.kind === "defined") this.#queue.push(reached);
      }
    }
  }

  #body({ body, instance }: DefinedFunction): void {
    if (body.problem !== undefined) throw body.problem;
    if (body.usesMemory) this.#memories.add(instance.memories[0]!);
    for (const site of body.sites) this.#site(site, instance);
  }

  #site(site: Site, instance: Instance): void {
    switch (site.op) {
      case "call":
      case "call_indirect": {
        const target = targetOf(site, instance);
        if (target === "unknown") this.#indirect(site as Site & { op: "call_indirect" }, instance);
        // A call of what traps becomes the trap.
        else if (target !== undefined && resolved(target).kind !== "trap") this.#reach(target);
        return;
      }
      case "global.get":
      case "global.set":
        this.#globals.add(instance.globals[site.global]!);
        return;
      case "address":
        if (!isConstant(instance.globals[site.global]!)) this.#globals.add(instance.globals[site.global]!);
        return;
      case "memory.init":
      case "data.drop":
        this.#segment(instance.data[site.data]);
        return;
      case "table.init":
        this.#table(instance.tables[site.table]!);
        this.#elements(instance.elements[site.element]);
        return;
      case "elem.drop":
        this.#elements(instance.elements[site.element]);
        return;
      case "table.copy":
        this.#table(instance.tables[site.to]!);
        this.#table(instance.tables[site.from]!);
        return;
      default:
    }
  }

  #segment(segment: PassiveData | PassiveElements | undefined): void {
    if (segment === undefined) throw notFlat("names a segment that is used up");
    this.#segments.add(segment);
  }

  #elements(segment: PassiveElements | undefined): void {
    this.#segment(segment);
    this.#reachAll(segment!.functions);
  }

  #reachAll(functions: Iterable<CoreFunction | undefined>): void {
    for (const each of functions) if (each !== undefined) this.#reach(each);
  }

  #indirect({ signature, table: index }: Site & { op: "call_indirect" }, instance: Instance): void {
    const table = instance.tables[index]!;
    this.#table(table);
    this.#callable(table, signature);
  }

  /** All of a table that a call of this type can find. */
  #callable(table: Table, signature: Signature): void {
    const key = keyOf(signature);
    if (this.#called.has(key)) return;
    this.#called.add(key);
    for (const each of table.contents?.values() ?? [])
      if (keyOf(each.signature) === key && resolved(each).kind !== "trap") this.#reach(each);
  }

  #table(table: Table): void {
    if (this.#tables.has(table)) return;
    this.#tables.add(table);
    if (table.contents !== undefined) return;
    for (const step of this.#program.startup)
      if (step.op === "elements" && step.table === table) this.#reachAll(step.segment.functions);
  }
}
