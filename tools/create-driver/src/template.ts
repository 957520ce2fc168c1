/** From a template to the files of a package. */

import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { CreateError } from "./error.ts";
import { type Kind, templateOf } from "./kinds.ts";
import { type DriverName, identifiers } from "./name.ts";

/** Where the build puts templates, and what stands-alone packages need. */
const dist = join(import.meta.dirname, "../dist");

/** From a template to the root of this workspace. */
const TO_ROOT = "../../../..";

/** The scope of the templates' package names. */
const SCOPE = "@me/";

/** The files of a package by path, with "/" between folders. */
export type Files = ReadonlyMap<string, string>;

/** A package.json, as far as it is read here. */
interface Manifest {
  private?: boolean;
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  [other: string]: unknown;
}

/**
 * The files of a new package.
 *
 * @param inWorkspace whether it is a member of the Busbar workspace
 * @throws CreateError where the name is in use in the template itself
 */
export function filesOf(kind: Kind, name: DriverName, inWorkspace: boolean): Files {
  const texts = readFolder(join(dist, "templates", templateOf(kind)));
  refuseTakenNames(texts, kind, name);
  const files = new Map<string, string>();
  const rename = renamer(kind.placeholder, name);
  for (const [path, text] of texts) {
    const renamed = rename(path);
    if (files.has(renamed)) throw taken(name, `the file ${renamed}`);
    files.set(
      renamed,
      rename(text).replaceAll(`${TO_ROOT}/tsconfig`, `${inWorkspace ? "../.." : "."}/tsconfig`),
    );
  }
  const manifest = JSON.parse(files.get("package.json")!) as Manifest;
  delete manifest.private;
  if (inWorkspace) {
    manifest.scripts.test = manifest.scripts.test!.replace(TO_ROOT, "../..");
  } else {
    standAlone(manifest);
    for (const [path, text] of readFolder(join(dist, "alone"))) {
      if (path !== "versions.json") files.set(path, text);
    }
    files.set(".gitignore", "node_modules/\ndist/\n");
  }
  files.set("package.json", `${JSON.stringify(manifest, null, 2)}\n`);
  return files;
}

/** Real versions instead of the workspace's, and the tools that the workspace's root has. */
function standAlone(manifest: Manifest): void {
  const versions = JSON.parse(readFileSync(join(dist, "alone/versions.json"), "utf8")) as Record<
    string,
    string
  >;
  // All packages of a release have one version.
  const { version } = JSON.parse(readFileSync(join(dist, "../package.json"), "utf8")) as { version: string };
  const tools = Object.fromEntries(
    ["@biomejs/biome", "typescript", "vitest"].map((tool) => [tool, "catalog:"]),
  );
  for (const group of ["dependencies", "devDependencies"] as const) {
    const all = { ...manifest[group], ...(group === "devDependencies" && tools) };
    manifest[group] = Object.fromEntries(
      Object.entries(all)
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([name, range]) => [name, range === "workspace:*" ? `^${version}` : versions[name]!]),
    );
  }
  manifest.scripts.test = "npm run build && vitest run --testTimeout=20000";
  manifest.scripts.lint = "biome check --error-on-warnings";
  manifest.engines = { node: ">=25" };
}

/** Replaces a template's name, in all of its forms. */
function renamer(placeholder: string, name: DriverName): (text: string) => string {
  const { pascal, camel } = identifiers(placeholder);
  const forms = new Map([
    [SCOPE + placeholder, name.full],
    [placeholder, name.short],
    [pascal, name.pascal],
    [camel, name.camel],
  ]);
  const pattern = new RegExp([...forms.keys()].join("|"), "g");
  return (text) => text.replace(pattern, (form) => forms.get(form)!);
}

/** What gets the new name must not hide something else that the template's code uses. */
function refuseTakenNames(texts: Files, { placeholder }: Kind, name: DriverName): void {
  const code = [...texts].filter(([path]) => path.endsWith(".ts")).map(([, text]) => text);
  const words = new Set(code.flatMap((text) => text.match(/[A-Za-z_]\w*/g) ?? []));
  const { pascal, camel } = identifiers(placeholder);
  const named = [...words].filter((word) => word.startsWith(pascal) || word.startsWith(camel));
  const rename = renamer(placeholder, name);
  for (const word of named) {
    const renamed = rename(word);
    const isTaken = words.has(renamed) && !named.includes(renamed);
    if (isTaken || Object.hasOwn(globalThis, renamed)) throw taken(name, `what is ${renamed} already`);
  }
}

function taken({ short, pascal }: DriverName, what: string): CreateError {
  return new CreateError(
    `A driver "${short}" with its class ${pascal} would hide ${what}; choose another name, such as "${short}-driver".`,
  );
}

/** All files below a folder. */
function readFolder(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    paths
      .sort()
      .map((path) => [path.slice(folder.length + 1).replaceAll(sep, "/"), readFileSync(path, "utf8")]),
  );
}
