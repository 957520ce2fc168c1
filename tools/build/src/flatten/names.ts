/**
 * The names of a flattened module's imports and exports: those that wit-component gives to core modules. docs/flattened.md
 * has the list.
 */

/** A function, a resource or its destructor, by the interface that it is of; empty where it is of none. */
export interface Place {
  readonly interface: string;
  readonly name: string;
}

/** The exported memory. */
export const memoryExport = "memory";
/** The exported realloc. */
export const reallocExport = "cabi_realloc";
/** The exported function that does what start functions did. */
export const initializeExport = "_initialize";

/** Which of a resource's canonical functions. */
export type ResourceOperation = "new" | "rep" | "drop";

/** The module and name of a function of the host. */
export function importOf({ interface: path, name }: Place): [module: string, name: string] {
  return [path || "$root", name];
}

/** The module and name of a canonical function of a resource. @param isOwn whether the component defines it */
export function resourceImportOf(
  place: Place,
  operation: ResourceOperation,
  isOwn: boolean,
): [module: string, name: string] {
  const [module, name] = importOf(place);
  return [isOwn ? `[export]${module}` : module, `[resource-${operation}]${name}`];
}

/** The name of an exported function. */
export function exportOf({ interface: path, name }: Place): string {
  return path === "" ? name : `${path}#${name}`;
}

/** The name of what is called with a function's result at the end. */
export function postReturnOf(place: Place): string {
  return `cabi_post_${exportOf(place)}`;
}

/** The name of a resource's destructor. */
export function destructorOf({ interface: path, name }: Place): string {
  return exportOf({ interface: path, name: `[dtor]${name}` });
}
