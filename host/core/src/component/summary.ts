/** What a component is made of, and whether this host can link it: for people, before anything of it runs. */

import { HostError } from "../error.ts";
import { type ComponentBody, readBinary } from "./binary.ts";
import { limitModule } from "./core-module.ts";
import { planFor } from "./interface.ts";
import { defaultLimits, pageSize } from "./limits.ts";
import type { Plan } from "./plan.ts";
import { prepareModule } from "./prepare.ts";
import { LinkError } from "./reader.ts";

/** A core module of a component. */
export interface ModuleSummary {
  readonly bytes: Uint8Array;
  /** How many instances of it an instance of the component has; undefined where it cannot be planned. */
  readonly instances: number | undefined;
  /** What the memories that it defines begin with, in bytes; undefined where they are of a kind that is not supported. */
  readonly memoryBytes: number | undefined;
}

/** See above. */
export interface ComponentSummary {
  /** Why this host cannot link it, as a sentence with its label; undefined where it can. */
  readonly problem: string | undefined;
  readonly modules: readonly ModuleSummary[];
}

/**
 * Looks at a component without running anything of it.
 *
 * @param bytes the whole file; not trusted
 * @param label how messages name it
 * @throws HostError with code "component" when `bytes` cannot even be read as a component
 */
export function summarizeComponent(bytes: Uint8Array, label: string): ComponentSummary {
  let problem: string | undefined;
  let plan: Plan | undefined;
  try {
    plan = planFor(bytes, label);
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    problem = error.message;
  }
  const modules = plan?.modules ?? modulesOf(readBinary(bytes));
  const summaries = modules.map((module, index): ModuleSummary => {
    const instances = plan?.steps.filter((step) => step.op === "instantiate" && step.module === index).length;
    try {
      prepareModule(module);
      const { pages } = limitModule(module, defaultLimits.memoryMiB);
      return { bytes: module, instances, memoryBytes: pages * pageSize };
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
      problem ??= `${label} cannot be linked: ${error.message}.`;
      return { bytes: module, instances, memoryBytes: undefined };
    }
  });
  return { problem, modules: summaries };
}

function modulesOf({ definitions }: ComponentBody): Uint8Array<ArrayBuffer>[] {
  return definitions.flatMap((definition) => {
    if (definition.op === "component") return modulesOf(definition.component);
    return definition.op === "core module" ? [definition.bytes] : [];
  });
}
