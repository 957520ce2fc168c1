import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { flattenComponent } from "@busbar/build";
import { healthyName } from "./board.ts";
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
    command,
    differences,
    prepare: async (folder) => {
      await flattenBeside(folder, healthyName);
      const startMs = performance.now();
      const refused = await flattenBeside(folder, "case").then(
        () => undefined,
        (error: Error) => error.message,
      );
      return { refused, ms: performance.now() - startMs };
    },
  };
}

/** Flattens a component of a folder. @throws BuildError where it cannot be */
async function flattenBeside(folder: string, name: string): Promise<void> {
  const bytes = await readFile(join(folder, `${name}.wasm`));
  await writeFile(join(folder, `${name}.core.wasm`), flattenComponent({ name: `./${name}.wasm`, bytes }));
}
