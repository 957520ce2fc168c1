/**
 * Instantiates a component without running anything of it: each step of its plan makes what it would make, and what one
 * core instance imports of another is that from then on.
 *
 * Source: WebAssembly Core Specification 4.5.4 (instantiation), and what it calls import matching.
 */

import {
  type CoreInstanceItem,
  type CoreItem,
  hostDefined,
  hostTypes,
  LinkError,
  type Plan,
  parseInterfaceName,
  quote,
  type Step,
} from "@busbar/host/component";
import { keyOf, liftedSignature, loweredSignature, type Signature } from "../component/signature.ts";
import { isValidModule } from "../core-module/valid.ts";
import { evaluate } from "./constant.ts";
import { type CoreImport, type CoreModule, type Limits, readCoreModule } from "./core-module.ts";
import type { Exported } from "./exported.ts";
import { destructorOf, exportOf, importOf, postReturnOf, resourceImportOf } from "./names.ts";
import type {
  CanonicalUse,
  CoreFunction,
  Global,
  ImportedFunction,
  Instance,
  Memory,
  Program,
  ProgramExport,
  StartupStep,
  Table,
} from "./program.ts";

/** Larger programs are refused, each instance counted: in bytes of core modules. The largest engine has 12 million. */
const mostBytes = 64_000_000;
/** The same for functions, which may have no more than a few bytes each. */
const mostFunctions = 300_000;

const pageSize = 65_536;

/** Several of these in one component need several memories, or several tables of handles. */
const several =
  "it is composed of components that call each other, each with a memory and handles of its own";

/** CanonicalABI.md, `realloc`. */
const reallocSignature: Signature = { params: ["i32", "i32", "i32", "i32"], results: ["i32"] };

type Entity =
  | { readonly kind: "function"; readonly function: CoreFunction }
  | { readonly kind: "table"; readonly table: Table }
  | { readonly kind: "memory"; readonly memory: Memory }
  | { readonly kind: "global"; readonly global: Global };

/**
 * Links a component.
 *
 * @throws LinkError for what cannot be one core module
 */
export function link(plan: Plan, exported: Exported): Program {
  return new Linker(plan, exported).link();
}

class Linker {
  readonly #plan: Plan;
  readonly #exported: Exported;
  readonly #modules: (CoreModule | undefined)[] = [];
  readonly #instances: Instance[] = [];
  readonly #trampolines: CoreFunction[] = [];
  readonly #imported = new Map<string, ImportedFunction>();
  readonly #startup: StartupStep[] = [];
  readonly #tables: Table[] = [];
  #bytes = 0;
  #functions = 0;
  #hasStarted = false;

  constructor(plan: Plan, exported: Exported) {
    this.#plan = plan;
    this.#exported = exported;
  }

  link(): Program {
    for (const step of this.#plan.steps) {
      if (step.op === "instantiate") this.#instantiate(step);
      else if (step.op !== "context") this.#trampolines[step.trampoline] = this.#canonical(step);
    }
    fillTables(this.#tables, this.#startup);
    return {
      startup: this.#startup,
      tables: this.#tables,
      exports: this.#exports(),
      uses: this.#exported.functions.map(({ lifted }) => this.#use(lifted.context)),
      memoryOf: ({ context }) => this.#memoryOf(context?.memory),
      reallocOf: ({ context }) => context?.realloc && this.#functionOf(context.realloc, reallocSignature),
    };
  }

  #use(context: number): CanonicalUse {
    const found = this.#plan.contexts[context]!;
    return { instance: found.instance, context: found };
  }

