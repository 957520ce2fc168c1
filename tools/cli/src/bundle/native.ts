/** Machine code for `busbar-wasmtime`, as an option of a bundle: made by a compiler that is no part of this command. */

import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HostError } from "@busbar/host";
import { bundleLockName, type NativeCode } from "@busbar/host-node";
import type { BundlePlatform } from "./runtime.ts";

const compiler = "busbar-wasmtime-compile";

/** The machine that a compiler makes code for. */
const targets: Readonly<Record<BundlePlatform, string>> = {
  "linux-x64": "x86_64-unknown-linux-gnu",
  "linux-arm64": "aarch64-unknown-linux-gnu",
};

/** The machine code of a board, as a bundle has it. */
export interface NativeFiles {
  /** By the engine's settings: what a lock has as "native". */
  readonly native: Readonly<Record<string, Readonly<Record<string, NativeCode>>>>;
  /** The contents of each file, by its path in the bundle. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * Makes machine code of a board whose components are files beside it, as in a bundle.
 *
 * @param path the board file
 * @param packages the folder from which the package of device models is found, where the board simulates chips
 * @throws HostError where no compiler is installed, and what it says
 */
export function compileNative(path: string, packages: string, platform: BundlePlatform): NativeFiles {
  const folder = mkdtempSync(join(tmpdir(), "busbar-native-"));
  try {
    const out = join(folder, "made");
    const options = ["--out", out, "--packages", packages, "--target", targets[platform]];
    requireMade(spawnSync(compiler, [path, ...options], { encoding: "utf8" }));
    const lock = JSON.parse(readFileSync(join(out, bundleLockName), "utf8")) as Pick<NativeFiles, "native">;
    const files = new Map<string, Uint8Array>();
    for (const { code } of Object.values(lock.native).flatMap((each) => Object.values(each))) {
      files.set(code, readFileSync(join(out, code)));
    }
    return { native: lock.native, files };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function requireMade({ error, status, signal, stderr }: SpawnSyncReturns<string>): void {
  if (status === 0) return;
  if (error !== undefined) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "is not installed here" : `cannot be started (${code})`;
    throw new HostError(
      "backend",
      `${compiler}, which makes the code for --native, ${why}; build it with "cargo build --release" in host/wasmtime and put ` +
        "it into PATH, or leave --native out.",
    );
  }
  const sentence = /^busbar: (.*)$/m.exec(stderr)?.[1];
  throw new HostError("component", sentence ?? `${compiler} ended with ${status ?? signal}; try again.`);
}
