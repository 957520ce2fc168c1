/**
 * Puts a bundled driver and a JavaScript engine together as a component. Here and in the other files the large tools
 * are imported where they are used: whoever only asks the cache of transpiled components does not wait for them.
 */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withOwnNamespace } from "./asynchronous/names.ts";
import { isAsynchronous, requireAsyncRules } from "./asynchronous/refusals.ts";
import { type Bundle, bundleDriver } from "./bundle.ts";
import type { DriverWorld } from "./driver-world.ts";
import {
  defaultEvaluationMiB,
  defaultEvaluationMs,
  type EngineTask,
  type EvaluationLimit,
  runEngine,
} from "./engine.ts";
import { BuildError } from "./error.ts";
import { bundleFile, explainEvaluation } from "./evaluation.ts";
import { enginePath } from "./micro/engine-path.ts";
import { shortPath } from "./position.ts";
import { stripQuickJs, stripSections } from "./strip/strip.ts";
import { stageWit } from "./wit.ts";
import { emptyComponent, exportName, readWorld, type WorldInterface } from "./world.ts";

/** The JavaScript engines that a driver can carry. */
export const engines = ["quickjs", "starlingmonkey", "micro"] as const;

/**
 * A JavaScript engine: QuickJS is small and starts fast, StarlingMonkey is SpiderMonkey without its compilers, "micro" is
 * MicroQuickJS, for devices with some 100 KiB of memory.
 */
export type Engine = (typeof engines)[number];

/** What `componentize` is given. */
export interface ComponentizeOptions {
  /** The package's folder; absolute. */
  readonly folder: string;
  /** The file with the world's exports; absolute. */
  readonly entry: string;
  /** The world: by its plain name, or what a driver of it is. */
  readonly world: string | DriverWorld;
  /** A folder of wit/shapes; without it the interfaces are as the proposals have them. */
  readonly shape?: string | undefined;
  readonly engine: Engine;
  /** On MicroQuickJS, how much memory the driver begins with, at least, in KiB. */
  readonly memoryKiB?: number | undefined;
  /** How long the engine may evaluate the driver's module, in milliseconds; a minute by default. */
  readonly evaluationMs?: number | undefined;
  /** How much memory that may take, with the engine's builder, in MiB; 2048 by default. */
  readonly evaluationMiB?: number | undefined;
}

/** A component without metadata, and the world it was built for. */
export interface Componentized {
  readonly component: Uint8Array;
  readonly world: WorldInterface;
}

/**
 * Bundles the entry and builds the component.
 *
 * @throws BuildError for what the author has to change
 */
export async function componentize(options: ComponentizeOptions): Promise<Componentized> {
  const { folder: packageFolder, shape } = options;
  await using wit = await stageWit({ world: options.world, packageFolder, shape });
  const world = await readWorld(wit.folder, wit.world);
  requireAsyncRules(world.name, world.signatures, options.engine);
  if (options.engine === "micro") return { component: await buildMicro(options, world, wit.folder), world };
  // Both engines' builders take an import of WASI for one of their own.
  await using standIn = await stageWit({ world: options.world, packageFolder, shape, standIn: true });
  const build = options.engine === "quickjs" ? buildQuickJs : buildStarlingMonkey;
  return { component: await build(options, world, standIn.folder), world };
}

/**
 * For most worlds the synchronous runtime: everything that waits is suspended by the host (JSPI), so the component needs no
 * asynchronous ABI of its own; calls cost the same, and it is 40 KB smaller. The runtime that is optimized for size is
 * a third smaller (1.10 instead of 1.65 MB; 0.46 instead of 0.58 compressed) and saves a fresh process 4 to 8 of 36 to
 * 40 ms, but the driver's own code runs 1.5 times as long in it, for as long as it runs; so it is not taken.
 *
 * For a world that needs it the asynchronous one. What that leaves in a component stays: what takes it out of the others
 * reads components as the host for Node does, which does not know that ABI yet.
 */
