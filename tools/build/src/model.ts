/** Builds a driver package's device models: TypeScript in, one module each that needs nothing else. */

import { join } from "node:path";
import { BuildError, messageOf } from "./error.ts";
import { writeFileAtomically } from "./folder.ts";
import { type DriverPackage, modelEntry } from "./package.ts";

/**
 * Builds the modules of a package's device models. What a model imports is put into its module: a package that is installed for
 * its driver brings no other for the sake of a simulation, and the model is found from wherever the package is.
 *
 * @throws BuildError where rolldown cannot: syntax, an import that is not there
 */
export async function buildModels({
  folder,
  models,
}: Pick<DriverPackage, "folder" | "models">): Promise<void> {
  for (const module of models) {
    const { code, map } = await bundleModel(folder, module);
    await writeFileAtomically(join(folder, `${module}.map`), map);
    await writeFileAtomically(join(folder, module), code);
  }
}

async function bundleModel(
  folder: string,
  module: string,
): Promise<{ readonly code: string; readonly map: string }> {
  const entry = modelEntry(module);
  const { rolldown } = await import("rolldown");
  const missing: string[] = [];
  try {
    await using build = await rolldown({
      input: join(folder, entry),
      cwd: folder,
      platform: "neutral",
      external: /^node:/,
      // As for a driver, and for the same hosts.
      transform: { target: "es2022" },
      resolve: { mainFields: ["module", "main"] },
      // It would stay an import, of something that is not there.
      onLog: (_, { code, message }) => void (code === "UNRESOLVED_IMPORT" && missing.push(message)),
    });
    const { output } = await build.generate({
      file: join(folder, module),
      format: "esm",
      sourcemap: true,
      codeSplitting: false,
    });
    if (missing[0] !== undefined) throw new Error(missing[0]);
    const [{ code, map }] = output;
    return { code, map: JSON.stringify(map) };
  } catch (cause) {
    throw new BuildError(`${entry} cannot be built: ${messageOf(cause)}`, { cause });
  }
}
