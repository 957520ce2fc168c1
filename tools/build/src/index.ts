export { allSummaries, type BuildOptions, type BuildSummary, buildPackage } from "./build.ts";
export {
  type Componentized,
  type ComponentizeOptions,
  componentize,
  type Engine,
  engines,
} from "./componentize.ts";
export { composeComponents } from "./compose/compose.ts";
export type { Part } from "./compose/part.ts";
export type { DriverWorld } from "./driver-world.ts";
export { BuildError } from "./error.ts";
export { flattenComponent } from "./flatten/flatten.ts";
export { addMetadata } from "./metadata.ts";
export { type BuildManifest, type DriverPackage, type PackageComponent, readPackage } from "./package.ts";
export { type GuestTypesOptions, writeGuestTypes } from "./types.ts";
export { sharedWitFolder } from "./wit.ts";
export { listWorlds } from "./wit-text.ts";
export { checkAgainstWorld, exportName, interfaceOf, readWorld, type WorldInterface } from "./world.ts";
