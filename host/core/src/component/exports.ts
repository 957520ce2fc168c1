/**
 * A component's exports as programs call them: interfaces by their whole names, functions in camelCase, resources as
 * classes whose methods are those of WIT.
 */

import { GuestResource } from "./handles.ts";
import type { ComponentInstance } from "./instance.ts";
import { callLifted } from "./lift.ts";
import { camelCase, pascalCase, resourceFunction, shortName } from "./names.ts";
import type { Export, Lifted, Plan } from "./plan.ts";
import { Trap } from "./trap.ts";
import { hostDefined, type ResourceType } from "./types.ts";

/**
 * Exports by name. The objects inherit nothing, so that a component may call a function as it likes; only one that is called
 * `then` is left out, for whoever awaits an object with such a function takes it for a promise.
 */
export interface ComponentExports {
  readonly [name: string]: unknown;
}

/** One class for each resource that a component exports, shared by all its instances. */
export function resourceClasses(plan: Plan): ReadonlyMap<ResourceType, typeof GuestResource> {
  const classes = new Map<ResourceType, typeof GuestResource>();
  for (const exported of plan.exports.values()) {
    if (exported.sort !== "instance") continue;
    const methods = methodsOf(exported.exports);
    for (const [name, resource] of ownResources(exported.exports)) {
      if (!classes.has(resource)) classes.set(resource, resourceClass(name, methods.get(name) ?? []));
    }
  }
  return classes;
}

/** The methods of each resource, by its name. */
function methodsOf(exports: ReadonlyMap<string, Export>): ReadonlyMap<string, [string, Lifted][]> {
  const methods = new Map<string, [string, Lifted][]>();
  for (const [exported, lifted] of liftedFunctions(exports)) {
    const parts = resourceFunction(exported);
    if (parts?.kind !== "method") continue;
    const found = methods.get(parts.resource);
    if (found === undefined) methods.set(parts.resource, [[parts.name, lifted]]);
    else found.push([parts.name, lifted]);
  }
  return methods;
}

function resourceClass(name: string, methods: readonly (readonly [string, Lifted])[]): typeof GuestResource {
  const Resource = class extends GuestResource {};
  Object.defineProperty(Resource, "name", { value: pascalCase(name) });
  for (const [called, lifted] of methods) {
    const method = function (this: GuestResource, ...values: unknown[]) {
      values.unshift(this);
      return call(GuestResource.instanceOf(this), lifted, values);
    };
    Object.defineProperty(Resource.prototype, camelCase(called), { value: method, configurable: true });
  }
  return Resource;
}

/** The exports of one instance. */
export function exportsOf(
  instance: ComponentInstance,
  classes: ReadonlyMap<ResourceType, typeof GuestResource>,
): ComponentExports {
  const made: Record<string, unknown> = Object.create(null);
  for (const [name, lifted] of liftedFunctions(instance.plan.exports))
    made[camelCase(name)] = caller(instance, lifted);
  for (const [name, exported] of instance.plan.exports) {
    if (exported.sort !== "instance") continue;
    const inner: Record<string, unknown> = Object.create(null);
    for (const [each, resource] of ownResources(exported.exports))
      inner[pascalCase(each)] = classes.get(resource);
    for (const [each, lifted] of liftedFunctions(exported.exports)) {
      if (resourceFunction(each) === undefined) inner[camelCase(each)] = caller(instance, lifted);
    }
    made[name] = inner;
    const short = shortName(name);
    if (short !== undefined) made[short] ??= inner;
  }
  return made;
}

function caller(instance: ComponentInstance, lifted: Lifted) {
  return (...values: unknown[]) => call(instance, lifted, values);
}

/** One call at a time: the end of one would be the end of the other one's time. */
function call(instance: ComponentInstance, lifted: Lifted, values: readonly unknown[]): Promise<unknown> {
  if (instance.busy) return Promise.reject(new Trap("cannot enter component instance"));
  return callLifted(instance, lifted, values);
}

/** The functions that the component makes itself; one of the host that is only passed on is none. */
function* liftedFunctions(exports: ReadonlyMap<string, Export>): Generator<[string, Lifted]> {
  for (const [name, exported] of exports) {
    if (name === "then" || resourceFunction(name)?.name === "then") continue;
    if (exported.sort === "func" && "lifted" in exported.item) yield [name, exported.item.lifted];
  }
}

/** The resources that the component defines itself: one of the host that is only passed on has the host's class. */
function* ownResources(exports: ReadonlyMap<string, Export>): Generator<[string, ResourceType]> {
  for (const [name, exported] of exports) {
    if (exported.sort !== "type" || exported.resource === undefined) continue;
    if (exported.resource.definer !== hostDefined) yield [name, exported.resource];
  }
}
