/**
 * Evaluates a component's definitions in order (Component Model, Explainer.md, "Component Definitions"): out comes a
 * plan. Whatever is not there, or is of another type than is asked for, is refused here, before anything runs.
 */

import {
  type CanonicalOptions,
  type ComponentBody,
  type Definition,
  type ExternDescription,
  readBinary,
  type Sort,
  type TypeForm,
} from "./binary.ts";
import { quote } from "./names.ts";
import type {
  CoreInstanceItem,
  CoreItem,
  Export,
  FunctionItem,
  HostFunctionItem,
  Import,
  Lifted,
  Plan,
  PlannedContext,
  Step,
} from "./plan.ts";
import { LinkError } from "./reader.ts";
import {
  DefinedType,
  hostDefined,
  type ResourceType,
  referencesOf,
  sameType,
  type TypePart,
} from "./types.ts";

/** More definitions, counted each time that they are evaluated, are refused: no tool chain comes near. */
const maximumDefinitions = 30_000;
/** Deeper instances, and aliases over more scopes, are refused. */
const maximumDepth = 16;
/** More instances are refused: each has tables and a memory of its own. */
const maximumCoreInstances = 200;
const maximumModules = 100;

/**
 * Plans a component.
 *
 * @param bytes the whole file; not trusted. The plan's modules are parts of it
 * @throws LinkError when it is damaged, contradicts itself, or uses what this linker does not have
 */
export function planComponent(bytes: Uint8Array): Plan {
  const making = new Making();
  const root = new Scope(
    making,
    undefined,
    (name, description, scope) => hostImport(name, description, scope),
    0,
  );
  const exports = root.evaluate(readBinary(bytes));
  const { modules, steps, resources, contexts, lifted, imports, hostFunctions, counts } = making;
  return {
    modules,
    steps,
    resources,
    contexts: contexts.map(({ key: _, ...context }) => context),
    lifted,
    imports,
    hostFunctions,
    exports: new Map([...exports].map(([name, entry]) => [name, exportOf(entry)])),
    counts,
  };
}

interface InstanceItem {
  readonly exports: ReadonlyMap<string, Entry>;
}
interface ComponentItem {
  readonly component: ComponentBody;
  readonly scope: Scope;
}
interface ScopedType {
  readonly kind: "instance type" | "component type";
  readonly declarations: readonly Definition[];
  readonly scope: Scope;
}
type TypeItem = DefinedType | ResourceType | ScopedType;
type Item = TypeItem | FunctionItem | InstanceItem | ComponentItem | CoreItem | CoreInstanceItem | number;

/** Something under a name. */
interface Entry {
  readonly sort: Sort;
  readonly item: Item;
}

/** Gives what an import asks for, or makes what a type describes. */
type Provide = (name: string, description: ExternDescription, scope: Scope) => Item;

/** A plan that is being made. */
class Making {
  readonly modules: Uint8Array<ArrayBuffer>[] = [];
  readonly steps: Step[] = [];
  readonly resources: ResourceType[] = [];
  readonly contexts: (PlannedContext & { readonly key: string })[] = [];
  readonly lifted: Lifted[] = [];
  readonly imports: Import[] = [];
  readonly hostFunctions: HostFunctionItem[] = [];
  readonly counts = { trampolines: 0, coreInstances: 0, instances: 0 };
  #left = maximumDefinitions;

  countDefinition(): void {
    this.#left -= 1;
    if (this.#left < 0) throw new LinkError(`more than ${maximumDefinitions} definitions are not supported`);
  }

  resource(resource: Omit<ResourceType, "kind" | "id">): ResourceType {
    const made = { kind: "resource", id: this.resources.length, ...resource } as const;
    this.resources.push(made);
    return made;
  }
}

/** The index spaces of one component instance, or of an instance's type. */
class Scope {
  readonly making: Making;
  readonly depth: number;
  /** Which component instance this is. */
  readonly id: number;
  readonly #parent: Scope | undefined;
  readonly #provide: Provide;
  readonly #spaces = new Map<Sort, Item[]>();
  readonly #exports = new Map<string, Entry>();

  constructor(making: Making, parent: Scope | undefined, provide: Provide, depth: number) {
    if (depth > maximumDepth) throw new LinkError(`instances are nested more than ${maximumDepth} deep`);
    this.making = making;
    this.#parent = parent;
    this.#provide = provide;
    this.depth = depth;
    this.id = making.counts.instances;
    making.counts.instances += 1;
  }

