/** Finds what the host gives for an import: its own properties, never inherited ones of JavaScript. */

import { parseInterfaceName } from "./interface-name.ts";
import { camelCase, pascalCase, resourceFunction } from "./names.ts";
import type { HostFunction } from "./plan.ts";
import { LinkError } from "./reader.ts";
import type { ResourceType } from "./types.ts";

/** A function of the host, with its resource as the first parameter where it is a method. */
export type Target = (...values: unknown[]) => unknown;

/** The implementations by interface path without version; functions in camelCase, resources as classes. */
export type HostImports = Readonly<Record<string, unknown>>;

type Class = new (...values: unknown[]) => object;

/**
 * @returns the function, of the interface's `shapes[shape]` where another shape of it is meant
 * @throws LinkError where the host has no such function
 */
export function hostTarget(imports: HostImports, { path, name, shape }: HostFunction): Target {
  const offered = hostInterface(imports, path, shape);
  const missing = () => new LinkError(`this host has no function ${name}${path && ` of ${path}`}`);
  const parts = resourceFunction(name);
  if (parts === undefined) return ownFunction<Target>(offered, camelCase(name)) ?? fail(missing());
  const Resource = ownFunction<Class>(offered, pascalCase(parts.resource)) ?? fail(missing());
  if (parts.kind === "constructor") return (...values) => new Resource(...values);
  const key = camelCase(parts.name);
  if (parts.kind === "static") {
    const found = ownFunction<Target>(Resource, key) ?? fail(missing());
    return (...values) => found.apply(Resource, values);
  }
  return methodTarget(inherited(Resource.prototype, key) ?? fail(missing()));
}

/** @throws LinkError where the host has no such resource */
export function hostClass(imports: HostImports, { path, name }: ResourceType): Class {
  const found = ownFunction<Class>(hostInterface(imports, path), pascalCase(name));
  return found ?? fail(new LinkError(`this host has no resource "${name}" of ${path}`));
}

/** A call with a fixed number of parameters is several times cheaper than one with any number. */
function methodTarget(method: Target): Target {
  switch (method.length) {
    case 0:
      return (self) => method.call(self);
    case 1:
      return (self, first) => method.call(self, first);
    case 2:
      return (self, first, second) => method.call(self, first, second);
    default:
      return (self, ...values) => method.apply(self, values);
  }
}

function hostInterface(imports: HostImports, path: string, shape?: string): object {
  if (path === "") return imports;
  const found = own(imports, parseInterfaceName(path).path);
  const shaped = shape === undefined || !isHolder(found) ? found : own(ownHolder(found, "shapes"), shape);
  return isHolder(shaped) ? shaped : fail(new LinkError(`this host has no ${path}`));
}

function ownHolder(holder: object, key: string): object {
  const found = own(holder, key);
  return isHolder(found) ? found : {};
}

/** Whether functions can be found in it. */
function isHolder(value: unknown): value is object {
  return typeof value === "function" || (typeof value === "object" && value !== null);
}

function own(holder: object, key: string): unknown {
  return Object.hasOwn(holder, key) ? (holder as Record<string, unknown>)[key] : undefined;
}

function ownFunction<Value>(holder: object, key: string): Value | undefined {
  const found = own(holder, key);
  return typeof found === "function" ? (found as Value) : undefined;
}

/** A class of the host may extend another; what all objects have is no method of a resource. */
function inherited(prototype: object, key: string): Target | undefined {
  if (key === "constructor") return undefined;
  for (let each = prototype; each !== Object.prototype && each !== null; each = Object.getPrototypeOf(each)) {
    const found = ownFunction<Target>(each, key);
    if (found !== undefined) return found;
  }
  return undefined;
}

function fail(error: Error): never {
  throw error;
}
