/** Builds a driver package: TypeScript in, a component and its transpiled files out. */

import { basename, dirname, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { componentize, type Engine } from "./componentize.ts";
import { replaceFolder, writeFileAtomically } from "./folder.ts";
import { addMetadata } from "./metadata.ts";
import { readPackage } from "./package.ts";
import { engineVersion, toolchain } from "./toolchain.ts";
import { transpileComponent } from "./transpile.ts";
import { checkAgainstWorld, interfaceOf } from "./world.ts";

/** What may differ from what package.json says. */
export interface BuildOptions {
  /** The engine that the driver carries; without it the package's, without that QuickJS. */
  readonly engine?: Engine | undefined;
  /** Where the files go; without it the folder of "busbar.component". */
  readonly outFolder?: string | undefined;
  /** How long the engine may evaluate the driver's module, in milliseconds; a minute by default. */
  readonly evaluationMs?: number | undefined;
  /** How much memory that may take, with the engine's builder, in MiB; 2048 by default. */
  readonly evaluationMiB?: number | undefined;
}

/** What came out of a build. */
export interface BuildSummary {
  /** The package's name. */
  readonly name: string;
  readonly world: string;
  readonly engine: Engine;
  /** The component's absolute path. */
  readonly component: string;
  /** The absolute path of the folder with the transpiled files. */
  readonly folder: string;
  /** The component's size, plain and compressed. */
  readonly bytes: number;
  readonly gzipBytes: number;
  /** Read off the finished component. */
  readonly imports: readonly string[];
  readonly exports: readonly string[];
  /** How long it took, in milliseconds. */
  readonly componentizeMs: number;
  readonly transpileMs: number;
}

/**
 * Builds the package in `folder`: `<name>.wasm`, and `<name>/` with component.js, its core modules and manifest.json.
 *
 * @throws BuildError, for all that the author can mend
 */
export async function buildPackage(folder: string, options: BuildOptions = {}): Promise<BuildSummary> {
  const driver = await readPackage(folder);
  const engine = options.engine ?? driver.manifest.engine ?? "quickjs";
  const started = performance.now();
  const { component: bare, world } = await componentize({
    folder: driver.folder,
    entry: join(driver.folder, driver.manifest.entry),
    world: driver.manifest.world,
    engine,
    evaluationMs: options.evaluationMs,
    evaluationMiB: options.evaluationMiB,
  });
  checkAgainstWorld(bare, world);
  const component = await addMetadata(bare, driver.metadata, [
    engineVersion(engine),
    ["@busbar/build", toolchain["@busbar/build"] ?? ""],
  ]);
  const componentized = performance.now();
  const files = await transpileComponent(component);
  const transpiled = performance.now();

  const file = basename(driver.manifest.component);
  const target =
    options.outFolder === undefined
      ? dirname(join(driver.folder, driver.manifest.component))
      : resolve(options.outFolder);
  const componentPath = join(target, file);
  const transpiledFolder = join(target, basename(file, ".wasm"));
  await replaceFolder(transpiledFolder, files);
  await writeFileAtomically(componentPath, component);
  return {
    name: driver.metadata.name,
    world: world.name,
    engine,
    component: componentPath,
    folder: transpiledFolder,
    bytes: component.length,
    gzipBytes: gzipSync(component).length,
    ...interfaceOf(component),
    componentizeMs: componentized - started,
    transpileMs: transpiled - componentized,
  };
}
