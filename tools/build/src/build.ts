/** Builds a driver package: TypeScript in, a component out. */

import { basename, dirname, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { componentize, type Engine } from "./componentize.ts";
import { writeFileAtomically } from "./folder.ts";
import { addMetadata } from "./metadata.ts";
import { buildModels } from "./model.ts";
import { type DriverPackage, type PackageComponent, readPackage } from "./package.ts";
import { engineVersion, toolchain } from "./toolchain.ts";
import { checkAgainstWorld, namesOf } from "./world.ts";

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
  /** The component for hosts with the asynchronous ABI, where the package has one. */
  readonly streaming?: BuildSummary;
  /** The components for further buses, where the package has some. */
  readonly variants?: readonly BuildSummary[];
}

/**
 * Builds the package in `folder`: `<name>.wasm`, the one for hosts with the asynchronous ABI and those for further buses where
 * it has such, and its device models.
 *
 * @throws BuildError, for all that the author can mend
 */
export async function buildPackage(folder: string, options: BuildOptions = {}): Promise<BuildSummary> {
  const driver = await readPackage(folder);
  // Who wants the component elsewhere has the rest where it was.
  if (options.outFolder === undefined) await buildModels(driver);
  const summary = await buildComponent(driver, driver.main, options);
  const streaming =
    // The one engine that has the asynchronous ABI.
    driver.streaming && (await buildComponent(driver, driver.streaming, { ...options, engine: "quickjs" }));
  const variants: BuildSummary[] = [];
  for (const variant of driver.variants) variants.push(await buildComponent(driver, variant, options));
  return {
    ...summary,
    ...(streaming === undefined ? {} : { streaming }),
    ...(variants.length === 0 ? {} : { variants }),
  };
}

/** All that a build made: the component, the one for hosts with the asynchronous ABI, those for further buses. */
export function allSummaries(summary: BuildSummary): BuildSummary[] {
  const { streaming, variants = [] } = summary;
  return [summary, ...(streaming === undefined ? [] : [streaming]), ...variants];
}

async function buildComponent(
  { folder, manifest: { engine: usual = "quickjs", shape, memoryKiB }, metadata }: DriverPackage,
  { world: asked, entry, component: path }: PackageComponent,
  { engine = usual, outFolder, evaluationMs, evaluationMiB }: BuildOptions,
): Promise<BuildSummary> {
  const started = performance.now();
  const { component: bare, world } = await componentize({
    folder,
    entry: join(folder, entry),
    world: asked,
    shape,
    engine,
    memoryKiB,
    evaluationMs,
    evaluationMiB,
  });
  const names = await namesOf(bare, world);
  checkAgainstWorld(names, world);
  const component = await addMetadata(bare, metadata, [
    engineVersion(engine),
    ["@busbar/build", toolchain["@busbar/build"] ?? ""],
  ]);
  const target = outFolder === undefined ? dirname(join(folder, path)) : resolve(outFolder);
  const componentPath = join(target, basename(path));
  await writeFileAtomically(componentPath, component);
  return {
    name: metadata.name,
    world: world.name,
    engine,
    component: componentPath,
    bytes: component.length,
    gzipBytes: gzipSync(component).length,
    ...names,
    buildMs: performance.now() - started,
  };
}
