import { HostError } from "../error.ts";
import { MemoryNeeded } from "./limits.ts";

/**
 * Why a component did not start, as one sentence that names the device or app.
 *
 * @param name in the board file
 * @param label how messages name the component
 */
export function startFailure(name: string, label: string, cause: unknown): HostError {
  if (cause instanceof HostError) return cause;
  if (cause instanceof MemoryNeeded) {
    const { neededMiB } = cause;
    return new HostError(
      "component",
      `${name}: ${label} needs ${neededMiB} MiB of memory; set "limits": { "memoryMiB": ${neededMiB} } or more.`,
      { cause },
    );
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new HostError("component", `${name}: ${label} does not start: ${reason}.`, { cause });
}
