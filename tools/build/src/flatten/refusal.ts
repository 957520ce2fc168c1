import { LinkError } from "@busbar/host/component";

/**
 * What is in a core module and not in a flattened one.
 *
 * @param what it has or does: "uses vectors"
 */
export function notFlat(what: string): LinkError {
  return new LinkError(`a core module ${what}, which a flattened one may not`);
}
