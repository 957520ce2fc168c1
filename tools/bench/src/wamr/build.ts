import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { flattenComponent } from "@busbar/build";
import { cargoIn, workspace } from "../native/build.ts";

const rust = join(workspace, "host/wamr");
const release = join(rust, "target/release");

/** The command. */
export const wamrProgram = join(release, "busbar-wamr");
/** busbar-wamr's examples/measure, which gives figures of it. */
export const wamrMeasureProgram = join(release, "examples/measure");
const compiler = join(release, "busbar-wamr-compile");

/** Builds what is measured for release. @returns whether there is a compiler of machine code, which needs LLVM */
export function buildWamr(): boolean {
  cargoIn(rust, "build", "--release", "--locked", "-p", "busbar-wamr", "--bins", "--examples");
  if (spawnSync(process.env.LLVM_CONFIG ?? "llvm-config-19", ["--version"]).status !== 0) {
    console.log(
      "LLVM 19 is not installed, so nothing is measured with machine code; on Debian install llvm-19-dev and g++.",
    );
    return false;
  }
  cargoIn(rust, "build", "--release", "--locked", "-p", "busbar-wamr-compile");
  return true;
}

/** Puts the flattened form of a component where the command finds it with this XDG_CACHE_HOME. @returns its file */
export function flattenInto(cache: string, component: string): string {
  const bytes = readFileSync(component);
  const digest = createHash("sha256").update(bytes).digest("hex");
  const path = join(makeCache(cache, "flattened"), `${digest}.core.wasm`);
  writeFileSync(path, flattenComponent({ name: basename(component), bytes }));
  return path;
}

/** Makes machine code of a board's drivers, kept where XDG_CACHE_HOME says. */
export function compileWamr(board: string, env: NodeJS.ProcessEnv): void {
  execFileSync(wamrProgram, ["compile", board], { env });
}

/**
 * Keeps in a cache code of a flattened component that nothing ends before it returns, by the name that the command has given in
 * another cache to such that can be ended. An entry is the code, eight bytes, and the SHA-256 of its key and the code (busbar-core's
 * CodeFiles).
 */
export function keepWithoutEndChecks(module: string, cache: string, compiled: string): void {
  const input = readFileSync(module);
  const digest = createHash("sha256").update(input).digest("hex");
  const name = readdirSync(join(compiled, "busbar/wamr")).find((name) => name.startsWith(digest))!;
  const code = execFileSync(compiler, ["--without-end-checks"], { input, maxBuffer: 2 ** 28 });
  const key = name.replace(/\.aot$/, "");
  const seal = createHash("sha256").update(key).update(code).digest();
  const entry = Buffer.concat([code, Buffer.from("busbar\0\x01", "latin1"), seal]);
  writeFileSync(join(makeCache(cache, "wamr"), name), entry, { mode: 0o600 });
}

/** What others could write is no cache. */
function makeCache(cache: string, name: string): string {
  const folder = join(cache, "busbar", name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}
