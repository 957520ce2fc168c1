/**
 * The plan of a component: the list of steps that an instantiation takes, with all names and indices resolved. Made
 * once, without running anything; nested components are expanded where they are instantiated.
 */

import type { StringEncoding } from "./binary.ts";
import type { DefinedType, ResourceType } from "./types.ts";

/** Something of a core index space: an export of a core instance, or a function that the canonical ABI makes. */
export type CoreItem = { readonly slot: number; readonly name: string } | { readonly trampoline: number };

/** A core instance as an argument: one that a step makes, or a bundle of items. */
export type CoreInstanceItem = { readonly slot: number } | { readonly bundle: ReadonlyMap<string, CoreItem> };

/** A function of the host: its interface, and its name there. The interface is empty for a function by itself. */
export interface HostFunction {
  readonly path: string;
  readonly name: string;
  /** Which of the host's shapes of it the component declares, where that is not the first: the name of a folder of wit/shapes. */
  readonly shape?: string;
}

/** A core function as a component function: `canon lift`. */
export interface Lifted {
  /** Its place in the plan's list. */
  readonly index: number;
  readonly type: DefinedType;
  readonly core: CoreItem;
  /** Its context's place in the plan's list. */
  readonly context: number;
  readonly postReturn: CoreItem | undefined;
}

/** A function of the host, with the type that the component declares for it. */
export interface HostFunctionItem {
  readonly type: DefinedType;
  readonly host: HostFunction;
}

/** A function: the host's, or one that the component lifts. */
export type FunctionItem = HostFunctionItem | { readonly type: DefinedType; readonly lifted: Lifted };

/** What `canon lift` and `canon lower` work with. All that have the same share one. */
export interface PlannedContext {
  /** The component instance that it belongs to. */
  readonly instance: number;
  readonly encoding: StringEncoding;
  readonly memory: CoreItem | undefined;
  readonly realloc: CoreItem | undefined;
}

/** One step of an instantiation. */
export type Step =
  | {
      readonly op: "instantiate";
      readonly slot: number;
      readonly module: number;
      readonly imports: readonly (readonly [string, CoreInstanceItem])[];
    }
  | { readonly op: "context"; readonly index: number }
  | {
      readonly op: "lower";
      readonly trampoline: number;
      readonly target: FunctionItem;
      readonly context: number;
    }
  | {
      readonly op: "resource.new" | "resource.rep" | "resource.drop";
      readonly trampoline: number;
      readonly resource: ResourceType;
      readonly instance: number;
    };

/** Something that the outermost component exports. */
export type Export =
  | { readonly sort: "func"; readonly item: FunctionItem }
  | { readonly sort: "instance"; readonly exports: ReadonlyMap<string, Export> }
  | { readonly sort: "type"; readonly resource: ResourceType | undefined }
  | { readonly sort: "component" };

/** Something that the outermost component imports. */
export interface Import {
  readonly name: string;
  readonly sort: "func" | "type" | "component" | "instance";
}

/** See above. */
export interface Plan {
  /** The core modules, as parts of the component's bytes. */
  readonly modules: readonly Uint8Array<ArrayBuffer>[];
  readonly steps: readonly Step[];
  readonly resources: readonly ResourceType[];
  readonly contexts: readonly PlannedContext[];
  readonly lifted: readonly Lifted[];
  readonly imports: readonly Import[];
  /** The functions of the host that the component declares; undefined in a plan that was kept, for which they were checked. */
  readonly hostFunctions: readonly HostFunctionItem[] | undefined;
  readonly exports: ReadonlyMap<string, Export>;
  /** How many of each there are. */
  readonly counts: {
    readonly trampolines: number;
    readonly coreInstances: number;
    readonly instances: number;
  };
}
