import { spawnSync } from "node:child_process";
import { builtProgram, type NativeHost, type Profile } from "./host.ts";
import { differences } from "./wasmtime-differences.ts";

/**
 * Finds the host on Wasmtime, which makes machine code of components.
 *
 * @returns undefined where it is not built: `cargo build` in host/wasmtime
 */
export function wasmtimeHost(profile: Profile): NativeHost | undefined {
  const command = builtProgram("wasmtime", profile, "busbar-wasmtime");
  const compiler = builtProgram("wasmtime", profile, "busbar-wasmtime-compile");
  if (command === undefined || compiler === undefined) return undefined;
  return {
    command,
    differences,
    prepare: async (folder, cache) => {
      const startMs = performance.now();
      spawnSync(compiler, ["board.json"], {
        cwd: folder,
        env: { PATH: "/usr/bin:/bin", XDG_CACHE_HOME: cache },
      });
      // The command tells why there is no code.
      return { refused: undefined, ms: performance.now() - startMs };
    },
  };
}
