import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { BuildError, buildPackage, flattenComponent } from "@busbar/build";
import { flattenInto } from "./flatten.mjs";

/**
 * Builds a driver of packages/ on MicroQuickJS and flattens it: as `name`.core.wasm in `folder`, and into a cache.
 *
 * @returns why that cannot be done here: its engine was not compiled
 */
export async function buildMicro(name, folder, cache) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    await buildPackage(resolve("../../packages", name), { engine: "micro", outFolder: resolve(folder) });
  } catch (cause) {
    if (!(cause instanceof BuildError)) throw cause;
    return cause.message;
  }
  const component = join(folder, `${name}.wasm`);
  await flattenInto([cache], [component]);
  const bytes = await readFile(component);
  await writeFile(join(folder, `${name}.core.wasm`), flattenComponent({ name: `${name}.wasm`, bytes }));
  return undefined;
}
