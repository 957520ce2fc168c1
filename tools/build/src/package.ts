/** What a driver's package.json says about its build. */

import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { ComponentMetadata } from "@busbar/host";
import { usbFitsSchema } from "@busbar/host/grants";
import * as v from "valibot";
import { engines } from "./componentize.ts";
import { type DriverWorld, namesIn } from "./driver-world.ts";
import { BuildError, messageOf } from "./error.ts";

const text = v.pipe(v.string(), v.minLength(1, "it is empty"));

const component = v.pipe(text, v.endsWith(".wasm", 'it must end in ".wasm"'));

const modelFile = v.pipe(text, v.regex(/^(\.\/)?dist\/.+\.js$/, 'it must be a file such as "dist/model.js"'));

/** What a board file's "simulate" calls a model. */
const modelName = v.pipe(text, v.regex(/^[a-z0-9][a-z0-9-]*$/, 'it must be a name such as "bme280"'));

/** One name or several. @param expected of what is neither @param twice what is wrong with a list that has one of them twice */
const oneOrSeveral = (expected: string, twice: string) =>
  v.union(
    [
      text,
      v.pipe(
        v.array(text),
        v.minLength(1, "it is empty"),
        v.check((list) => new Set(list).size === list.length, twice),
      ),
    ],
    expected,
  );

/** The bus that a driver's part is wired to, or those that it is wired to at once: "i2c", ["i2c", "gpio"]. */
const buses = oneOrSeveral(
  'it must be a bus such as "i2c", or a list such as ["i2c", "gpio"]',
  "it has a bus twice",
);

/** The kind of device that it drives, or those that a bridge exports: "sensor", ["i2c-controller", "gpio-controller"]. */
const kinds = oneOrSeveral(
  'it must be a kind of device such as "sensor", or a list of those that a bridge exports',
  "it has a kind twice",
);

/** The shapes that something new may be built for. */
const shapes = ["transfer-result"] as const;

/** What is built from which file. */
const built = { entry: text, component };

const manifest = v.strictObject({
  /** What its world is composed of: the bus or buses, and the kind of device that it drives. */
  bus: v.optional(buses),
  exports: v.optional(kinds),
  /** A world of its own: of an app, or of what is no driver of one device on one bus. */
  world: v.optional(text),
  ...built,
  /** How component:usb/transfers is declared: a folder of wit/shapes. Drivers of isochronous endpoints need it. */
  shape: v.optional(v.picklist(shapes, `it must be ${shapes.join(" or ")}`)),
  engine: v.optional(v.picklist(engines, `it must be ${engines.join(" or ")}`)),
  /** On MicroQuickJS, how much memory the driver begins with, at least. */
  memoryKiB: v.optional(
    v.pipe(
      v.number("it must be a number"),
      v.integer("it must be whole"),
      v.minValue(64, "it must be 64 or more"),
      v.maxValue(65_536, "it must be 65536 or less"),
    ),
  ),
  streaming: v.optional(v.strictObject({ world: text, ...built })),
  variants: v.optional(v.array(v.strictObject({ bus: buses, ...built }))),
  usb: v.optional(usbFitsSchema),
  /** The module of its device model, which is called as the package is; or those of several, or of another name. */
  model: v.optional(
    v.union(
      [modelFile, v.record(modelName, modelFile)],
      'it must be a file such as "dist/model.js", or files by name',
    ),
  ),
});

/**
 * The part of package.json under "busbar": what is built, from which file, to which file, and which devices it fits; the
 * same driver once more for hosts with the asynchronous ABI, where it sends by itself, and for each further bus, or buses, that its
 * part can be wired to; and its device models.
 */
export type BuildManifest = v.InferOutput<typeof manifest>;

const person = v.union([v.string(), v.object({ name: v.string(), email: v.optional(v.string()) })]);
const repository = v.union([v.string(), v.object({ url: v.string() })]);

const packageJson = v.object({
  name: text,
  version: text,
  description: v.optional(v.string()),
  license: v.optional(v.string()),
  homepage: v.optional(v.string()),
  repository: v.optional(repository),
  author: v.optional(person),
  contributors: v.optional(v.array(person)),
  /** npm writes the commit here when it publishes. */
  gitHead: v.optional(v.string()),
  exports: v.optional(v.fallback(v.object({ "./model": v.optional(modelFile) }), {})),
  busbar: manifest,
});

/** One component of a package. */
export interface PackageComponent {
  /** Where package.json has it: "busbar", "busbar.streaming", "busbar.variants.0". */
  readonly key: string;
  readonly world: string | DriverWorld;
  /** The file with the world's exports, and the one that it is built to; relative to the package. */
  readonly entry: string;
  readonly component: string;
}

/** A driver package: its folder, what to build, and what the component says about itself. */
export interface DriverPackage {
  /** Absolute. */
  readonly folder: string;
  readonly manifest: BuildManifest;
  /** The component itself. */
  readonly main: PackageComponent;
  /** The same driver for hosts with the asynchronous ABI. */
  readonly streaming: PackageComponent | undefined;
  /** The same driver for further buses. */
  readonly variants: readonly PackageComponent[];
  /** The modules of its device models, and the one that it exports as "./model" beside them, as package.json has them. */
  readonly models: readonly string[];
  readonly metadata: ComponentMetadata;
}

/**
 * Reads the package in `folder`.
 *
 * @throws BuildError when package.json is missing, has no "busbar" or a wrong one, or names an entry that is not there
 */
