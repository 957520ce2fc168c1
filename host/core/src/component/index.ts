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
export { readBinary } from "./binary.ts";
export { writeBinary } from "./binary-writer.ts";
export type { HostFunctionItem, Plan, Step } from "./plan.ts";
export { planComponent } from "./planner.ts";
export { LinkError, Reader } from "./reader.ts";
export type { CoreType } from "./shapes/shape.ts";
export { Writer } from "./writer.ts";
