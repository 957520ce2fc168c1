import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { BuildError, buildPackage, flattenComponent } from "@busbar/build";

/**
 * Builds a driver of packages/ with the engine "micro" and flattens it, for the tests of the microcontroller: as
 * `folder`/`name`.core.wasm. Where that engine was not compiled it says so, or gives the sentence where it is required.
 */
export async function buildMicro(name, folder) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    await buildPackage(resolve("../../packages", name), { engine: "micro", outFolder: resolve(folder) });
  } catch (cause) {
    if (!(cause instanceof BuildError)) throw cause;
    if (process.env.BUSBAR_NATIVE === "required") return cause.message;
    console.log(cause.message);
    return undefined;
  }
  const bytes = await readFile(join(folder, `${name}.wasm`));
  await writeFile(join(folder, `${name}.core.wasm`), flattenComponent({ name: `${name}.wasm`, bytes }));
  return undefined;
}
