import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { HostError } from "@busbar/host";
import { LONGEST_COMPONENT, readBoundedFile, resolveComponent, UnfitFileError } from "@busbar/host-node";

/** A component on disk. */
export interface ComponentFile {
  /** Its absolute path. */
  readonly path: string;
  /** How a board file in the current folder names it: a package name, or "./lcd.wasm". */
  readonly specifier: string;
  readonly bytes: Uint8Array;
}

/**
 * Reads the component that a person names: a file, a driver package's folder, or an installed package.
 *
 * @throws HostError with code "component"
 */
export function readComponentFile(name: string): ComponentFile {
  const specifier = specifierOf(name);
  const path = resolveComponent(specifier, process.cwd());
  return { path, specifier, bytes: readBytes(path) };
}

/**
 * Reads the component that a board file names.
 *
 * @param folder the board file's
 * @param wired the buses that its entry is wired to
 * @throws HostError with code "component"
 */
export function readComponentOf(specifier: string, folder: string, wired: readonly string[]): Uint8Array {
  return readBytes(resolveComponent(specifier, folder, wired));
}

function readBytes(path: string): Uint8Array {
  try {
    return readBoundedFile(path, LONGEST_COMPONENT);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const what =
      cause instanceof UnfitFileError
        ? `cannot be read: ${message}; name the component that "busbar build" made`
        : code === "ENOENT"
          ? 'does not exist; name another, or build it with "busbar build"'
          : `cannot be read (${code})`;
    throw new HostError("component", `the component ${path} ${what}.`, { cause });
  }
}

/** Unlike a board file, a person may write "lcd.wasm" for a file beside, or name a package by its folder. */
function specifierOf(name: string): string {
  const looksLikePath = name.startsWith(".") || name.startsWith("/") || name.endsWith(".wasm");
  const stats = statSync(name, { throwIfNoEntry: false });
  if (stats?.isDirectory()) return specifierOfFolder(name);
  if (stats === undefined && !looksLikePath) return name;
  return name.startsWith("/") || name.startsWith(".") ? name : `./${name}`;
}

/** The package's name where a board file here would find it by that, else the component's own path. */
function specifierOfFolder(folder: string): string {
  const { name, busbar } = readManifest(join(folder, "package.json"));
  if (typeof busbar?.component !== "string") {
    throw new HostError(
      "component",
      `${folder} is no driver package: it has no package.json with "busbar": { "component" }.`,
    );
  }
  const path = resolve(folder, busbar.component);
  return typeof name === "string" && isFoundAs(name, path) ? name : path;
}

function isFoundAs(name: string, path: string): boolean {
  try {
    return resolveComponent(name, process.cwd()) === path;
  } catch {
    return false;
  }
}

interface DriverManifest {
  readonly name?: unknown;
  readonly busbar?: { readonly component?: unknown };
}

function readManifest(file: string): DriverManifest {
  try {
    return (JSON.parse(readFileSync(file, "utf8")) ?? {}) as DriverManifest;
  } catch {
    return {};
  }
}
