/** Bundles a driver's TypeScript into the one ES module that an engine evaluates. */

import { readFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { resolve, sep } from "node:path";
import type { Plugin, RolldownError } from "rolldown";
import { isAsynchronous } from "./asynchronous/refusals.ts";
import type { Engine } from "./componentize.ts";
import { requireEngineRules } from "./engine-rules/index.ts";
import { entryModule } from "./entry.ts";
import { BuildError } from "./error.ts";
import { type Position, positionOf, showPosition } from "./position.ts";
import { toStandInName } from "./wit.ts";
import type { WorldInterface } from "./world.ts";

/** An ES module without imports other than those of its world; for MicroQuickJS as CommonJS. */
export interface Bundle {
  /** The module's text. */
  readonly code: string;
  /** Its source map, version 3, as JSON; `sources` are absolute paths. */
  readonly map: string;
  /** The names it exports. */
  readonly exports: readonly string[];
}

/** What `bundleDriver` is given. */
export interface BundleOptions {
  /** The TypeScript or JavaScript file with the world's exports; absolute. */
  readonly entry: string;
  /** Paths in messages are relative to this folder. */
  readonly folder: string;
  /** What the driver may import. */
  readonly world: WorldInterface;
  /** What evaluates the bundle. */
  readonly engine: Engine;
  /** Whether the code is made short. */
  readonly minify: boolean;
}

/** "wasi:i2c/i2c@0.2.0-draft", and not "node:fs/promises". */
const interfaceName = /^(?!node:)[a-z][a-z0-9-]*:[a-z][a-z0-9-]*\/.+/;

/**
 * Bundles the entry and all it imports. Types are stripped, not checked: that is tsc's work.
 *
 * @throws BuildError "path:line:column: what is wrong" and the line, for syntax, for an import that does not resolve,
 *   for one that no sandboxed driver has (Node's modules, an interface that the world does not import), and for what the
 *   engine would get wrong
 */
export async function bundleDriver(options: BundleOptions): Promise<Bundle> {
  const { rolldown } = await import("rolldown");
  const refused: BuildError[] = [];
  try {
    await using build = await rolldown({
      input: entryId,
      cwd: options.folder,
      platform: "neutral",
      plugins: [
        virtualEntry(options),
        importPolicy(options, refused),
        enginePolicy(options, refused),
        ...(options.engine === "micro" ? [downLevelling()] : []),
      ],
      // `using` and other syntax newer than the large engines' own becomes plain code; what the small one has not is more.
      transform: { target: options.engine === "micro" ? "esnext" : "es2022" },
      resolve: { mainFields: ["module", "main"] },
      onLog: () => {},
    });
    const { output } = await build.generate({
      // Makes the sources of the map relative to the package.
      dir: options.folder,
      format: "esm",
      sourcemap: true,
      codeSplitting: false,
      // A component holds the source text of its functions: this takes 4 % off a BME280's (70 KB, 25 KB compressed).
      // Names of classes stay, because messages have them.
      // MicroQuickJS keeps no text, and a minifier would write newer syntax again.
      minify: options.minify && options.engine !== "micro" && { compress: true, mangle: { keepNames: true } },
    });
    const [chunk] = output;
    const map = {
      ...chunk.map,
      sources: chunk.map?.sources.map((source) => resolve(options.folder, source)),
    };
    return { code: chunk.code, map: JSON.stringify(map), exports: chunk.exports };
  } catch (error) {
    throw refused[0] ?? (await readableError(error, options.folder));
  }
}

/** The bundle begins with this module, which is in no file. */
const entryId = "busbar:entry";

function virtualEntry({ world, entry }: BundleOptions): Plugin {
  return {
    name: "busbar-entry",
    resolveId: (source) => (source === entryId ? `\0${entryId}` : null),
    load: (id) => (id === `\0${entryId}` ? entryModule(world, entry) : null),
  };
}

/** Decides what an import may be. An error goes to `refused` too, because rolldown keeps only its text. */
function importPolicy({ world, folder }: BundleOptions, refused: BuildError[]): Plugin {
  const granted = new Set(world.imports);
  const refuse = async (text: string, source: string, importer: string | undefined): Promise<never> => {
    const error = await importError(text, source, importer, folder);
    refused.push(error);
    throw error;
  };
  return {
    name: "busbar-imports",
    async resolveId(source, importer, extra) {
      if (extra.isEntry) return null;
      if (interfaceName.test(source)) {
        if (granted.has(source)) return { id: toStandInName(source), external: true };
        const versioned = world.imports.find((name) => name.replace(/@.*/, "") === source);
        const list = world.imports.length === 0 ? "nothing" : world.imports.join(", ");
        const advice = versioned === undefined ? `it imports ${list}` : `write "${versioned}"`;
        return refuse(`world "${world.name}" does not import "${source}"; ${advice}`, source, importer);
      }
      const found = await this.resolve(source, importer, { ...extra, skipSelf: true });
      if (found !== null && found.external === false) return found;
      if (isBuiltin(source)) {
        return refuse(
          `a driver runs in a sandbox that has no Node module "${source}"; use what its world imports instead`,
          source,
          importer,
        );
      }
      const advice = source.startsWith(".") ? "check the path" : "add it to the package's dependencies";
      return refuse(`cannot find "${source}"; ${advice}`, source, importer);
    },
  };
}

/**
 * Looks at the author's own files as they are written. What a library has in it need not be used; whoever uses it finds out in
 * a test.
 */
function enginePolicy({ engine, folder, world }: BundleOptions, refused: BuildError[]): Plugin {
  const awaits = isAsynchronous(world.signatures);
  return {
    name: "busbar-engine-rules",
    transform: {
      filter: { id: { include: /\.m?[jt]s$/, exclude: /[\\/]node_modules[\\/]/ } },
      handler(code, id) {
        // A package that lies beside this one is a library as well.
        if (!id.startsWith(folder + sep)) return;
        try {
          requireEngineRules(id, code, engine, folder, awaits);
        } catch (error) {
          // Syntax that the parser does not know is told by the bundler.
          if (!(error instanceof BuildError)) return;
          refused.push(error);
          throw error;
        }
      },
    },
  };
}

/** The whole bundle becomes ES5, with `require` and `exports` for what it imports and exports. */
function downLevelling(): Plugin {
  return {
    name: "busbar-down-level",
    async renderChunk(code) {
      const { downLevel } = await import("./micro/down-level.ts");
      return downLevel(code);
    },
  };
}

async function importError(
  text: string,
  source: string,
  importer: string | undefined,
  folder: string,
): Promise<BuildError> {
  if (importer === undefined) return new BuildError(text);
  const code = await readFile(importer, "utf8").catch(() => "");
  const quoted = new RegExp(
    `(?:from|import|require)\\s*\\(?\\s*(["'])${source.replace(/[^\w\s]/g, "\\$&")}\\1`,
  );
  const match = quoted.exec(code);
  const offset = match === null ? 0 : match.index + match[0].length - source.length - 2;
  return new BuildError(showPosition(text, positionOf(importer, code, offset), code, folder));
}

/** Turns what rolldown throws into "path:line:column: text" and the line. */
async function readableError(error: unknown, folder: string): Promise<BuildError> {
  const all = (error as { errors?: RolldownError[] }).errors ?? [];
  const texts = await Promise.all(all.slice(0, 5).map((each) => describe(each, folder)));
  if (texts.length === 0) texts.push(error instanceof Error ? error.message : String(error));
  return new BuildError(texts.join("\n\n"), { cause: error });
}

async function describe(error: RolldownError, folder: string): Promise<string> {
  // The first line is "[CODE] text"; rolldown's drawing follows, which repeats the position.
  const text = (error.message.split("\n")[0] ?? "").replace(/^\[[A-Z_]+\]\s*/, "");
  const file = error.loc?.file;
  if (file === undefined || error.loc === undefined) return text;
  const code = await readFile(file, "utf8").catch(() => "");
  const position: Position = { file, line: error.loc.line, column: error.loc.column + 1 };
  return showPosition(text.replaceAll(`${folder}/`, ""), position, code, folder);
}
