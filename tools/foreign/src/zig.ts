/** Zig of PyPI: a C compiler for WebAssembly, with wasi-libc. */

import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { command } from "./command.ts";
import { cache } from "./places.ts";

const version = "0.17.1";
const folder = join(cache, "zig");

/** The compiler; downloaded where it is missing. */
export function zig(): string {
  const path = join(folder, "unpacked/ziglang/zig");
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  command("python3", ["-m", "pip", "download", "--no-deps", "--dest", folder, `ziglang==${version}`]);
  const unpack =
    "import glob, sys, zipfile; [zipfile.ZipFile(each).extractall('unpacked') for each in glob.glob('*.whl')]";
  command("python3", ["-c", unpack], { cwd: folder });
  chmodSync(path, 0o755);
  return path;
}

/** Where the libraries that it builds are kept. */
export const zigCache = join(folder, "cache");

/** Runs the compiler. */
export function runZig(parameters: readonly string[], cwd: string, input?: string): void {
  const env = { ZIG_GLOBAL_CACHE_DIR: zigCache };
  command(zig(), parameters, { cwd, env, ...(input !== undefined && { input }) });
}
