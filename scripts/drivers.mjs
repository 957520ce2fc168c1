// The driver packages of this workspace, as their package.json files describe them: nothing else lists them.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The folder of the workspace. */
export const root = join(import.meta.dirname, "..");

/** The text of a file. @param path relative to the workspace */
export const read = (path) => readFileSync(join(root, path), "utf8");

/**
 * The driver packages, in the order of their names: what they drive, over which buses, for which interfaces, and the
 * modules of their models by name.
 */
export const drivers = globSync("packages/*/package.json", { cwd: root })
  .sort()
  .flatMap((path) => {
    const { name, description, busbar = {} } = JSON.parse(read(path));
    const { bus, exports: kind, variants = [], model = {} } = busbar;
    if (bus === undefined) return [];
    const buses = [bus, ...variants.map((variant) => variant.bus)].flat();
    const short = name.replace(/^.*\//, "");
    const models = typeof model === "string" ? { [short]: model } : model;
    return [
      {
        name,
        folder: path.replace("/package.json", ""),
        short,
        description,
        buses: [...new Set(buses)],
        kinds: [kind].flat(),
        models,
      },
    ];
  });
