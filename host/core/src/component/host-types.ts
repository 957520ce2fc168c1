/**
 * The types with which this host offers its functions and calls those of devices, and the check of what a component
 * declares for them: what it gets is then what it was built for, and nothing that is missing shows only when it is called.
 */

import { hostInterfaces, otherShapes } from "../../generated/host-interfaces.js";
import { parseInterfaceName } from "./interface-name.ts";
import type { HostFunction, HostFunctionItem, Plan } from "./plan.ts";
import { planComponent } from "./planner.ts";
import { LinkError } from "./reader.ts";
import { type DefinedType, SameTypes, sameType } from "./types.ts";

/** The functions of each interface that a host can offer, by its path without version. */
export type HostTypes = ReadonlyMap<string, ReadonlyMap<string, DefinedType>>;

/** Interfaces that go by the same name, but whose functions have other types: wit/shapes. */
export type OtherShapes = ReadonlyMap<string, HostTypes>;

const devicePackage = "busbar:device/";

let known: HostTypes | undefined;

/** The functions of everything in wit/. */
export function hostTypes(): HostTypes {
  known ??= readTypes(hostInterfaces);
  return known;
}

let knownShapes: OtherShapes | undefined;

function hostShapes(): OtherShapes {
  knownShapes ??= new Map(otherShapes.map(([name, interfaces]) => [name, readTypes(interfaces)]));
  return knownShapes;
}

/**
 * Finds the function of the host that a component declares. One of an interface that this host does not have at all is passed
 * over: whether that is granted is another question, with another answer.
 *
 * @throws LinkError that names the function, where the host does not have it with this type
 */
export function declaredHostFunction(
  host: HostFunction,
  type: DefinedType,
  types = hostTypes(),
  shapes?: OtherShapes,
): HostFunction {
  const { path } = parseInterfaceName(host.path);
  const functions = types.get(path);
  if (functions === undefined) return host;
  const offered = functions.get(host.name);
  if (offered === undefined)
    throw new LinkError(`it imports ${describe(host)}, which this host does not have`);
  if (sameType(type, offered)) return host;
  for (const [shape, others] of shapes ?? hostShapes()) {
    if (sameType(type, others.get(path)?.get(host.name))) return { ...host, shape };
  }
  throw new LinkError(`it imports ${describe(host)} with another type than this host's`);
}

/**
 * Checks the device interfaces that a component exports: programs call them by the types of busbar:device, and what comes
 * back has to be of those. An interface without any function is left to whoever calls it.
 *
 * @throws LinkError that names the function
 */
export function requireDeviceTypes(exports: Plan["exports"], types = hostTypes()): void {
  for (const [name, exported] of exports) {
    const { path } = parseInterfaceName(name);
    const functions = path.startsWith(devicePackage) ? types.get(path) : undefined;
    if (functions === undefined || exported.sort !== "instance" || exported.exports.size === 0) continue;
    const relation = new SameTypes((one, other) => {
      const found = exported.exports.get(other.name);
      return found?.sort === "type" && found.resource === one;
    });
    for (const [each, offered] of functions) {
      const found = exported.exports.get(each);
      if (found?.sort !== "func") throw new LinkError(`it exports ${name} without its function ${each}`);
      if (!sameType(found.item.type, offered, relation)) {
        throw new LinkError(`it exports the function ${each} of ${name} with another type than this host's`);
      }
    }
  }
}

function describe({ path, name }: HostFunction): string {
  return `the function ${name} of ${path}`;
}

function readTypes(interfaces: string): HostTypes {
  return typesByPath(planComponent(fromBase64(interfaces)).hostFunctions ?? []);
}

function typesByPath(functions: readonly HostFunctionItem[]): HostTypes {
  const types = new Map<string, Map<string, DefinedType>>();
  for (const { host, type } of functions) {
    const { path } = parseInterfaceName(host.path);
    const found = types.get(path) ?? new Map<string, DefinedType>();
    types.set(path, found.set(host.name, type));
  }
  return types;
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