export async function readPackage(folder: string): Promise<DriverPackage> {
  const absolute = resolve(folder);
  const file = join(absolute, "package.json");
  const content = await readJson(file);
  if (typeof content !== "object" || content === null || !("busbar" in content)) {
    throw new BuildError(
      `${file} has no "busbar" entry; add "busbar": { "bus": "i2c", "exports": "sensor", "entry": "src/component.ts", ` +
        '"component": "dist/<name>.wasm" }.',
    );
  }
  const parsed = v.safeParse(packageJson, content);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new BuildError(`${file}: "${v.getDotPath(issue)}" is wrong: ${issue.message}.`);
  }
  const { busbar, ...rest } = parsed.output;
  const parts = componentsOf(file, busbar);
  await requireParts(
    file,
    [parts.main, parts.streaming, ...parts.variants].filter((part) => part !== undefined),
  );
  const models = modelModules(busbar, rest.exports?.["./model"]);
  for (const model of models) await requireEntry(file, modelEntry(model), "busbar.model");
  const people = [...(rest.author === undefined ? [] : [rest.author]), ...(rest.contributors ?? [])];
  return {
    folder: absolute,
    manifest: busbar,
    ...parts,
    models,
    metadata: {
      name: rest.name,
      version: rest.version,
      description: rest.description,
      licenses: rest.license,
      source: sourceUrl(rest.repository ?? (await inheritedRepository(absolute))) ?? rest.homepage,
      authors: people.length === 0 ? undefined : people.map(personText).join(", "),
      revision: rest.gitHead,
    },
  };
}

/** The components that package.json names. @throws BuildError when it does not say what their worlds are */
function componentsOf(
  file: string,
  { bus, exports: kind, world, entry, component, streaming, variants = [] }: BuildManifest,
): Pick<DriverPackage, "main" | "streaming" | "variants"> {
  const wrong = (what: string) => new BuildError(`${file}: "busbar" is wrong: ${what}.`);
  const driver = bus === undefined || kind === undefined ? undefined : { bus, exports: kind };
  if (
    (world === undefined) === (driver === undefined) ||
    (world !== undefined && (bus ?? kind) !== undefined)
  )
    throw wrong('it must have "bus" and "exports", such as "i2c" and "sensor", or a "world" of its own');
  if (driver === undefined && variants.length > 0)
    throw wrong('"variants" are of a driver; write "bus" and "exports" in the place of "world"');
  const wirings = [bus ?? [], ...variants.map((variant) => variant.bus)].map((each) =>
    namesIn(each).toSorted().join('" with "'),
  );
  const twice = wirings.find((each, index) => wirings.indexOf(each) !== index);
  if (twice !== undefined) throw wrong(`it has two components for bus "${twice}"; leave one out`);
  return {
    main: { key: "busbar", world: world ?? driver!, entry, component },
    streaming: streaming && { key: "busbar.streaming", ...streaming },
    variants: variants.map((variant, index) => ({
      key: `busbar.variants.${index}`,
      world: { bus: variant.bus, exports: kind! },
      entry: variant.entry,
      component: variant.component,
    })),
  };
}

/** Checks that the entries are there, and that no two files are called the same: with --out they lie in one folder. */
async function requireParts(file: string, parts: readonly PackageComponent[]): Promise<void> {
  const keys = new Map<string, string>();
  for (const { key, entry, component } of parts) {
    await requireEntry(file, entry, `${key}.entry`);
    const before = keys.get(basename(component));
    if (before !== undefined) {
      throw new BuildError(
        `${file}: "${key}.component" is called as "${before}.component" is; give it another file name.`,
      );
    }
    keys.set(basename(component), key);
  }
}

/**
 * The modules of a package's device models. Where these are several, what programs import as "./model" may be one more: what it
 * imports is not installed either.
 */
function modelModules({ model }: BuildManifest, exported: string | undefined): readonly string[] {
  if (model === undefined) return [];
  const modules = typeof model === "string" ? [model] : Object.values(model);
  const all = exported === undefined ? modules : [...modules, exported];
  return [...new Set(all.map((module) => module.replace(/^\.\//, "")))];
}

/** What a model's module is built from, as tsc has it too: "src/model.ts" for "dist/model.js". */
export function modelEntry(module: string): string {
  return module.replace(/^dist\//, "src/").replace(/\.js$/, ".ts");
}

async function requireEntry(file: string, entry: string, key: string): Promise<void> {
  if ((await stat(join(dirname(file), entry)).catch(() => undefined))?.isFile()) return;
  throw new BuildError(`${file} names the entry "${entry}", which is not there; create it or mend "${key}".`);
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      throw new BuildError(
        `There is no ${file}; run the build in a driver package's folder, or name that folder.`,
      );
    }
    throw new BuildError(`${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/** In a workspace the repository stands once, in the root's package.json. */
async function inheritedRepository(folder: string): Promise<string | { url: string } | undefined> {
  for (let parent = dirname(folder); parent !== dirname(parent); parent = dirname(parent)) {
    const content = await readFile(join(parent, "package.json"), "utf8").catch(() => undefined);
    if (content === undefined) continue;
    const parsed = v.safeParse(v.object({ repository }), JSON.parse(content));
    if (parsed.success) return parsed.output.repository;
  }
  return undefined;
}

/** npm's forms of a repository ("git+https://...git", "github:owner/name", "owner/name") as a plain URL. */
function sourceUrl(repository: string | { url: string } | undefined): string | undefined {
  if (repository === undefined) return undefined;
  const text = typeof repository === "string" ? repository : repository.url;
  const short = /^(?:github:)?([\w.-]+\/[\w.-]+)$/.exec(text)?.[1];
  if (short !== undefined) return `https://github.com/${short}`;
  return text
    .replace(/^git\+/, "")
    .replace(/^git:\/\//, "https://")
    .replace(/\.git$/, "");
}

function personText(each: v.InferOutput<typeof person>): string {
  if (typeof each === "string") return each;
  return each.email === undefined ? each.name : `${each.name} <${each.email}>`;
}
