/**
 * A plan as data, for a host that keeps it beside its prepared modules: reading a component costs more of a cold start
 * than anything else in it. What is read back is used as it is, so only a host's own may be: one that came with a
 * package is never believed.
 */

import type { TypeForm } from "./binary.ts";
import type {
  CoreInstanceItem,
  CoreItem,
  Export,
  FunctionItem,
  HostFunction,
  Lifted,
  Plan,
  PlannedContext,
  Step,
} from "./plan.ts";
import { DefinedType, type ResourceType, type TypePart } from "./types.ts";

/** Changes with every change of what a plan holds or means. */
export const planFormat = 4;

/** A primitive by name, a type by index, a resource by `{ r: id }`, null for none. */
type StoredPart = string | number | { readonly r: number } | null;
type StoredFunction =
  | { readonly type: StoredPart; readonly host: HostFunction }
  | { readonly lifted: number };
type StoredInstance =
  | { readonly slot: number }
  | { readonly bundle: readonly (readonly [string, CoreItem])[] };
type StoredStep =
  | Extract<Step, { op: "context" }>
  | {
      readonly op: "instantiate";
      readonly slot: number;
      readonly module: number;
      readonly imports: readonly (readonly [string, StoredInstance])[];
    }
  | {
      readonly op: "lower";
      readonly trampoline: number;
      readonly target: StoredFunction;
      readonly context: number;
    }
  | {
      readonly op: "resource.new" | "resource.rep" | "resource.drop";
      readonly trampoline: number;
      readonly resource: number;
      readonly instance: number;
    };
type StoredExport =
  | { readonly sort: "func"; readonly item: StoredFunction }
  | { readonly sort: "instance"; readonly exports: readonly (readonly [string, StoredExport])[] }
  | { readonly sort: "type"; readonly resource: number | null }
  | { readonly sort: "component" };

interface StoredPlan {
  readonly format: number;
  /** What the host keeps each core module under. */
  readonly moduleKeys: readonly string[];
  /** Where each core module begins in the component, and its length. */
  readonly modules: readonly (readonly [number, number])[];
  readonly resources: readonly ResourceType[];
  readonly types: readonly { readonly form: TypeForm; readonly parts: readonly StoredPart[] }[];
  readonly lifted: readonly (Omit<Lifted, "type"> & { readonly type: number })[];
  readonly contexts: readonly PlannedContext[];
  readonly steps: readonly StoredStep[];
  readonly imports: Plan["imports"];
  readonly exports: readonly (readonly [string, StoredExport])[];
  readonly counts: Plan["counts"];
}

/**
 * Writes a plan as JSON. The functions that the component declares are left out: a plan is kept when they were checked.
 *
 * @param component the bytes that it was made from
 * @param moduleKeys what the host keeps the core modules under, so that it need not find these out again
 */
export function storePlan(plan: Plan, component: Uint8Array, moduleKeys: readonly string[]): string {
  const types: { form: TypeForm; parts: StoredPart[] }[] = [];
  const indices = new Map<DefinedType, number>();
  const part = (each: TypePart): StoredPart => {
    if (each === undefined) return null;
    if (typeof each === "string") return each;
    if (each.kind === "resource") return { r: each.id };
    let index = indices.get(each);
    if (index === undefined) {
      // Parts first: a type refers to types before it only.
      const parts = each.parts.map(part);
      index = types.push({ form: each.form, parts }) - 1;
      indices.set(each, index);
    }
    return index;
  };
  const func = (item: FunctionItem): StoredFunction =>
    "lifted" in item ? { lifted: item.lifted.index } : { type: part(item.type), host: item.host };
  const instance = (item: CoreInstanceItem): StoredInstance =>
    "slot" in item ? item : { bundle: [...item.bundle] };
  const step = (each: Step): StoredStep => {
    switch (each.op) {
      case "context":
        return each;
      case "instantiate":
        return { ...each, imports: each.imports.map(([name, item]) => [name, instance(item)] as const) };
      case "lower":
        return { ...each, target: func(each.target) };
      default:
        return { ...each, resource: each.resource.id };
    }
  };
  const exported = (each: Export): StoredExport => {
    switch (each.sort) {
      case "func":
        return { sort: each.sort, item: func(each.item) };
      case "instance":
        return {
          sort: each.sort,
          exports: [...each.exports].map(([name, inner]) => [name, exported(inner)] as const),
        };
      case "type":
        return { sort: each.sort, resource: each.resource?.id ?? null };
      default:
        return each;
    }
  };
  const stored: StoredPlan = {
    format: planFormat,
    moduleKeys,
    modules: plan.modules.map((module) => [module.byteOffset - component.byteOffset, module.length] as const),
    resources: plan.resources,
    lifted: plan.lifted.map((each) => ({ ...each, type: part(each.type) as number })),
    contexts: plan.contexts,
    steps: plan.steps.map(step),
    imports: plan.imports,
    exports: [...plan.exports].map(([name, each]) => [name, exported(each)] as const),
    counts: plan.counts,
    types,
  };
  return JSON.stringify(stored);
}

/** A plan, and what its core modules are kept under. */
export interface RestoredPlan {
  readonly plan: Plan;
  readonly moduleKeys: readonly string[];
}

/**
 * Reads a plan back.
 *
 * @param text what {@link storePlan} wrote on this machine, its digest checked
 * @param component the same bytes
 * @returns undefined where it was written by another version
 */
export function restorePlan(text: string, component: Uint8Array): RestoredPlan | undefined {
  const stored = JSON.parse(text) as StoredPlan;
  if (stored.format !== planFormat) return undefined;
  const { resources } = stored;
  const types: DefinedType[] = [];
  const part = (each: StoredPart): TypePart => {
    if (each === null) return undefined;
    if (typeof each === "object") return resources[each.r]!;
    return typeof each === "number" ? types[each]! : (each as TypePart);
  };
  for (const { form, parts } of stored.types) types.push(new DefinedType(form, parts.map(part)));
  const lifted = stored.lifted.map((each) => ({ ...each, type: types[each.type]! }));
  const func = (each: StoredFunction): FunctionItem =>
    "lifted" in each
      ? { type: lifted[each.lifted]!.type, lifted: lifted[each.lifted]! }
      : { type: part(each.type) as DefinedType, host: each.host };
  const step = (each: StoredStep): Step => {
    switch (each.op) {
      case "context":
        return each;
      case "instantiate": {
        const imports = each.imports.map(
          ([name, item]) => [name, "slot" in item ? item : { bundle: new Map(item.bundle) }] as const,
        );
        return { ...each, imports };
      }
      case "lower":
        return { ...each, target: func(each.target) };
      default:
        return { ...each, resource: resources[each.resource]! };
    }
  };
  const exported = (each: StoredExport): Export => {
    switch (each.sort) {
      case "func":
        return { sort: each.sort, item: func(each.item) };
      case "instance":
        return {
          sort: each.sort,
          exports: new Map(each.exports.map(([name, inner]) => [name, exported(inner)])),
        };
      case "type":
        return { sort: each.sort, resource: each.resource === null ? undefined : resources[each.resource] };
      default:
        return each;
    }
  };
  const plan: Plan = {
    modules: stored.modules.map(
      ([at, length]) => component.subarray(at, at + length) as Uint8Array<ArrayBuffer>,
    ),
    resources,
    contexts: stored.contexts,
    lifted,
    steps: stored.steps.map(step),
    imports: stored.imports,
    hostFunctions: undefined,
    exports: new Map(stored.exports.map(([name, each]) => [name, exported(each)])),
    counts: stored.counts,
  };
  return { plan, moduleKeys: stored.moduleKeys };
}
