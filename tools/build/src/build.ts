/** Builds a driver package: TypeScript in, a component out. */

import { basename, dirname, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { componentize, type Engine } from "./componentize.ts";
import { writeFileAtomically } from "./folder.ts";
import { addMetadata } from "./metadata.ts";
import { readPackage } from "./package.ts";
import { engineVersion, toolchain } from "./toolchain.ts";
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
  /** The component's size, plain and compressed. */
  readonly bytes: number;
  readonly gzipBytes: number;
  /** Read off the finished component. */
  readonly imports: readonly string[];
  readonly exports: readonly string[];
  /** How long it took, in milliseconds. */
  readonly buildMs: number;
}

/**
 * Builds the package in `folder`: `<name>.wasm`.
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
    shape: driver.manifest.shape,
    engine,
    evaluationMs: options.evaluationMs,
    evaluationMiB: options.evaluationMiB,
  });
  checkAgainstWorld(bare, world);
  const component = await addMetadata(bare, driver.metadata, [
    engineVersion(engine),
    ["@busbar/build", toolchain["@busbar/build"] ?? ""],
  ]);
  const file = basename(driver.manifest.component);
  const target =
    options.outFolder === undefined
      ? dirname(join(driver.folder, driver.manifest.component))
      : resolve(options.outFolder);
  const componentPath = join(target, file);
  await writeFileAtomically(componentPath, component);
  return {
    name: driver.metadata.name,
    world: world.name,
    engine,
    component: componentPath,
    bytes: component.length,
    gzipBytes: gzipSync(component).length,
    ...interfaceOf(component),
    buildMs: performance.now() - started,
  };
}
