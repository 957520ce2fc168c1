/** A plan while it is made: what stands in the index spaces, how much there may be, and what comes of it in the end. */

import type { ComponentBody, Definition, Sort, TypeForm } from "./binary.ts";
import type {
  CoreInstanceItem,
  CoreItem,
  Export,
  FunctionItem,
  HostFunction,
  HostFunctionItem,
  Import,
  Lifted,
  PlannedContext,
  Step,
} from "./plan.ts";
import type { Scope } from "./planner.ts";
import { LinkError } from "./reader.ts";
import type { DefinedType, ResourceType } from "./types.ts";

/** Judges the type that a component declares for a function of the host, and says which one is meant. */
export type Declare = (host: HostFunction, type: DefinedType) => HostFunction;

/**
 * More definitions, with what they list, are refused. They are counted each time that they are evaluated: a component within
 * a component can be instantiated again and again. No tool chain comes near.
 */
const maximumDefinitions = 200_000;

/** An instance of a component: what it exports. */
export interface InstanceItem {
  readonly exports: ReadonlyMap<string, Entry>;
}

/** A component, and the scope that its outer aliases lead to. */
export interface ComponentItem {
  readonly component: ComponentBody;
  readonly scope: Scope;
}

/** The type of an instance or component, which is evaluated where it is used. */
export interface ScopedType {
  readonly kind: "instance type" | "component type";
  readonly declarations: readonly Definition[];
  readonly scope: Scope;
}

/** What stands in the index space of types. */
export type TypeItem = DefinedType | ResourceType | ScopedType;
/** What stands in any index space; a core module is its place in the plan. */
export type Item =
  | TypeItem
  | FunctionItem
  | InstanceItem
  | ComponentItem
  | CoreItem
  | CoreInstanceItem
  | number;

/** Something under a name. */
export interface Entry {
  readonly sort: Sort;
  readonly item: Item;
}

/** A plan that is being made. */
export class Making {
  readonly modules: Uint8Array<ArrayBuffer>[] = [];
  readonly steps: Step[] = [];
  readonly resources: ResourceType[] = [];
  readonly contexts: PlannedContext[] = [];
  /** The place of a context by what it is made of. */
  readonly contextIndices = new Map<string, number>();
  readonly lifted: Lifted[] = [];
  readonly imports: Import[] = [];
  readonly hostFunctions: HostFunctionItem[] = [];
  readonly counts = { trampolines: 0, coreInstances: 0, instances: 0 };
  readonly declare: Declare;
  #left = maximumDefinitions;

  constructor(declare: Declare) {
    this.declare = declare;
  }

  /**
   * @param items how many things the definition lists
   * @throws LinkError
   */
  countDefinition(items = 0): void {
    this.#left -= 1 + items;
    if (this.#left < 0) throw new LinkError(`more than ${maximumDefinitions} definitions are not supported`);
  }

  /** A resource type of its own, unlike all others. */
  resource(resource: Omit<ResourceType, "kind" | "id">): ResourceType {
    const made = { kind: "resource", id: this.resources.length, ...resource } as const;
    this.resources.push(made);
    return made;
  }
}

/** Whether it is the type of an instance or component. */
export function isScoped(item: TypeItem): item is ScopedType {
  return item.kind === "instance type" || item.kind === "component type";
}

/** Scoped types have resources of their own; what they take from outside is judged where they are evaluated. */
export function hasResources(item: TypeItem): boolean {
  return item.kind === "resource" || (!isScoped(item) && item.handles !== "none");
}

/** How many things a definition lists. */
export function itemsOf(definition: Definition): number {
  switch (definition.op) {
    case "core bundle":
    case "bundle":
      return definition.exports.length;
    case "core instantiate":
    case "instantiate":
      return definition.args.length;
    case "type":
      return partCount(definition.type);
    default:
      return 0;
  }
}

/** How many parts a type lists. */
function partCount(form: TypeForm): number {
  switch (form.form) {
    case "record":
      return form.fields.length;
    case "variant":
      return form.cases.length;
    case "tuple":
      return form.types.length;
    case "flags":
    case "enum":
      return form.labels.length;
    case "func":
      return form.params.length;
    default:
      return 0;
  }
}

/**
 * Items by their names.
 *
 * @throws LinkError where two have one name
 */
export function byName<Named extends { readonly name: string }, Found>(
  items: readonly Named[],
  find: (item: Named) => Found,
): ReadonlyMap<string, Found> {
  const found = new Map(items.map((item) => [item.name, find(item)] as const));
  if (found.size !== items.length)
    throw new LinkError("an instance has two arguments or exports of one name");
  return found;
}

/**
 * What a component exports, for programs. An instance can be in another one twice, so that there may be many more exports than
 * definitions.
 */
export function exportsOf(entries: ReadonlyMap<string, Entry>, making: Making): ReadonlyMap<string, Export> {
  making.countDefinition(entries.size);
  return new Map([...entries].map(([name, entry]) => [name, exportOf(entry, making)]));
}

function exportOf({ sort, item }: Entry, making: Making): Export {
  switch (sort) {
    case "func":
      return { sort, item: item as FunctionItem };
    case "instance":
      return { sort, exports: exportsOf((item as InstanceItem).exports, making) };
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
