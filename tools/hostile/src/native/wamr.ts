import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { flattenComponent } from "@busbar/build";
import { healthyDriver } from "./board.ts";
import { builtProgram, type NativeHost, type Profile } from "./host.ts";
import { differences } from "./wamr-differences.ts";

/**
 * Finds the host on WAMR, for which components are flattened.
 *
 * @returns undefined where it is not built: `cargo build` in host/wamr
 */
export function wamrHost(profile: Profile): NativeHost | undefined {
  const command = builtProgram("wamr", profile, "busbar-wamr");
  if (command === undefined) return undefined;
  return {
    name: "wamr",
    command,
    differences,
    prepare: async (folder, cache) => {
      await flattenInto(cache, healthyDriver);
      const startMs = performance.now();
      const sentence = await flattenBeside(folder);
      return { sentence, ms: performance.now() - startMs };
    },
  };
}

/** Flattens the case; what becomes no module has none beside it. @returns why it was refused */
async function flattenBeside(folder: string): Promise<string | undefined> {
  const bytes = await readFile(join(folder, "case.wasm"));
  try {
    await writeFile(join(folder, "case.core.wasm"), flattenComponent({ name: "./case.wasm", bytes }));
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

async function flattenInto(cache: string, component: string): Promise<void> {
  const bytes = await readFile(component);
  const folder = join(cache, "busbar/flattened");
  const path = join(folder, `${createHash("sha256").update(bytes).digest("hex")}.core.wasm`);
  if (existsSync(path)) return;
  // What others could write is no cache.
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(path, flattenComponent({ name: component, bytes }));
}