  /** Evaluates definitions, and gives the exports. */
  evaluate({ definitions }: ComponentBody): ReadonlyMap<string, Entry> {
    for (const definition of definitions) {
      this.making.countDefinition();
      this.#define(definition);
    }
    return this.#exports;
  }

  get(sort: Sort, index: number): Item {
    const item = this.#spaces.get(sort)?.[index];
    if (item === undefined) throw new LinkError(`there is no ${sort} ${index}`);
    return item;
  }

  func(index: number): FunctionItem {
    return this.get("func", index) as FunctionItem;
  }

  type(index: number): TypeItem {
    return this.get("type", index) as TypeItem;
  }

  functionType(index: number): DefinedType {
    const type = this.type(index);
    if (type.kind !== "func") throw new LinkError(`type ${index} is no function type`);
    return type;
  }

  #add(sort: Sort, item: Item): void {
    const space = this.#spaces.get(sort);
    if (space === undefined) this.#spaces.set(sort, [item]);
    else space.push(item);
  }

  #define(definition: Definition): void {
    switch (definition.op) {
      case "core module":
        this.#add("core module", this.#module(definition.bytes));
        return;
      case "core instantiate":
        this.#instantiateCore(definition.module, definition.args);
        return;
      case "core bundle": {
        const items = definition.exports.map(
          ({ name, sort, index }) => [name, this.#coreItem(sort, index)] as const,
        );
        this.#add("core instance", { bundle: new Map(items) });
        return;
      }
      case "component":
        this.#add("component", { component: definition.component, scope: this });
        return;
      case "instantiate": {
        const args = definition.args.map(
          ({ name, sort, index }) => [name, { sort, item: this.get(sort, index) }] as const,
        );
        this.#instantiate(definition.component, new Map<string, Entry>(args));
        return;
      }
      case "bundle": {
        const items = definition.exports.map(
          ({ name, sort, index }) => [name, { sort, item: this.get(sort, index) }] as const,
        );
        this.#add("instance", { exports: new Map<string, Entry>(items) });
        return;
      }
      case "alias export": {
        const found = (this.get("instance", definition.instance) as InstanceItem).exports.get(
          definition.name,
        );
        if (found?.sort !== definition.sort) {
          throw new LinkError(`an instance has no ${definition.sort} ${quote(definition.name)}`);
        }
        this.#add(definition.sort, found.item);
        return;
      }
      case "alias core export":
        this.#add(definition.sort, this.#coreExport(definition.instance, definition.name));
        return;
      case "alias outer":
        this.#add(definition.sort, this.#outer(definition.count).get(definition.sort, definition.index));
        return;
      case "type":
        this.#add("type", this.#typeItem(definition.type));
        return;
      case "import":
        this.#add(definition.description.sort, this.#provide(definition.name, definition.description, this));
        return;
      case "export": {
        const { name, sort, index, description } = definition;
        const item = this.get(sort, index);
        if (description !== undefined) requireDescribed(name, description, { sort, item }, this);
        this.#export(name, sort, item);
        return;
      }
      case "export type": {
        const item = this.#provide(definition.name, definition.description, this);
        this.#export(definition.name, definition.description.sort, item);
        return;
      }
      case "canon lift":
        this.#lift(definition.func, definition.options, definition.type);
        return;
      case "canon lower": {
        const context = this.#context(definition.options);
        this.#trampoline({ op: "lower", target: this.func(definition.func), context });
        return;
      }
      default: {
        const op = definition.op.slice("canon ".length) as "resource.new" | "resource.rep" | "resource.drop";
        const resource = this.#resource(definition.resource);
        if (op !== "resource.drop" && resource.definer !== this.id) {
          throw new LinkError(`${op} is for the resources that a component defines itself`);
        }
        this.#trampoline({ op, resource, instance: this.id });
      }
    }
  }

  /** An export gets an index of its own. */
  #export(name: string, sort: Sort, item: Item): void {
    if (this.#exports.has(name)) throw new LinkError(`there are two exports ${quote(name)}`);
    this.#add(sort, item);
    this.#exports.set(name, { sort, item });
  }

