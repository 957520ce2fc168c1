/**
 * Evaluates a component's definitions in order (Component Model, Explainer.md, "Component Definitions"): out comes a
 * plan. Whatever is not there, or is of another type than is asked for, is refused here, before anything runs.
 */

import {
  type CanonicalOptions,
  type ComponentBody,
  type Definition,
  type ExternDescription,
  type NamedItem,
  readBinary,
  type Sort,
  type TypeForm,
} from "./binary.ts";
import {
  byName,
  type ComponentItem,
  type Declare,
  type Entry,
  exportsOf,
  hasResources,
  type InstanceItem,
  type Item,
  isScoped,
  itemsOf,
  Making,
  type TypeItem,
} from "./making.ts";
import { quote } from "./names.ts";
import type { CoreInstanceItem, CoreItem, FunctionItem, Lifted, Plan, Step } from "./plan.ts";
import { reservedPrefix } from "./preempt/names.ts";
import { LinkError } from "./reader.ts";
import {
  DefinedType,
  hostDefined,
  type ResourceType,
  referencesOf,
  sameType,
  type TypePart,
} from "./types.ts";

/** Deeper instances, and aliases over more scopes, are refused. */
const maximumDepth = 16;
/** More instances are refused: each has tables and a memory of its own. */
const maximumCoreInstances = 200;
const maximumModules = 100;

/**
 * Plans a component.
 *
 * @param bytes the whole file; not trusted. The plan's modules are parts of it
 * @param declare judges what the component declares for the host's functions; by default everything is as it is declared
 * @throws LinkError when it is damaged, contradicts itself, or uses what this linker does not have; what `declare` throws
 */
export function planComponent(bytes: Uint8Array, declare: Declare = (host) => host): Plan {
  const making = new Making(declare);
  const root = new Scope(
    making,
    undefined,
    (name, description, scope) => hostImport(name, description, scope),
    0,
    "component",
  );
  const exports = exportsOf(root.evaluate(readBinary(bytes)), making);
  const { modules, steps, resources, contexts, lifted, imports, hostFunctions, counts } = making;
  return {
    modules,
    steps,
    resources,
    contexts,
    lifted,
    imports,
    hostFunctions,
    exports,
    counts,
  };
}

/** Gives what an import asks for, or makes what a type describes. */
type Provide = (name: string, description: ExternDescription, scope: Scope) => Item;

/** The index spaces of one component instance, or of an instance's type. */
export class Scope {
  readonly making: Making;
  readonly depth: number;
  /** Which component instance this is. */
  readonly id: number;
  readonly #parent: Scope | undefined;
  readonly #provide: Provide;
  /** Whether it is a component, and not the type of one or of an instance. */
  readonly #isComponent: boolean;
  readonly #spaces = new Map<Sort, Item[]>();
  readonly #exports = new Map<string, Entry>();

  constructor(
    making: Making,
    parent: Scope | undefined,
    provide: Provide,
    depth: number,
    kind: "component" | "type",
  ) {
    if (depth > maximumDepth) throw new LinkError(`instances are nested more than ${maximumDepth} deep`);
    this.making = making;
    this.#parent = parent;
    this.#provide = provide;
    this.#isComponent = kind === "component";
    this.depth = depth;
    this.id = making.counts.instances;
    making.counts.instances += 1;
  }

  /** Evaluates definitions, and gives the exports. */
  evaluate({ definitions }: ComponentBody): ReadonlyMap<string, Entry> {
    for (const definition of definitions) {
      this.making.countDefinition(itemsOf(definition));
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

  #entries(items: readonly NamedItem[]): ReadonlyMap<string, Entry> {
    return byName(items, ({ sort, index }) => ({ sort, item: this.get(sort, index) }));
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
      case "core bundle":
        this.#add("core instance", {
          bundle: byName(definition.exports, ({ sort, index }) => this.#coreItem(sort, index)),
        });
        return;
      case "component":
        this.#add("component", { component: definition.component, scope: this });
        return;
      case "instantiate":
        this.#instantiate(definition.component, this.#entries(definition.args));
        return;
      case "bundle":
        this.#add("instance", { exports: this.#entries(definition.exports) });
        return;
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
      case "alias core export": {
        const item = this.#coreExport(definition.instance, definition.name);
        // What a core module exports has its kind, which is looked at where it is used; this has none but one.
        if ("trampoline" in item && definition.sort !== "core func")
          throw new LinkError(`a core instance has no ${definition.sort} ${quote(definition.name)}`);
        this.#add(definition.sort, item);
        return;
      }
      case "alias outer":
        this.#add(definition.sort, this.#outer(definition.count, definition.sort, definition.index));
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
    const imports = byName(args, ({ instance }) => this.get("core instance", instance) as CoreInstanceItem);
    steps.push({
      op: "instantiate",
      slot,
      module: this.get("core module", module) as number,
      imports: [...imports],
    });
    this.#add("core instance", { slot });
  }

