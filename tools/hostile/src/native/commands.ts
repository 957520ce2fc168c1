import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The native host's commands, built: `cargo build` in host/wasmtime. */
export interface NativeCommands {
  readonly run: string;
  readonly compile: string;
}

/**
 * Finds the native host's commands.
 *
 * @param profile of cargo
 * @returns undefined where they are not built
 */
export function nativeCommands(profile: "debug" | "release"): NativeCommands | undefined {
  const folder = fileURLToPath(new URL(`../../../../host/wasmtime/target/${profile}`, import.meta.url));
  const commands = { run: join(folder, "busbar-wasmtime"), compile: join(folder, "busbar-wasmtime-compile") };
  return existsSync(commands.run) && existsSync(commands.compile) ? commands : undefined;
}

/** What the compiler says of a board; undefined where it made code of all of it. */
export function compileBoard(
  { compile }: NativeCommands,
  board: string,
  folder: string,
  cache: string,
): { readonly sentence: string | undefined; readonly ms: number } {
  const startMs = performance.now();
  const { status, stderr } = spawnSync(compile, [board], {
    cwd: folder,
    env: { PATH: "/usr/bin:/bin", XDG_CACHE_HOME: cache },
    encoding: "utf8",
  });
  const sentence = status === 0 ? undefined : stderr.trim().replace(/^busbar: /, "");
  return { sentence, ms: performance.now() - startMs };
}
