/** A component's core instances as one program: what modules named by index, these name as it is. */

import type { PlannedContext } from "@busbar/host/component";
import type { Signature } from "../component/signature.ts";
import type { Body } from "./body.ts";
import type { Constant } from "./constant.ts";
import type { CoreModule, GlobalType, Limits } from "./core-module.ts";

/** A function that a core module has. */
export interface DefinedFunction {
  readonly kind: "defined";
  readonly signature: Signature;
  readonly instance: Instance;
  readonly body: Body;
}

/** How the canonical ABI is used: by which component instance, and with what. */
export interface CanonicalUse {
  readonly instance: number;
  /** Undefined for the functions of resources, which need none. */
  readonly context: PlannedContext | undefined;
}

/** A function that the host has to give. */
export interface ImportedFunction {
  readonly kind: "imported";
  readonly signature: Signature;
  readonly module: string;
  readonly name: string;
  /** Wherever the component makes this function of it. */
  readonly uses: CanonicalUse[];
}

/** A function that traps. */
export interface TrapFunction {
  readonly kind: "trap";
  readonly signature: Signature;
}

/** A function that no core module can have. */
export interface RefusedFunction {
  readonly kind: "refused";
  readonly signature: Signature;
  /** Why, as a clause. */
  readonly reason: string;
}

/** Any of them. */
export type CoreFunction = DefinedFunction | ImportedFunction | TrapFunction | RefusedFunction;

/** A table. */
export interface Table {
  readonly limits: Limits;
  /** Whether code changes it. */
  isChanged: boolean;
  /** What is in it once all is instantiated, by index; undefined where that is not known. */
  contents: ReadonlyMap<number, CoreFunction> | undefined;
}

/** A memory. */
export interface Memory {
  readonly limits: Limits;
}

/** A global variable. */
export interface Global {
  readonly type: GlobalType;
  readonly initial: Constant;
}

/** Elements of a table, or bytes of a memory, that code puts where they belong. */
export interface PassiveElements {
  readonly kind: "elements";
  readonly functions: readonly (CoreFunction | undefined)[];
}
/** See {@link PassiveElements}. */
export interface PassiveData {
  readonly kind: "data";
  readonly bytes: Uint8Array;
}

/** A core instance: its index spaces. A segment that is undefined was used up when it was instantiated. */
export interface Instance {
  readonly module: CoreModule;
  readonly functions: CoreFunction[];
  readonly tables: Table[];
  readonly memories: Memory[];
  readonly globals: Global[];
  readonly elements: (PassiveElements | undefined)[];
  readonly data: (PassiveData | undefined)[];
}

/** What happens when the component is instantiated, in order. */
export type StartupStep =
  | {
      readonly op: "elements";
      readonly table: Table;
      /** An index of the table. */
      readonly at: number;
      readonly segment: PassiveElements;
    }
  | {
      readonly op: "data";
      readonly memory: Memory;
      /** An address. */
      readonly at: number;
      readonly segment: PassiveData;
    }
  | { readonly op: "start"; readonly function: CoreFunction };

/** A function that is exported under a name. */
export interface ProgramExport {
  readonly name: string;
  readonly function: CoreFunction;
}

/** See above. */
export interface Program {
  readonly startup: readonly StartupStep[];
  readonly tables: readonly Table[];
  /** The functions of the component, without memory and realloc: whether these are needed depends on what is called. */
  readonly exports: readonly ProgramExport[];
  /** How the exported functions use the canonical ABI. */
  readonly uses: readonly CanonicalUse[];
  /** What a context calls its memory or its realloc. */
  memoryOf(use: CanonicalUse): Memory | undefined;
  /** See {@link memoryOf}. */
  reallocOf(use: CanonicalUse): CoreFunction | undefined;
}
