import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type AnyBoard, entriesOf, HostError } from "@busbar/host";
import { isFile } from "./components/resolve.ts";
import { type InstalledPackage, installedPackages } from "./installed-packages.ts";

/** "my-sensor/model", "@me/my-sensor/model": a package's name, and one of its exports. */
const PACKAGE_EXPORT = /^(@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*(\/[\w~-][\w.~-]*)*$/;

/** What is looked at of a board: what it simulates, and the drivers that it names. */
export type SimulatingBoard = Pick<AnyBoard, "simulate"> & Partial<Pick<AnyBoard, "bridges" | "devices">>;

/**
 * Imports the models that a board's `simulate` list names:
 *
 * - "bme280": the model of that name which an installed package has, as `"busbar": { "model" }` of its package.json says. It is
 *   looked for where a driver's package is, then from the driver files that the board names, and then where this host is
 *   installed; the nearest is meant
 * - "@busbar/bme280": the one model of that package
 * - "./model.ts": a file beside the board file
 * - "@me/my-sensor/model": an export of an installed package
 *
 * A name that is nothing of that is left to the simulator, which has models of its own.
 *
 * A model runs in this process with all its rights, as any installed npm package does: it is no driver, and nothing is
 * kept from it. So only what lies on this machine is loaded, and nothing by an absolute path or a URL.
 *
 * @param folder the folder of the board file
 * @param top the last folder in which packages are looked for; the root of the file system where left out
 * @returns what each exports by default, by the name in the board file
 * @throws HostError with code "board": one sentence that names the model
 */
export async function loadModels(
  board: SimulatingBoard,
  folder: string,
  top?: string,
): Promise<ReadonlyMap<string, unknown>> {
  return importModels(findModels(board, folder, top));
}

/** Imports models that were found. @returns what each exports by default, by the name in the board file @throws HostError likewise */
export async function importModels(
  found: ReadonlyMap<string, ModelFile>,
): Promise<ReadonlyMap<string, unknown>> {
  const models = new Map<string, unknown>();
  for (const [name, { file }] of found) models.set(name, await loadModel(name, file));
  return models;
}

/** Where a model is. */
export interface ModelFile {
  /** The module that exports it; absolute. */
  readonly file: string;
  /** The package.json that says so; undefined where the board file does. */
  readonly manifest: string | undefined;
}

/** Finds what {@link loadModels} imports, by the name in the board file. @throws HostError likewise */
export function findModels(
  board: SimulatingBoard,
  folder: string,
  top?: string,
): ReadonlyMap<string, ModelFile> {
  const files = new Map<string, ModelFile>();
  const places = placesOf(board, folder, top);
  for (const name of new Set(board.simulate.map(({ model }) => model))) {
    const found = findModel(name, places);
    if (found !== undefined) files.set(name, found);
  }
  return files;
}

/** A model of an installed package. */
export interface InstalledModel {
  /** What a board file may call it: "bme280". */
  readonly name: string;
  /** The name of the package. */
  readonly package: string;
  /** Where the package is, absolute. */
  readonly folder: string;
  /** The module that exports it, relative to that folder. */
  readonly module: string;
}

/**
 * The model of an installed package that a board file means by `name`; undefined where no package has it.
 *
 * @param name of a package with one model, or of a model
 * @param board whose driver files are places to look from as well
 * @param folder the folder of the board file
 * @param top the last folder in which packages are looked for; the root of the file system where left out
 * @throws HostError with code "board" where several packages of the nearest place have a model of that name, and where the
 *   package has several models
 */
export function findInstalledModel(
  name: string,
  board: SimulatingBoard,
  folder: string,
  top?: string,
): InstalledModel | undefined {
  return findInstalled(name, placesOf(board, folder, top));
}

/** Where the models of a board are looked for. */
interface Places {
  /** The board file's. */
  readonly folder: string;
  /** The folders from which installed packages are looked for, in this order. */
  readonly starts: readonly string[];
  readonly top: string | undefined;
  /** What was found there for the names before. */
  readonly read: Map<string, readonly InstalledPackage[]>;
}

function placesOf(board: SimulatingBoard, folder: string, top?: string): Places {
  const drivers = driverFiles(board, folder).map(({ file }) => dirname(file));
  // With a top, everything is below it.
  const own = top === undefined ? [import.meta.dirname] : [];
  return { folder, starts: [...new Set([resolve(folder), ...drivers, ...own])], top, read: new Map() };
}

function findInstalled(name: string, { starts, top, read }: Places): InstalledModel | undefined {
  for (const from of starts) {
    for (const place of installedPackages(from, top, read)) {
      const found = findInPlace(name, place);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** The driver files that a board names, absolute, beside how it names them. */
export function driverFiles(
  { bridges = {}, devices = {} }: SimulatingBoard,
  folder: string,
): { readonly driver: string; readonly file: string }[] {
  return entriesOf({ bridges, devices }).flatMap(({ entry: { driver } }) =>
    driver !== undefined && isFile(driver) ? [{ driver, file: resolve(folder, driver) }] : [],
  );
}

function findInPlace(name: string, place: readonly InstalledPackage[]): InstalledModel | undefined {
  const ofPackage = place.flatMap((each) => (each.name === name ? modelsOf(each) : []));
  if (ofPackage.length > 1) {
    const names = ofPackage.map((each) => each.name).join(", ");
    throw new HostError("board", `the package ${name} has several models; name one of ${names}.`);
  }
  return ofPackage[0] ?? onlyOne(name, place.flatMap(modelsOf));
}

function onlyOne(name: string, models: readonly InstalledModel[]): InstalledModel | undefined {
  const found = models.filter((each) => each.name === name);
  if (found.length < 2) return found[0];
  const names = found.map((each) => each.package).join(" and ");
  throw new HostError(
    "board",
    `the packages ${names} both have a model ${name}; write the name of the one that is meant.`,
  );
}

/** The models that a package.json names: a module for one that is called as the package is, or modules by name. */
function modelsOf({ name, folder, busbar }: InstalledPackage): InstalledModel[] {
  const { model } = (busbar ?? {}) as { model?: unknown };
  const modules = typeof model === "string" ? { [name.replace(/^.*\//, "")]: model } : (model ?? {});
  return Object.entries(modules).flatMap(([each, module]) =>
    typeof module === "string" ? [{ name: each, package: name, folder, module }] : [],
  );
}

async function loadModel(name: string, file: string): Promise<unknown> {
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
    `the model ${name} has no default export; write "export default defineModel(...)" in it, as @busbar/model says.`,
  );
}

function findModel(name: string, places: Places): ModelFile | undefined {
  const { folder } = places;
  if (name.startsWith("./") || name.startsWith("../")) {
    return { file: resolve(folder, name), manifest: undefined };
  }
  const installed = findInstalled(name, places);
  if (installed !== undefined) {
    return {
      file: join(installed.folder, installed.module),
      manifest: join(installed.folder, "package.json"),
    };
  }
  if (!/[/\\:]/.test(name)) return undefined;
  if (!PACKAGE_EXPORT.test(name)) {
    throw new HostError(
      "board",
      `the model ${name} is neither a file beside the board file, such as "./model.ts", nor an export of an installed ` +
        'package, such as "my-sensor/model"; models come from nowhere else.',
    );
  }
  try {
    return { file: createRequire(join(folder, "board.json")).resolve(name), manifest: undefined };
  } catch (cause) {
    throw new HostError(
      "board",
      `the model ${name} is not installed where the board file is, or its package does not export it; install it there.`,
      { cause },
    );
  }
}
