/**
 * What crosses between a driver of a world and its host: the functions and resources, by the names that core modules of the
 * world import and export them under.
 *
 * They are read off an empty component of the world, as wit-component makes it: its one core module with code has all the
 * imports and exports that ours has to have.
 *
 * Source: Component Model, design/mvp/BuildTargets.md ("cm32p2").
 */

import {
  type ComponentBody,
  type DefinedType,
  hostDefined,
  LinkError,
  planFor,
  type ResourceType,
  readBinary,
} from "@busbar/host/component";
import type { Signature } from "../component/signature.ts";
import { Budget } from "../flatten/budget.ts";
import { type CoreImport, readCoreModule } from "../flatten/core-module.ts";
import { exportedBy } from "../flatten/exported.ts";
import type { Place } from "../flatten/names.ts";

/** A function that the host has, or the driver. */
export interface BoundaryFunction extends Place {
  readonly type: DefinedType;
  readonly signature: Signature;
  /** What the core module imports or exports it as. */
  readonly coreName: CoreName;
}

/** An import has both; an export has no module. */
export interface CoreName {
  readonly module: string;
  readonly name: string;
}

/** A resource, and what the core module imports the canonical functions of it as. */
export interface BoundaryResource extends Place {
  readonly type: ResourceType;
  readonly drop: CoreName;
  /** Of the driver's own alone. */
  readonly own:
    | { readonly make: CoreName; readonly represent: CoreName; readonly destructor: string }
    | undefined;
}

/** See above. */
export interface Boundary {
  readonly imports: readonly BoundaryFunction[];
  readonly exports: readonly BoundaryFunction[];
  readonly resources: readonly BoundaryResource[];
  /** What the core module exports to be called when a result was read. */
  readonly endings: readonly { readonly name: string; readonly signature: Signature }[];
}

/** What the memory, the allocator and the start of a core module are exported as. */
export const memoryName = "cm32p2_memory";
export const reallocName = "cm32p2_realloc";
export const initializeName = "cm32p2_initialize";

/** @param empty a component of the world without code, of wit-component */
export function boundaryOf(empty: Uint8Array<ArrayBuffer>): Boundary {
  const plan = planFor(empty, "the world");
  const exported = exportedBy(plan);
  const core = readCoreModule(mainModule(readBinary(empty)), new Budget());
  const imported = core.imports.filter((each) => each.kind === "function");
  const functions = [...core.exports]
    .filter(([, { kind }]) => kind === "function")
    .map(([name, { index }]) => ({ name, signature: core.functions[index - imported.length]! }));
  const coreExport = (place: Place) => {
    const found = functions.find(({ name }) => isExportOf(name, place));
    if (found === undefined) throw new LinkError(`nothing of the world's core module is ${place.name}`);
    return found;
  };
  const resources = plan.resources.map((type): BoundaryResource => {
    const isOwn = type.definer !== hostDefined;
    const [place = { interface: type.path, name: type.name }] = exported.resources.get(type) ?? [];
    const coreName = (operation: string): CoreName => {
      const name = `${place.name}_${operation}`;
      const { module } = coreImport(imported, isOwn ? "cm32p2|_ex_" : "cm32p2|", { ...place, name });
      return { module, name };
    };
    const own = isOwn
      ? {
          make: coreName("new"),
          represent: coreName("rep"),
          destructor: coreExport({ ...place, name: `${place.name}_dtor` }).name,
        }
      : undefined;
    return { ...place, type, drop: coreName("drop"), own };
  });
  return {
    imports: plan.hostFunctions!.map(({ host, type }) => {
      const place = { interface: host.path, name: host.name };
      const { module, name, signature } = coreImport(imported, "cm32p2|", place);
      return { ...place, type, signature, coreName: { module, name } };
    }),
    exports: exported.functions.map(({ lifted, ...place }) => {
      const { name, signature } = coreExport(place);
      return { ...place, type: lifted.type, signature, coreName: { module: "", name } };
    }),
    resources,
    endings: functions.filter(({ name }) => name.endsWith("_post")),
  };
}

/** The core module that a component of wit-component begins with. */
function mainModule({ definitions }: ComponentBody): Uint8Array<ArrayBuffer> {
  const main = definitions.find(({ op }) => op === "core module");
  if (main?.op !== "core module") throw new LinkError("a world without functions");
  return main.bytes as Uint8Array<ArrayBuffer>;
}

type FunctionImport = CoreImport & { readonly kind: "function" };

function coreImport(
  imported: readonly FunctionImport[],
  prefix: string,
  { interface: path, name }: Place,
): FunctionImport {
  const found = imported.find(
    (each) => each.name === name && isNameOf(each.module, path === "" ? "cm32p2" : `${prefix}${path}`),
  );
  if (found === undefined) throw new LinkError(`nothing of the world's core module is ${name}`);
  return found;
}

/** Whether a name is another one without the parts of its version that do not matter. */
function isNameOf(short: string, full: string): boolean {
  return full === short || full.startsWith(`${short}.`);
}

function isExportOf(name: string, place: Place): boolean {
  const [, path = "", own] = /^cm32p2\|([^|]*)\|(.*)$/.exec(name) ?? [];
  return own === place.name && isNameOf(path, place.interface);
}
