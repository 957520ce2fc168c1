import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { HostError, type SimulateEntry } from "@busbar/host";

/** "my-sensor/model", "@me/my-sensor/model": a package's name, and one of its exports. */
const PACKAGE_EXPORT = /^(@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*(\/[\w~-][\w.~-]*)*$/;

/**
 * Imports the modules that a board's `simulate` list names as models: a file beside the board file ("./model.ts"), or an
 * export of a package that is installed there ("@me/my-sensor/model"). Names without a slash are the simulator's own.
 *
 * A model runs in this process with all its rights, as any installed npm package does: it is no driver, and nothing is
 * kept from it. So only what lies on this machine is loaded, and nothing by an absolute path or a URL.
 *
 * @param folder the folder of the board file
 * @returns what each exports by default, by the name in the board file
 * @throws HostError with code "board": one sentence that names the model
 */
export async function loadModels(
  entries: readonly SimulateEntry[],
  folder: string,
): Promise<ReadonlyMap<string, unknown>> {
  const names = new Set(entries.map(({ model }) => model).filter((name) => /[/\\:]/.test(name)));
  const models = new Map<string, unknown>();
  for (const name of names) models.set(name, await loadModel(name, folder));
  return models;
}

async function loadModel(name: string, folder: string): Promise<unknown> {
  const file = find(name, folder);
  let module: { default?: unknown };
  try {
    module = (await import(pathToFileURL(file).href)) as { default?: unknown };
  } catch (cause) {
    const [reason] = String(cause instanceof Error ? cause.message : cause).split("\n");
    throw new HostError("board", `the model ${name} cannot be loaded: ${reason}`, { cause });
  }
  if (module.default !== undefined) return module.default;
  throw new HostError(
    "board",
    `the model ${name} has no default export; write "export default defineModel(...)" in it, as @busbar/sim says.`,
  );
}

function find(name: string, folder: string): string {
  if (name.startsWith("./") || name.startsWith("../")) return resolve(folder, name);
  if (!PACKAGE_EXPORT.test(name)) {
    throw new HostError(
      "board",
      `the model ${name} is neither a file beside the board file, such as "./model.ts", nor an export of an installed ` +
        'package, such as "my-sensor/model"; models come from nowhere else.',
    );
  }
  try {
    return createRequire(join(folder, "board.json")).resolve(name);
  } catch (cause) {
    throw new HostError(
      "board",
      `the model ${name} is not installed where the board file is, or its package does not export it; install it there.`,
      { cause },
    );
  }
}
