/** The JavaScript and the native parts that a bundle runs on: the installed packages, less what this board does not need. */

import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { HostError } from "@busbar/host";
import { nativePackages } from "@busbar/host-node";

/** For which machines a bundle can be made; those that `koffi` and `usb` have glibc and musl binaries for, and Node runs on. */
export const platforms = ["linux-x64", "linux-arm64"] as const;

/** A machine that a bundle is for: operating system and processor as Node names them. */
export type BundlePlatform = (typeof platforms)[number];

/** What a board takes of the machine. */
export interface RuntimeNeeds {
  readonly platform: BundlePlatform;
  /** The packages with native code that its buses take. */
  readonly native: ReadonlySet<string>;
  readonly simulator: boolean;
}

/** An installed package. */
interface Package {
  readonly name: string;
  readonly folder: string;
  readonly version: string;
  readonly dependencies: readonly string[];
}

/** What is run or read when it is run; not types, source maps, documentation and C code. */
const runtimeFile = /\.(?:js|cjs|mjs|json|node)$|^licen[cs]e(?:\.\w+)?$/i;

/** Kept out: smaller copies of the same, and what only authors use. */
const superfluousFile = /\.min\.|\.d\.|^tsconfig|\.map$/;
/** Of a package of this workspace, what is published; of an installed one that is all there is. */
const publishedFolder = /^(?:dist|bin)$/;
const superfluousFolder = /^(?:\.|test|tests|doc|docs|example|examples|node_modules$)/;

/**
 * The packages of the command itself, of whatever it needs for such a board.
 *
 * @param from the folder of the package `busbar`
 * @returns the contents of each file, by its path in the bundle: "node_modules/..."
 * @throws HostError with code "component" where the native part for another machine is not installed
 */
export function collectRuntime(from: string, needs: RuntimeNeeds): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const placed = new Map<string, string>();
  const place = (each: Package, at: string) => {
    placed.set(at, each.folder);
    addFiles(files, each, at, needs);
    for (const name of each.dependencies.filter((dependency) => isNeeded(dependency, needs))) {
      const dependency = find(name, each.folder);
      if (dependency === undefined) {
        if (name.startsWith("@koromix/")) throw missingNative(each, name);
        continue;
      }
      if (findPlaced(placed, at, name) === dependency.folder) continue;
      // Beside the others, or, where another version is there, below who needs it.
      const beside = `node_modules/${name}`;
      place(dependency, placed.has(beside) ? `${at}/node_modules/${name}` : beside);
    }
  };
  place(readPackage(from), "node_modules/busbar");
  return files;
}

/** What is left out: the parts of busbar that no bundle has, types, what only builds, and other machines' binaries. */
function isNeeded(name: string, { platform, native, simulator }: RuntimeNeeds): boolean {
  if (nativePackages.has(name)) return native.has(name);
  if (name === "@busbar/sim") return simulator;
  // Compiled for one version of Node on one machine, for adapters that know nothing but SMBus.
  if (name === "i2c-bus" || name === "node-addon-api") return false;
  if (name.startsWith("@koromix/")) return name === `@koromix/koffi-${platform}`;
  return (
    !["@busbar/build", "@busbar/create-driver", "@busbar/registry"].includes(name) &&
    !name.startsWith("@types/")
  );
}

/** Where Node would find a package from a place in the bundle: the folder that was copied there. */
function findPlaced(placed: ReadonlyMap<string, string>, at: string, name: string): string | undefined {
  const parts = at.split("/node_modules/");
  for (let length = parts.length; length >= 0; length -= 1) {
    const above = parts.slice(0, length).join("/node_modules/");
    const found = placed.get(above === "" ? `node_modules/${name}` : `${above}/node_modules/${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function find(name: string, folder: string): Package | undefined {
  try {
    const manifest = findPackageJSON(name, pathToFileURL(join(folder, "package.json")));
    return manifest === undefined ? undefined : readPackage(realpathSync(dirname(manifest)));
  } catch {
    return undefined;
  }
}

function readPackage(folder: string): Package {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    name: string;
    version: string;
    dependencies?: object;
    optionalDependencies?: object;
  };
  const dependencies = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }).sort();
  return { name: manifest.name, version: manifest.version, folder, dependencies };
}

/** The native parts of koffi have its version. */
function missingNative({ version }: Package, name: string): HostError {
  return new HostError(
    "component",
    `the native part ${name} is not installed here; run "npm install --no-save --force ${name}@${version}" where busbar is installed.`,
  );
}

function addFiles(
  files: Map<string, Uint8Array>,
  { name, folder }: Package,
  at: string,
  { platform }: RuntimeNeeds,
): void {
  const isOwn = name === "busbar" || name.startsWith("@busbar/");
  const walk = (inside: string) => {
    for (const entry of readdirSync(join(folder, inside), { withFileTypes: true })) {
      const path = inside === "" ? entry.name : `${inside}/${entry.name}`;
      if (entry.isDirectory()) {
        if (superfluousFolder.test(entry.name)) continue;
        if (isOwn && inside === "" && !publishedFolder.test(entry.name)) continue;
        if (name === "usb" && inside === "prebuilds" && entry.name !== platform) continue;
        walk(path);
      } else if (runtimeFile.test(entry.name) && !superfluousFile.test(entry.name)) {
        files.set(`${at}/${path}`, contentsOf(join(folder, path)));
      }
    }
  };
  walk("");
}

/** What a package.json says to Node; the rest is for who installs or publishes it. */
const manifestKeys = ["name", "version", "type", "main", "exports", "license", "cnoke"] as const;

function contentsOf(path: string): Uint8Array {
  const bytes = readFileSync(path);
  if (/\.[cm]?js$/.test(path)) {
    // The map is left out, and a debugger would look for it.
    return new TextEncoder().encode(bytes.toString("utf8").replace(/^\/\/# sourceMappingURL=.*$\n?/m, ""));
  }
  if (basename(path) !== "package.json") return bytes;
  const manifest = JSON.parse(bytes.toString("utf8")) as Record<string, unknown>;
  const kept = Object.fromEntries(manifestKeys.map((key) => [key, manifest[key]]));
  return new TextEncoder().encode(`${JSON.stringify(kept, null, 2)}\n`);
}
