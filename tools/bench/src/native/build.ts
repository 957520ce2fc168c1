import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** The folder of this checkout. */
export const workspace = join(import.meta.dirname, "../../../..");
const rust = join(workspace, "host/wasmtime");
const release = join(rust, "target/release");
const compiler = join(rust, "target/debug/busbar-wasmtime-compile");

/** The component of a driver's package. */
export function driverOf(name: string): string {
  return join(workspace, `packages/${name}/dist/${name}.wasm`);
}

/** The command. */
export const nativeProgram = join(release, "busbar-wasmtime");
/** busbar-host's examples/measure, which gives figures of it. */
export const measureProgram = join(release, "examples/measure");

/** Builds what is measured for release, which takes minutes the first time, and the compiler where there is none yet. */
export function buildNative(): void {
  cargo("build", "--release", "--locked", "-p", "busbar-wasmtime");
  buildMeasure();
}

/** The same, without the command. */
export function buildMeasure(): void {
  cargo("build", "--release", "--locked", "-p", "busbar-host", "--example", "measure");
  if (!existsSync(compiler)) cargo("build", "--locked", "-p", "busbar-wasmtime-compile");
}

/** Makes machine code of a board's drivers, kept where XDG_CACHE_HOME says. */
export function compileDrivers(board: string, env: NodeJS.ProcessEnv, ...parameters: string[]): void {
  execFileSync(compiler, [board, ...parameters], { env });
}

function cargo(...parameters: string[]): void {
  cargoIn(rust, ...parameters);
}

/** Runs cargo in a workspace of Rust. */
export function cargoIn(folder: string, ...parameters: string[]): void {
  execFileSync("cargo", parameters, { cwd: folder, stdio: "inherit" });
}
