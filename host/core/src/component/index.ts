/** The reader, writer and planner of components, for tools. Running components is in the package's main entry. */

export type {
  CanonicalOptions,
  ComponentBody,
  Definition,
  ExternDescription,
  NamedItem,
  Sort,
  TypeForm,
  TypeReference,
} from "./binary.ts";
export { componentSorts, primitives, readBinary } from "./binary.ts";
export { writeBinary } from "./binary-writer.ts";
export { hostTypes } from "./host-types.ts";
export { interfaceOfPlan, planFor } from "./interface.ts";
export { parseInterfaceName } from "./interface-name.ts";
export { camelCase, pascalCase, quote, resourceFunction } from "./names.ts";
export type {
  CoreInstanceItem,
  CoreItem,
  Export,
  FunctionItem,
  HostFunctionItem,
  Lifted,
  Plan,
  PlannedContext,
  Step,
} from "./plan.ts";
export { planComponent } from "./planner.ts";
export { sectionId as coreSectionId } from "./preempt/layout.ts";
export { LinkError, Reader } from "./reader.ts";
export { alignTo, type CoreType } from "./shapes/shape.ts";
export type { DefinedType, ResourceType, TypePart } from "./types.ts";
export { hostDefined } from "./types.ts";
export { Writer } from "./writer.ts";