  /** What the canonical ABI makes, for core modules to call. */
  #canonical(step: Exclude<Step, { op: "instantiate" | "context" }>): CoreFunction {
    if (step.op !== "lower") return this.#resourceFunction(step);
    const signature = loweredSignature(step.target);
    if (!("host" in step.target)) return { kind: "refused", signature, reason: several };
    const { path, name } = step.target.host;
    if (isForeign(path)) return { kind: "trap", signature };
    return this.#import(importOf({ interface: path, name }), signature, this.#use(step.context));
  }

  #resourceFunction(
    step: Extract<Step, { op: "resource.new" | "resource.rep" | "resource.drop" }>,
  ): CoreFunction {
    const { resource, instance } = step;
    const operation = step.op.slice("resource.".length) as "new" | "rep" | "drop";
    const signature: Signature = { params: ["i32"], results: operation === "drop" ? [] : ["i32"] };
    const use = { instance, context: undefined };
    if (resource.definer === hostDefined) {
      if (isForeign(resource.path)) return { kind: "trap", signature };
      const place = { interface: resource.path, name: resource.name };
      return this.#import(resourceImportOf(place, operation, false), signature, use);
    }
    if (resource.definer !== instance) return { kind: "refused", signature, reason: several };
    const place = this.#exported.resources.get(resource)?.[0];
    if (place === undefined)
      return { kind: "refused", signature, reason: "it has a resource of its own that it does not export" };
    return this.#import(resourceImportOf(place, operation, true), signature, use);
  }

  #import(
    [module, name]: [module: string, name: string],
    signature: Signature,
    use: CanonicalUse,
  ): CoreFunction {
    const key = `${module} ${name}`;
    const known = this.#imported.get(key);
    if (known !== undefined) {
      known.uses.push(use);
      return known;
    }
    const made: ImportedFunction = { kind: "imported", signature, module, name, uses: [use] };
    this.#imported.set(key, made);
    return made;
  }

  #instantiate({ module: index, imports }: Extract<Step, { op: "instantiate" }>): void {
    const module = this.#module(index);
    const instance: Instance = {
      module,
      functions: [],
      tables: [],
      memories: [],
      globals: [],
      elements: [],
      data: [],
    };
    this.#instances.push(instance);
    const given = new Map(imports);
    for (const each of module.imports) addTo(instance, this.#given(given, each));
    module.functions.forEach((signature, own) => {
      instance.functions.push({ kind: "defined", signature, instance, body: module.bodies[own]! });
    });
    for (const limits of module.tables) {
      const table: Table = { limits, isChanged: false, contents: undefined };
      instance.tables.push(table);
      this.#tables.push(table);
    }
    for (const changed of module.changedTables) instance.tables[changed]!.isChanged = true;
    for (const limits of module.memories) instance.memories.push({ limits });
    for (const { type, initial } of module.globals)
      instance.globals.push({ type, initial: constantIn(initial, instance) });
    this.#putElements(instance);
    this.#putData(instance);
    if (module.start !== undefined) {
      this.#hasStarted = true;
      this.#startup.push({ op: "start", function: instance.functions[module.start]! });
    }
  }

  #module(index: number): CoreModule {
    const bytes = this.#plan.modules[index]!;
    this.#bytes += bytes.length;
    if (this.#bytes > mostBytes)
      throw new LinkError(`its core modules have together more than ${mostBytes} bytes`);
    let module = this.#modules[index];
    if (module === undefined) {
      if (!isValidModule(bytes)) throw new LinkError("a core module is not valid");
      module = readCoreModule(bytes);
      this.#modules[index] = module;
    }
    this.#functions += module.functions.length;
    if (this.#functions > mostFunctions)
      throw new LinkError(`its core modules have together more than ${mostFunctions} functions`);
    return module;
  }

  /** What an import gets. @throws LinkError where it is not given, or something else */
  #given(given: ReadonlyMap<string, CoreInstanceItem>, asked: CoreImport): Entity {
    const from = given.get(asked.module);
    const entity = from && this.#exportOf(from, asked.name);
    if (entity === undefined || !matches(entity, asked))
      throw new LinkError(
        `a core module is not given the ${asked.kind} ${quote(asked.name)} of ${quote(asked.module)} that it imports`,
      );
    return entity;
  }

  #exportOf(item: CoreInstanceItem, name: string): Entity | undefined {
    if ("slot" in item) return this.#entity({ slot: item.slot, name });
    const found = item.bundle.get(name);
    return found && this.#entity(found);
  }

  #entity(item: CoreItem): Entity | undefined {
    if ("trampoline" in item) return { kind: "function", function: this.#trampolines[item.trampoline]! };
    const instance = this.#instances[item.slot]!;
    const found = instance.module.exports.get(item.name);
    if (found === undefined) return undefined;
    const { kind, index } = found;
    switch (kind) {
      case "function":
        return { kind, function: instance.functions[index]! };
      case "table":
        return { kind, table: instance.tables[index]! };
      case "memory":
        return { kind, memory: instance.memories[index]! };
      default:
        return { kind, global: instance.globals[index]! };
    }
  }

  #putElements(instance: Instance): void {
    for (const { table: index, at, contents } of instance.module.elements) {
      const functions = contents.map((each) => (each === undefined ? undefined : instance.functions[each]!));
      const segment = { kind: "elements", functions } as const;
      instance.elements.push(at === undefined ? segment : undefined);
      if (at === undefined) continue;
      const table = instance.tables[index]!;
      const place = constantIn(at, instance).i32! >>> 0;
      if (place + functions.length > table.limits.minimum)
        throw new LinkError("a core module puts elements outside of its table");
      if (this.#hasStarted) table.isChanged = true;
      this.#startup.push({ op: "elements", table, at: place, segment });
    }
  }

  #putData(instance: Instance): void {
    for (const { at, contents } of instance.module.data) {
      const segment = { kind: "data", bytes: contents } as const;
      instance.data.push(at === undefined ? segment : undefined);
      if (at === undefined) continue;
      const memory = instance.memories[0]!;
      const place = constantIn(at, instance).i32! >>> 0;
      // What ran before may have made it larger.
      if (!this.#hasStarted && place + contents.length > memory.limits.minimum * pageSize)
        throw new LinkError("a core module puts data outside of its memory");
      this.#startup.push({ op: "data", memory, at: place, segment });
    }
  }

  #exports(): Program["exports"] {
    const exports: ProgramExport[] = [];
    for (const place of this.#exported.functions) {
      const { type, core, postReturn } = place.lifted;
      const signature = liftedSignature({ type });
      exports.push({ name: exportOf(place), function: this.#functionOf(core, signature) });
      if (postReturn === undefined) continue;
      const ending = { params: signature.results, results: [] };
      exports.push({ name: postReturnOf(place), function: this.#functionOf(postReturn, ending) });
    }
    for (const [{ destructor }, [place]] of this.#exported.resources) {
      if (destructor === undefined) continue;
      const ending: Signature = { params: ["i32"], results: [] };
      exports.push({ name: destructorOf(place!), function: this.#functionOf(destructor, ending) });
    }
    return exports;
  }

  /** @throws LinkError where a core function has not the type that follows from what it is used for */
  #functionOf(item: CoreItem, signature: Signature): CoreFunction {
    const entity = this.#entity(item);
    if (entity?.kind !== "function" || keyOf(entity.function.signature) !== keyOf(signature))
      throw new LinkError("a core function is of another type than the component uses it with");
    return entity.function;
  }

  #memoryOf(item: CoreItem | undefined): Memory | undefined {
    if (item === undefined) return undefined;
    const entity = this.#entity(item);
    if (entity?.kind !== "memory") throw new LinkError("it uses as a memory what is none");
    return entity.memory;
  }
}

/** Whether an interface is one of WASI that no host of ours has. */
function isForeign(path: string): boolean {
  return path.startsWith("wasi:") && !hostTypes().has(parseInterfaceName(path).path);
}

function addTo(instance: Instance, entity: Entity): void {
  switch (entity.kind) {
    case "function":
      instance.functions.push(entity.function);
      return;
    case "table":
      instance.tables.push(entity.table);
      return;
    case "memory":
      instance.memories.push(entity.memory);
      return;
    default:
      instance.globals.push(entity.global);
  }
}

function constantIn(expression: CoreModule["globals"][number]["initial"], { globals }: Instance) {
  return evaluate(expression, (index) => globals[index]!.initial);
}

/** Whether something may be what an import asks for. */
function matches(entity: Entity, asked: CoreImport): boolean {
  switch (asked.kind) {
    case "function":
      return entity.kind === "function" && keyOf(entity.function.signature) === keyOf(asked.signature);
    case "table":
      return entity.kind === "table" && within(entity.table.limits, asked.limits);
    case "memory":
      return entity.kind === "memory" && within(entity.memory.limits, asked.limits);
    default:
      return (
        entity.kind === "global" &&
        entity.global.type.type === asked.type.type &&
        entity.global.type.isMutable === asked.type.isMutable
      );
  }
}

function within(given: Limits, asked: Limits): boolean {
  if (given.minimum < asked.minimum) return false;
  return asked.maximum === undefined || (given.maximum !== undefined && given.maximum <= asked.maximum);
}

/** Puts into each table that no code changes what it begins with. */
function fillTables(tables: readonly Table[], startup: readonly StartupStep[]): void {
  const contents = new Map(
    tables.filter(({ isChanged }) => !isChanged).map((table) => [table, new Map<number, CoreFunction>()]),
  );
  for (const step of startup) {
    if (step.op !== "elements") continue;
    const into = contents.get(step.table);
    step.segment.functions.forEach((each, index) => {
      if (each === undefined) into?.delete(step.at + index);
      else into?.set(step.at + index, each);
    });
  }
  for (const [table, filled] of contents) table.contents = filled;
}
