import { join } from "node:path";
import { HostError } from "@busbar/host";
import type { Transpile } from "@busbar/host-node";
import { cacheFolder } from "./cache-folder.ts";

/** Translates a component, or takes what an earlier run translated. The build tool is loaded when it is needed. */
export const transpile: Transpile = async (component, label) => {
  const { transpileCached } = await import("@busbar/build");
  try {
    const { folder } = await transpileCached(component, join(cacheFolder(), "transpiled"));
    return folder;
  } catch (cause) {
    throw explain(cause, label);
  }
};

function explain(cause: unknown, label: string): unknown {
  const { code, name, message } = cause as NodeJS.ErrnoException;
  if (name === "BuildError") return new HostError("component", `${label}: ${message}`, { cause });
  if (code === undefined) return cause;
  return new HostError(
    "backend",
    `the cache folder ${cacheFolder()} cannot be used (${code}); set XDG_CACHE_HOME to a folder that can be written.`,
    { cause },
  );
}
