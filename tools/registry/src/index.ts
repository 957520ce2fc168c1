/** Publishing and pulling components: OCI registries, in the form that wkg uses. */

export { type BoardComponentsOptions, fetchBoardComponent, findBoardComponent } from "./board-components.ts";
export { type ClientOptions, type OnProgress, RepositoryClient } from "./client.ts";
export {
  type CredentialOptions,
  type Credentials,
  dockerConfigFile,
  findCredentials,
} from "./credentials.ts";
export { RegistryError, type RegistryErrorReason } from "./error.ts";
export { LockFile, lockFileName } from "./lock.ts";
export {
  type Artifact,
  type ArtifactDescription,
  type Blob,
  createArtifact,
  type Descriptor,
  digestOf,
  limits,
  type Manifest,
  mediaTypes,
  type PublishedMetadata,
} from "./manifest.ts";
export { type Published, type PublishOptions, publishComponent } from "./publish.ts";
export { findPulled, type Pulled, type PullOptions, pullComponent } from "./pull.ts";
export {
  formatReference,
  isPublishableVersion,
  isReference,
  parsePackageName,
  parseReference,
  type Reference,
} from "./reference.ts";
export type { Retries } from "./retry.ts";
export { BlobStore, type BlobStoreOptions } from "./store.ts";
