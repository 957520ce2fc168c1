import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { HostError } from "@busbar/host";
import { componentOfPackage } from "./package-component.ts";

/**
 * Finds the component file that a board file names.
 *
 * @param specifier a file ("./lcd.wasm", relative to the board file) or the name of an installed package, whose
 *   package.json says `"busbar": { "component": "dist/bme280.wasm" }`
 * @param folder the folder of the board file
 * @param wired the buses that the entry of the board is wired to: of a package with components for several, one of these is meant
 * @throws HostError with code "component"
 */
export function resolveComponent(specifier: string, folder: string, wired: readonly string[] = []): string {
  if (isFile(specifier)) return resolve(folder, specifier);
  if (isInRegistry(specifier)) {
    throw new HostError(
      "component",
      `${specifier} is in a registry, where there is no file to look at; run "busbar pull ${specifier} --out FILE" and name that file.`,
    );
  }
  if (specifier.endsWith(".wasm")) {
    throw new HostError(
      "component",
      `${specifier}: write "./${specifier}" to name a file beside the board file.`,
    );
  }
  const manifest = findManifest(specifier, folder);
  const { busbar } = JSON.parse(readFileSync(manifest, "utf8")) as { busbar?: unknown };
  return join(dirname(manifest), componentOfPackage(specifier, busbar, wired));
}

/** Whether a board file's specifier is a path. */
export function isFile(specifier: string): boolean {
  return isAbsolute(specifier) || specifier.startsWith("./") || specifier.startsWith("../");
}

/** Whether a board file's specifier names a component in an OCI registry, which takes more than looking at files. */
export function isInRegistry(specifier: string): boolean {
  return specifier.startsWith("oci://");
}

/**
 * The package.json of an installed package, which says which component it is.
 *
 * @throws HostError with code "component" when it is not installed
 */
export function findManifest(name: string, folder: string): string {
  try {
    return createRequire(join(folder, "board.json")).resolve(`${name}/package.json`);
  } catch (cause) {
    throw new HostError(
      "component",
      `the driver ${name} is not installed where the board file is; run "npm install ${name}" there.`,
      { cause },
    );
  }
}
