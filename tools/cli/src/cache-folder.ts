import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Where the command keeps what it can make again: XDG_CACHE_HOME/busbar, or ~/.cache/busbar. */
export function cacheFolder(): string {
  const configured = process.env.XDG_CACHE_HOME ?? "";
  // XDG Base Directory Specification: a path that is not absolute is to be ignored.
  return join(isAbsolute(configured) ? configured : join(homedir(), ".cache"), "busbar");
}
