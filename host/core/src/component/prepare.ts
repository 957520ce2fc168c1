/**
 * What is made of a component once, and kept: its plan, and its core modules with the checks by which a guest is held.
 */

import { limitModule } from "./core-module.ts";
import type { CompiledModule } from "./instance.ts";
import { planFor } from "./interface.ts";
import type { Plan } from "./plan.ts";
import { makePreemptible } from "./preempt/rewrite.ts";
import { LinkError } from "./reader.ts";
import { planFormat, restorePlan, storePlan } from "./stored-plan.ts";

/**
 * Where a host keeps what it prepared, by names that hold a digest. It is the host's own: nobody else may write there, and
 * what it gives is what was put there.
 */
export interface PreparedStore {
  /** A digest of some bytes that nobody can find other bytes for: SHA-256, in hexadecimal. */
  digest(bytes: Uint8Array): string;
  get(name: string): Uint8Array<ArrayBuffer> | undefined;
  /** Keeps it where that is possible; a store that cannot goes on without. */
  put(name: string, bytes: Uint8Array): void;
}

/** Changes with everything of this host that decides what is prepared, or what a component may declare. */
export const preparationVersion = `${planFormat}.1`;

/** A component ready to be compiled. */
export interface PreparedComponent {
  readonly plan: Plan;
  /** A core module of the plan, prepared. @throws LinkError where it is not valid, or uses what is not supported */
  module(index: number): Uint8Array;
}

/**
 * Prepares a component, or takes what an earlier run prepared.
 *
 * @param label how messages name it
 * @throws HostError with code "component"
 */
export function prepareComponent(bytes: Uint8Array, label: string, store?: PreparedStore): PreparedComponent {
  if (store === undefined) {
    const plan = planFor(bytes, label);
    return { plan, module: (index) => prepareModule(plan.modules[index]!) };
  }
  const planName = `plan-${preparationVersion}-${store.digest(bytes)}`;
  const plan = storedPlan(store.get(planName), bytes) ?? keepPlan(store, planName, bytes, label);
  return { plan, module: (index) => storedModule(store, plan.modules[index]!) };
}

/**
 * A core module with the checks by which a guest is held.
 *
 * @throws LinkError where the engine does not accept it, or it uses what is not supported
 */
export function prepareModule(module: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  // Before the checks are put in: what they add has indices, which a module must not name by itself.
  if (!WebAssembly.validate(module)) throw new LinkError("a core module of it is not valid");
  return makePreemptible(module);
}

/** Compiles a prepared module, with the upper limit of its memories. */
export function compileModule(prepared: Uint8Array, memoryMiB: number): CompiledModule {
  const { bytes, pages, tableElements } = limitModule(prepared, memoryMiB);
  return { module: new WebAssembly.Module(bytes), pages, tableElements };
}

function storedPlan(stored: Uint8Array | undefined, bytes: Uint8Array): Plan | undefined {
  return stored && restorePlan(new TextDecoder().decode(stored), bytes);
}

function keepPlan(store: PreparedStore, name: string, bytes: Uint8Array, label: string): Plan {
  const plan = planFor(bytes, label);
  store.put(name, new TextEncoder().encode(storePlan(plan, bytes)));
  return plan;
}

/** By the digest of the module itself: the engine that all drivers carry is prepared once. */
function storedModule(store: PreparedStore, module: Uint8Array<ArrayBuffer>): Uint8Array {
  const name = `module-${preparationVersion}-${store.digest(module)}`;
  const stored = store.get(name);
  if (stored !== undefined) return stored;
  const prepared = prepareModule(module);
  store.put(name, prepared);
  return prepared;
}
