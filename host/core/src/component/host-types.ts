/**
 * The types with which this host offers its functions, and the check of what a component declares for them: what it gets
 * is then what it was built for, and nothing that is missing shows only when it is called.
 */

import { hostInterfaces } from "../../generated/host-interfaces.js";
import { parseInterfaceName } from "./interface-name.ts";
import type { HostFunction, HostFunctionItem } from "./plan.ts";
import { planComponent } from "./planner.ts";
import { LinkError } from "./reader.ts";
import { type DefinedType, sameType } from "./types.ts";

/** The functions of each interface that a host can offer, by its path without version. */
export type HostTypes = ReadonlyMap<string, ReadonlyMap<string, DefinedType>>;

let known: HostTypes | undefined;

/** The functions of everything in wit/. */
export function hostTypes(): HostTypes {
  known ??= typesByPath(planComponent(fromBase64(hostInterfaces)).hostFunctions ?? []);
  return known;
}

/**
 * Checks the functions that a component declares. Interfaces that this host does not have at all are passed over: whether
 * they are granted is another question, with another answer.
 *
 * @throws LinkError that names the function
 */
export function requireHostTypes(declared: readonly HostFunctionItem[], types = hostTypes()): void {
  for (const { host, type } of declared) {
    const functions = types.get(parseInterfaceName(host.path).path);
    if (functions === undefined) continue;
    const offered = functions.get(host.name);
    if (offered === undefined)
      throw new LinkError(`it imports ${describe(host)}, which this host does not have`);
    if (!sameType(type, offered)) {
      throw new LinkError(`it imports ${describe(host)} with another type than this host's`);
    }
  }
}

function describe({ path, name }: HostFunction): string {
  return `the function ${name} of ${path}`;
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
