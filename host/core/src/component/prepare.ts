/**
 * What is made of a component once, and kept: its plan, and its core modules with the checks by which a guest is held.
 */

import { hostInterfaces, otherShapes } from "../../generated/host-interfaces.js";
import { limitModule } from "./core-module.ts";
import type { CompiledModule } from "./instance.ts";
import { planFor } from "./interface.ts";
import type { Plan } from "./plan.ts";
import { makePreemptible, rewriteFormat } from "./preempt/rewrite.ts";
import { LinkError } from "./reader.ts";
import { planFormat, type RestoredPlan, restorePlan, storePlan } from "./stored-plan.ts";

/**
 * Where a host keeps what it prepared. It is the host's own: nobody else may write there, and what it gives is what was put
 * there under that key.
 */
export interface PreparedStore {
  /** A name for what is made from these parts, which nothing else has: their SHA-256, in hexadecimal. */
  key(...parts: readonly (string | Uint8Array)[]): string;
  /** What was kept for a key; undefined where nothing was, or it cannot be read. */
  get(key: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Keeps something where that is possible; a store that cannot does without, and does not reject. */
  put(key: string, bytes: Uint8Array): Promise<unknown>;
}

/** Changes with everything of this host that decides what is prepared, or what a component may declare. */
export const preparationVersion = `${planFormat}.${rewriteFormat}`;

/** A component ready to be compiled. */
export interface PreparedComponent {
  readonly plan: Plan;
  /** A core module of the plan, prepared. Rejects with a LinkError where it is not valid, or uses what is not supported. */
  module(index: number): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Prepares a component, or takes what an earlier run prepared.
 *
 * @param label how messages name it
 * @throws HostError with code "component"
 */
export async function prepareComponent(
  bytes: Uint8Array,
  label: string,
  store: PreparedStore = noStore,
): Promise<PreparedComponent> {
  const key = store.key("plan", preparationVersion, hostInterfaces, ...otherShapes.flat(), bytes);
  const stored = await store.get(key);
  const restored = stored && restorePlan(new TextDecoder().decode(stored), bytes);
  const { plan, moduleKeys } = restored ?? (await keepPlan(planFor(bytes, label), bytes, key, store));
  return { plan, module: (index) => storedModule(store, moduleKeys[index]!, plan.modules[index]!) };
}

/** Each core module is kept under its own digest: the engine that all drivers carry is prepared once. */
async function keepPlan(
  plan: Plan,
  bytes: Uint8Array,
  key: string,
  store: PreparedStore,
): Promise<RestoredPlan> {
  const moduleKeys = plan.modules.map((module) => store.key("module", preparationVersion, module));
  await store.put(key, new TextEncoder().encode(storePlan(plan, bytes, moduleKeys)));
  return { plan, moduleKeys };
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

/** @throws LinkError where the engine cannot: what it says of it may have names of the module in it */
function compile(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes);
  } catch (cause) {
    throw new LinkError("a core module of it cannot be compiled", { cause });
  }
}

/** Compiles a prepared module, with the upper limit of its memories. */
export function compileModule(prepared: Uint8Array<ArrayBuffer>, memoryMiB: number): CompiledModule {
  const { bytes, pages, tableElements } = limitModule(prepared, memoryMiB);
  return { module: compile(bytes), pages, tableElements };
}

const noStore: PreparedStore = {
  key: () => "",
  get: async () => undefined,
  put: async () => undefined,
};

async function storedModule(
  store: PreparedStore,
  key: string,
  module: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const stored = await store.get(key);
  if (stored !== undefined) return stored;
  const prepared = prepareModule(module);
  await store.put(key, prepared);
  return prepared;
}
