/// <reference lib="dom" />

/**
 * Lets the host for Node run flattened modules: what it keeps prepared of a component is its plan, and a plan can be made of
 * a flattened module and what it says about itself. So everything above the plan is the same for both.
 */

import { createHash } from "node:crypto";
import type { PreparedStore } from "@busbar/host/backend";
import type { Export, Lifted, Plan, Step } from "../../../../host/core/src/component/plan.ts";
import { storePlan } from "../../../../host/core/src/component/stored-plan.ts";
import { type FlattenedInterface, type InterfaceFunction, readInterface } from "./read-interface.ts";

type Import = WebAssembly.ModuleImportDescriptor;

/** A store that has the plan of each flattened module already, and keeps nothing. */
export function flattenedStore(): PreparedStore {
  const plans = new Map<string, Uint8Array<ArrayBuffer>>();
  return {
    key(...parts) {
      const hash = createHash("sha256");
      for (const part of parts) hash.update(part);
      const key = hash.digest("hex");
      const bytes = parts.at(-1);
      if (parts[0] === "plan" && typeof bytes === "object" && bytes[4] === 1) {
        const plan = planOf(new Uint8Array(bytes));
        plans.set(key, new TextEncoder().encode(storePlan(plan, plan.modules[0]!, ["module"])));
      }
      return key;
    },
    get: async (key) => plans.get(key),
    put: async () => undefined,
  };
}

/** The plan of a component whose only core module is a flattened one. */
export function planOf(bytes: Uint8Array<ArrayBuffer>): Plan {
  const module = new WebAssembly.Module(bytes);
  const known = readInterface(bytes);
  const imports = WebAssembly.Module.imports(module);
  const exported = new Set(WebAssembly.Module.exports(module).map(({ name }) => name));
  const lifted = known.exported.map((each, index) => liftedOf(each, index, exported));
  const bundles = new Map<string, Map<string, { trampoline: number }>>();
  imports.forEach(({ module: from, name }, trampoline) => {
    bundles.set(from, (bundles.get(from) ?? new Map()).set(name, { trampoline }));
  });
  const item = (name: string) => (exported.has(name) ? { slot: 0, name } : undefined);
  return {
    modules: [bytes],
    steps: [
      ...imports.map((each, trampoline) => canonical(each, trampoline, known)),
      {
        op: "instantiate",
        slot: 0,
        module: 0,
        imports: [...bundles].map(([from, bundle]) => [from, { bundle }] as const),
      },
      { op: "context", index: 0 },
    ],
    resources: known.resources.map(({ type, places: [place] }) => ({
      ...type,
      destructor: item(`${place!.interface}#[dtor]${place!.name}`),
    })),
    contexts: [{ instance: 0, encoding: "utf8", memory: item("memory"), realloc: item("cabi_realloc") }],
    lifted,
    imports: known.imports.map(({ name, kind }) => ({ name, sort: sorts[kind]! })),
    hostFunctions: undefined,
    exports: exportsOf(known, lifted),
    counts: { trampolines: imports.length, coreInstances: 1, instances: 1 },
  };
}

const sorts: Readonly<Record<number, Plan["imports"][number]["sort"]>> = {
  1: "func",
  3: "type",
  5: "instance",
};

function liftedOf(each: InterfaceFunction, index: number, exported: ReadonlySet<string>): Lifted {
  const name = each.interface === "" ? each.name : `${each.interface}#${each.name}`;
  if (!exported.has(name)) throw new Error(`the flattened module has no export ${name}`);
  const postReturn = exported.has(`cabi_post_${name}`) ? { slot: 0, name: `cabi_post_${name}` } : undefined;
  return { index, type: each.type, core: { slot: 0, name }, context: 0, postReturn };
}

/** What the canonical ABI makes for an import of the module. */
function canonical({ module, name }: Import, trampoline: number, known: FlattenedInterface): Step {
  const isOwn = module.startsWith("[export]");
  const path = module.replace("[export]", "").replace("$root", "");
  const operation = /^\[resource-(new|rep|drop)\](.+)$/.exec(name);
  if (operation === null) {
    const host = known.imported.find((each) => each.interface === path && each.name === name);
    if (host === undefined) throw new Error(`the interface has no function ${name} of ${module}`);
    return { op: "lower", trampoline, context: 0, target: { type: host.type, host: { path, name } } };
  }
  const resource = known.resources.find(
    ({ type, places }) =>
      (type.path === "") === isOwn && places[0]!.interface === path && places[0]!.name === operation[2],
  );
  if (resource === undefined) throw new Error(`the interface has no resource for ${name} of ${module}`);
  return { op: `resource.${operation[1] as "new"}`, trampoline, resource: resource.type, instance: 0 };
}

function exportsOf(known: FlattenedInterface, lifted: readonly Lifted[]): Map<string, Export> {
  const exports = new Map<string, Export>();
  for (const { name, kind } of known.exports)
    if (kind === 5) exports.set(name, { sort: "instance", exports: new Map() });
  const add = (path: string, name: string, each: Export): void => {
    const found = exports.get(path);
    const into = found?.sort === "instance" ? (found.exports as Map<string, Export>) : exports;
    into.set(name, each);
  };
  for (const { type, places } of known.resources)
    if (type.definer === 0)
      for (const place of places) add(place.interface, place.name, { sort: "type", resource: type });
  known.exported.forEach((each, index) => {
    const item = { type: each.type, lifted: lifted[index]! };
    add(each.interface, each.name, { sort: "func", item });
  });
  return exports;
}
