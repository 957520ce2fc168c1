// The driver packages of this workspace, as their package.json files and wit/ describe them: nothing else lists them.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The folder of the workspace. */
export const root = join(import.meta.dirname, "..");

/** The text of a file. @param path relative to the workspace */
export const read = (path) => readFileSync(join(root, path), "utf8");

/** The worlds of drivers, by name: over which bus, which is what they import that is not Busbar's, for which interface. */
const worlds = new Map(
  [...read("wit/device/worlds.wit").matchAll(/world ([\w-]+) \{([^}]*)\}/g)].flatMap(([, name, text]) => {
    const [, bus] = /import (?!busbar:)[\w-]+:([\w-]+)\//.exec(text) ?? [];
    const [, kind] = /export ([\w-]+);/.exec(text) ?? [];
    return bus === undefined || kind === undefined ? [] : [[name, { bus, kind }]];
  }),
);

/**
 * The driver packages, in the order of their names: what they drive, over which bus, for which interface, and the
 * modules of their models by name.
 */
export const drivers = globSync("packages/*/package.json", { cwd: root })
  .sort()
  .flatMap((path) => {
    const { name, description, busbar = {} } = JSON.parse(read(path));
    const world = worlds.get(busbar.world);
    if (world === undefined) return [];
    const { model = {} } = busbar;
    const short = name.replace(/^.*\//, "");
    const models = typeof model === "string" ? { [short]: model } : model;
    return [{ name, folder: path.replace("/package.json", ""), short, description, ...world, models }];
  });