async function buildQuickJs(
  options: ComponentizeOptions,
  world: WorldInterface,
  witPath: string,
): Promise<Uint8Array> {
  const sync = !isAsynchronous(world.signatures);
  const component = await evaluate(
    (minify) => bundleFor(options, world, minify),
    ({ code }) => {
      const inputs = { witPath, world: world.name, jsSource: code };
      const task = { engine: "quickjs", options: { ...inputs, stubWasi: true, sync } } as const;
      return runEngine(task, limitOf(options));
    },
    options.folder,
  );
  return sync ? stripQuickJs(component) : withOwnNamespace(component);
}

/** All features off: each of them is an import of a WASI interface that a component has not asked for. */
async function buildStarlingMonkey(
  options: ComponentizeOptions,
  world: WorldInterface,
  witPath: string,
): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "busbar-bundle-"));
  try {
    const sourcePath = join(folder, bundleFile);
    const component = await evaluate(
      (minify) => bundleFor(options, world, minify),
      async ({ code }) => {
        await writeFile(sourcePath, code);
        const inputs = { sourcePath, witPath, worldName: world.name };
        const task: EngineTask = {
          engine: "starlingmonkey",
          options: { ...inputs, disableFeatures: ["stdio", "random", "clocks", "http", "fetch-event"] },
        };
        return await runEngine(task, limitOf(options));
      },
      options.folder,
    );
    return stripSections(component);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The engine is compiled ahead of time, and the driver's script is evaluated in it as it will run (micro/micro.ts). */
async function buildMicro(
  options: ComponentizeOptions,
  world: WorldInterface,
  witPath: string,
): Promise<Uint8Array> {
  const engine = enginePath();
  const { memoryKiB } = options;
  const empty = await emptyComponent(witPath, world.name);
  const { requireMicroRules } = await import("./micro/refusals.ts");
  requireMicroRules(world.name, empty);
  return await evaluate(
    (minify) => bundleFor(options, world, minify),
    ({ code }) =>
      runEngine(
        { engine: "micro", options: { enginePath: engine, world: empty, code, memoryKiB } },
        limitOf(options),
      ),
    options.folder,
  );
}

/**
 * Runs an engine on the bundle. Where that fails it is run again on a bundle that is not minified, because the places
 * in its message are exact only there.
 */
async function evaluate(
  bundleAs: (minify: boolean) => Promise<Bundle>,
  run: (bundle: Bundle) => Promise<Uint8Array>,
  folder: string,
): Promise<Uint8Array> {
  const minified = await bundleAs(true);
  try {
    return await run(minified);
  } catch (error) {
    // It would take as long once more, and say nothing else.
    if (error instanceof BuildError) throw error;
    const plain = await bundleAs(false);
    const precise = await run(plain).then(
      () => error,
      (again: unknown) => again,
    );
    throw await explainEvaluation(precise, plain, folder);
  }
}

function limitOf({ entry, folder, evaluationMs, evaluationMiB }: ComponentizeOptions): EvaluationLimit {
  return {
    evaluationMs: evaluationMs ?? defaultEvaluationMs,
    evaluationMiB: evaluationMiB ?? defaultEvaluationMiB,
    entry: shortPath(entry, folder),
  };
}

async function bundleFor(
  { entry, folder, engine }: ComponentizeOptions,
  world: WorldInterface,
  minify: boolean,
): Promise<Bundle> {
  const bundle = await bundleDriver({ entry, folder, world, engine, minify });
  const missing = world.exports.map(exportName).filter((name) => !bundle.exports.includes(name));
  if (missing.length > 0) {
    const list = missing.map((name) => `"${name}"`).join(" and ");
    throw new BuildError(
      `${shortPath(entry, folder)} does not export ${list}, which world "${world.name}" asks for; ` +
        `add "export const ${missing[0]} = ...".`,
    );
  }
  return bundle;
}
