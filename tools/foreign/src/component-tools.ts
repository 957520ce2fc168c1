import { existsSync } from "node:fs";
import { join } from "node:path";
import { command } from "./command.ts";
import { cache } from "./places.ts";

const target = join(cache, "cargo/component-tools");
const executable = join(target, "release/component-tools");

function run(...parameters: readonly string[]): void {
  if (!existsSync(executable)) {
    const manifest = join(import.meta.dirname, "../component-tools/Cargo.toml");
    command("cargo", ["build", "--release", "--manifest-path", manifest], {
      env: { CARGO_TARGET_DIR: target },
    });
  }
  command(executable, parameters);
}

/** Writes wit-bindgen's C of the one world in a folder of WIT. */
export function writeBindings(wit: string, folder: string): void {
  run("c-bindings", wit, folder);
}

/** Makes a component of a core module for WASI 0.1: of a program, or of a library. */
export function makeComponent(kind: "command" | "reactor", module: string, component: string): void {
  run("component", kind, module, component);
}