  #module(bytes: Uint8Array<ArrayBuffer>): number {
    const { modules } = this.making;
    const known = modules.indexOf(bytes);
    if (known !== -1) return known;
    if (modules.length >= maximumModules)
      throw new LinkError(`more than ${maximumModules} core modules are not supported`);
    return modules.push(bytes) - 1;
  }

  #instantiateCore(
    module: number,
    args: readonly { readonly name: string; readonly instance: number }[],
  ): void {
    const { counts, steps } = this.making;
    if (counts.coreInstances >= maximumCoreInstances) {
      throw new LinkError(`more than ${maximumCoreInstances} core instances are not supported`);
    }
    const slot = counts.coreInstances;
    counts.coreInstances += 1;
    const imports = args.map(
      ({ name, instance }) => [name, this.get("core instance", instance) as CoreInstanceItem] as const,
    );
    if (new Set(imports.map(([name]) => name)).size !== imports.length) {
      throw new LinkError("a core module is given two arguments of one name");
    }
    steps.push({ op: "instantiate", slot, module: this.get("core module", module) as number, imports });
    this.#add("core instance", { slot });
  }

  #instantiate(component: number, args: ReadonlyMap<string, Entry>): void {
    const { component: body, scope } = this.get("component", component) as ComponentItem;
    const inner = new Scope(
      this.making,
      scope,
      (name, description, into) => connect(name, description, args.get(name), into),
      this.depth + 1,
    );
    this.#add("instance", { exports: inner.evaluate(body) });
  }

  #coreItem(sort: Sort, index: number): CoreItem {
    if (sort === "core instance" || sort === "core module" || sort === "core type") {
      throw new LinkError(`a bundle of core items with a ${sort} is not supported`);
    }
    return this.get(sort, index) as CoreItem;
  }

  #coreExport(instance: number, name: string): CoreItem {
    const found = this.get("core instance", instance) as CoreInstanceItem;
    if ("slot" in found) return { slot: found.slot, name };
    const item = found.bundle.get(name);
    if (item === undefined) throw new LinkError(`a core instance has no ${quote(name)}`);
    return item;
  }

  #outer(count: number): Scope {
    let scope: Scope = this;
    for (let left = count; left > 0; left -= 1) {
      if (scope.#parent === undefined) throw new LinkError("an alias leads out of the component");
      scope = scope.#parent;
    }
    return scope;
  }

  #resource(index: number): ResourceType {
    const type = this.type(index);
    if (type.kind !== "resource") throw new LinkError(`type ${index} is no resource`);
    return type;
  }

  #typeItem(form: TypeForm): TypeItem {
    switch (form.form) {
      case "instance type":
      case "component type":
        return { kind: form.form, declarations: form.declarations, scope: this };
      case "resource": {
        const destructor =
          form.destructor === undefined ? undefined : (this.get("core func", form.destructor) as CoreItem);
        return this.making.resource({ definer: this.id, path: "", name: "resource", destructor });
      }
      default: {
        const position = this.#spaces.get("type")?.length ?? 0;
        return new DefinedType(form, () => this.#partsOf(form, position));
      }
    }
  }

  /** The parts of a type at `position`: only what stands before it. */
  #partsOf(form: TypeForm, position: number): readonly TypePart[] {
    const wanted = form.form === "own" || form.form === "borrow" ? "resource" : "value";
    return referencesOf(form).map((reference) => {
      if (typeof reference !== "number") return reference;
      const found = reference < position ? this.type(reference) : undefined;
      if (found?.kind !== wanted) throw new LinkError(`type ${reference} is no ${wanted} type`);
      return found as DefinedType | ResourceType;
    });
  }

  #context({ encoding, memory, realloc }: CanonicalOptions): number {
    const context = {
      instance: this.id,
      encoding,
      memory: memory === undefined ? undefined : (this.get("core memory", memory) as CoreItem),
      realloc: realloc === undefined ? undefined : (this.get("core func", realloc) as CoreItem),
    };
    const key = JSON.stringify(context);
    const { contexts, steps } = this.making;
    const known = contexts.findIndex((each) => each.key === key);
    if (known !== -1) return known;
    const index = contexts.push({ ...context, key }) - 1;
    steps.push({ op: "context", index });
    return index;
  }

  #lift(func: number, options: CanonicalOptions, type: number): void {
    const lifted: Lifted = {
      index: this.making.lifted.length,
      type: this.functionType(type),
      core: this.get("core func", func) as CoreItem,
      context: this.#context(options),
      postReturn:
        options.postReturn === undefined
          ? undefined
          : (this.get("core func", options.postReturn) as CoreItem),
    };
    this.making.lifted.push(lifted);
    this.#add("func", { type: lifted.type, lifted });
  }

  #trampoline(step: DistributiveOmit<Exclude<Step, { op: "instantiate" | "context" }>, "trampoline">): void {
    const { counts, steps } = this.making;
    const trampoline = counts.trampolines;
    counts.trampolines += 1;
    steps.push({ ...step, trampoline });
    this.#add("core func", { trampoline });
  }
}

