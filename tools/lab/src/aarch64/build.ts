import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { LabError } from "../error.ts";
import { findProgram } from "../requirements.ts";

/** The name that Rust and Wasmtime have for the machine. */
const TARGET = "aarch64-unknown-linux-gnu";

/** What makes and runs programs for aarch64, and the Debian package that has it. */
const PROGRAMS = {
  "aarch64-linux-gnu-gcc": "gcc-aarch64-linux-gnu",
  "qemu-system-aarch64": "qemu-system-arm",
} as const;

/** @throws LabError that names what is missing, with the command that installs it */
export function requirePrograms(): void {
  const missing = Object.entries(PROGRAMS).filter(([program]) => findProgram(program) === undefined);
  if (missing.length > 0) {
    const packages = missing.map(([, name]) => name).join(" ");
    throw new LabError(
      `The aarch64 machine needs packages that are not installed; run: sudo apt-get install ${packages} libc6-dev-arm64-cross`,
    );
  }
  if (findProgram("cargo") === undefined) {
    throw new LabError(
      `cargo is not installed; get it from https://rustup.rs, and run: rustup target add ${TARGET}`,
    );
  }
}

/**
 * Builds the command of the native host for aarch64.
 *
 * @param host host/wasmtime
 * @returns its file
 * @throws LabError where cargo fails, which has said why
 */
export function buildCommand(host: string): string {
  const parameters = ["build", "--release", "--locked", "-p", "busbar-wasmtime", "--target", TARGET];
  const env = { ...process.env, CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER: "aarch64-linux-gnu-gcc" };
  attempt("cargo", parameters, { cwd: host, env }, `run "rustup target add ${TARGET}" where it says so`);
  return join(host, "target", TARGET, "release/busbar-wasmtime");
}

/**
 * Makes a bundle of a board for aarch64, on this machine.
 *
 * @param out the folder to make
 * @throws LabError where that fails, which has been said
 */
export function buildBundle(host: string, board: string, out: string): void {
  // In a folder of its own, so that the compiler that was built for this machine alone stays what it is.
  const target = join(host, "target/all-targets");
  const parameters = ["build", "--locked", "-p", "busbar-wasmtime-compile", "--features", "all-targets"];
  attempt("cargo", [...parameters, "--target-dir", target], { cwd: host }, "see above");
  const compiler = join(target, "debug/busbar-wasmtime-compile");
  attempt(compiler, [board, "--target", TARGET, "--out", out], {}, "see above");
}

function attempt(
  program: string,
  parameters: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv },
  hint: string,
): void {
  try {
    execFileSync(program, parameters, { ...options, stdio: "inherit" });
  } catch (cause) {
    throw new LabError(`${program} ${parameters.join(" ")} failed; ${hint}.`, { cause });
  }
}