  #instantiate(component: number, args: ReadonlyMap<string, Entry>): void {
    const { component: body, scope } = this.get("component", component) as ComponentItem;
    const inner = new Scope(
      this.making,
      scope,
      (name, description, into) => connect(name, description, args.get(name), into),
      this.depth + 1,
      "component",
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
    // What the checks of a prepared module go through is the host's.
    if (name.startsWith(reservedPrefix)) throw new LinkError(`the name ${quote(name)} is reserved`);
    const found = this.get("core instance", instance) as CoreInstanceItem;
    if ("slot" in found) return { slot: found.slot, name };
    const item = found.bundle.get(name);
    if (item === undefined) throw new LinkError(`a core instance has no ${quote(name)}`);
    return item;
  }

  /** A function that a core module has: what the canonical ABI makes cannot be called without one in between. */
  #codeOf(index: number, what: string): CoreItem {
    const item = this.get("core func", index) as CoreItem;
    if ("trampoline" in item) throw new LinkError(`${what} that is no core module's own is not supported`);
    return item;
  }

  /** Explainer.md, "Alias Definitions": a component within another one gets resources as arguments, and not this way. */
  #outer(count: number, sort: Sort, index: number): Item {
    let scope: Scope = this;
    let leavesComponent = false;
    for (let left = count; left > 0; left -= 1) {
      leavesComponent ||= scope.#isComponent;
      if (scope.#parent === undefined) throw new LinkError("an alias leads out of the component");
      scope = scope.#parent;
    }
    const item = scope.get(sort, index);
    if (leavesComponent && sort === "type" && hasResources(item as TypeItem))
      throw new LinkError("an inner component takes a resource of the outer one that it is not given");
    return item;
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
          form.destructor === undefined ? undefined : this.#codeOf(form.destructor, "a destructor");
        return this.making.resource({ definer: this.id, path: "", name: "resource", destructor });
      }
      default:
        return new DefinedType(form, this.#partsOf(form));
    }
  }

  #partsOf(form: TypeForm): readonly TypePart[] {
    const wanted = form.form === "own" || form.form === "borrow" ? "resource" : "value";
    return referencesOf(form).map((reference) => {
      if (typeof reference !== "number") return reference;
      const found = this.type(reference);
      if (found.kind !== wanted) throw new LinkError(`type ${reference} is no ${wanted} type`);
      return found as DefinedType | ResourceType;
    });
  }

  #context({ encoding, memory, realloc }: CanonicalOptions): number {
    const context = {
      instance: this.id,
      encoding,
      memory: memory === undefined ? undefined : (this.get("core memory", memory) as CoreItem),
      realloc: realloc === undefined ? undefined : this.#codeOf(realloc, "a realloc"),
    };
    const key = JSON.stringify(context);
    const { contexts, contextIndices, steps } = this.making;
    const known = contextIndices.get(key);
    if (known !== undefined) return known;
    const index = contexts.push(context) - 1;
    contextIndices.set(key, index);
    steps.push({ op: "context", index });
    return index;
  }

  #lift(func: number, options: CanonicalOptions, type: number): void {
    const lifted: Lifted = {
      index: this.making.lifted.length,
      type: this.functionType(type),
      core: this.#codeOf(func, "a lifted function"),
      context: this.#context(options),
      postReturn:
        options.postReturn === undefined ? undefined : this.#codeOf(options.postReturn, "a post-return"),
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
    const type = scope.functionType(description.type);
    const item = { type, host: scope.making.declare({ path, name }, type) };
    scope.making.hostFunctions.push(item);
    return item;
  }
  if (description.sort === "type") {
    if ("equal" in description) return scope.type(description.equal);
    return scope.making.resource({ definer: hostDefined, path, name, destructor: undefined });
  }
  throw new LinkError(
    `an import of the sort "${description.sort}" in ${quote(path || name)} is not supported`,
  );
}

/** The instance that a type describes, each export as `provide` gives it. */
function described(scope: Scope, index: number, provide: Provide): InstanceItem {
  const type = scope.type(index);
  if (type.kind !== "instance type") throw new LinkError(`type ${index} is no instance type`);
  const inner = new Scope(scope.making, type.scope, provide, scope.depth + 1, "type");
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