type DistributiveOmit<Type, Key extends PropertyKey> = Type extends unknown ? Omit<Type, Key> : never;

/** An import of the outermost component: something that the host has to give. */
function hostImport(name: string, description: ExternDescription, scope: Scope): Item {
  scope.making.imports.push({ name, sort: description.sort });
  if (description.sort !== "instance") return hostItem("", name, description, scope);
  return described(scope, description.type, (inner, innerDescription, into) =>
    hostItem(name, inner, innerDescription, into),
  );
}

function hostItem(path: string, name: string, description: ExternDescription, scope: Scope): Item {
  if (description.sort === "func") {
    const item = { type: scope.functionType(description.type), host: { path, name } };
    scope.making.hostFunctions.push(item);
    return item;
  }
  if (description.sort === "type") {
    if ("equal" in description) return scope.type(description.equal);
    return scope.making.resource({ definer: hostDefined, path, name, destructor: undefined });
  }
  throw new LinkError(`an import of a ${description.sort} in ${quote(path || name)} is not supported`);
}

/** The instance that a type describes, each export as `provide` gives it. */
function described(scope: Scope, index: number, provide: Provide): InstanceItem {
  const type = scope.type(index);
  if (type.kind !== "instance type") throw new LinkError(`type ${index} is no instance type`);
  const inner = new Scope(scope.making, type.scope, provide, scope.depth + 1);
  return { exports: inner.evaluate({ definitions: type.declarations }) };
}

/** An import of an inner component: what it was instantiated with, if that is what it asks for. */
function connect(name: string, description: ExternDescription, given: Entry | undefined, scope: Scope): Item {
  if (given === undefined) throw new LinkError(`an inner component is not given ${quote(name)}`);
  requireDescribed(name, description, given, scope);
  return given.item;
}

/** @throws LinkError where something is not what a description asks for; an instance may have more than that */
function requireDescribed(name: string, description: ExternDescription, given: Entry, scope: Scope): void {
  const wrong = () => new LinkError(`${quote(name)} is of another type than an inner component asks for`);
  if (given.sort !== description.sort) throw wrong();
  const { item } = given;
  switch (description.sort) {
    case "instance": {
      const { exports } = item as InstanceItem;
      described(scope, description.type, (inner, innerDescription, into) =>
        connect(inner, innerDescription, exports.get(inner), into),
      );
      return;
    }
    case "func":
      if (!sameType((item as FunctionItem).type, scope.functionType(description.type))) throw wrong();
      return;
    case "type":
      if (!sameBound(item as TypeItem, description, scope)) throw wrong();
      return;
    case "component":
      // What it really imports and exports is looked at when it is instantiated: it is known by then.
      if (scope.type(description.type).kind !== "component type") throw wrong();
  }
}

function sameBound(item: TypeItem, description: ExternDescription & { sort: "type" }, scope: Scope): boolean {
  if ("resource" in description) return item.kind === "resource";
  const bound = scope.type(description.equal);
  if (bound === item) return true;
  if (isScoped(bound) || isScoped(item)) return false;
  return sameType(item, bound);
}

function isScoped(item: TypeItem): item is ScopedType {
  return item.kind === "instance type" || item.kind === "component type";
}

function exportOf({ sort, item }: Entry): Export {
  switch (sort) {
    case "func":
      return { sort, item: item as FunctionItem };
    case "instance": {
      const { exports } = item as InstanceItem;
      return { sort, exports: new Map([...exports].map(([name, entry]) => [name, exportOf(entry)])) };
    }
    case "type": {
      const type = item as TypeItem;
      return { sort, resource: type.kind === "resource" ? type : undefined };
    }
    case "component":
      return { sort };
    default:
      throw new LinkError(`an export of a ${sort} is not supported`);
  }
}
