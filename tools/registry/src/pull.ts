import { readComponent } from "@busbar/host";
import { type ClientOptions, type OnProgress, RepositoryClient } from "./client.ts";
import { checkConfig, limits, type Manifest, parseManifest } from "./manifest.ts";
import { formatReference, type Reference } from "./reference.ts";
import type { BlobStore } from "./store.ts";

/** What `pullComponent` can be given. */
export interface PullOptions extends ClientOptions {
  /** Told how much of the component came. */
  readonly onProgress?: OnProgress;
}

/** A component that is here, checked. */
export interface Pulled {
  /** The component's binary. */
  readonly bytes: Uint8Array;
  /** With the manifest's digest: what a board file can pin. */
  readonly reference: Reference & { readonly digest: string };
  /** The component's own digest. */
  readonly component: string;
  /** Whether no byte of the component had to come over the network. */
  readonly wasCached: boolean;
}

/**
 * Pulls a component into the store, or takes it from there. With a digest nothing is asked of the registry when the
 * store has it; a version alone is looked up each time.
 *
 * @throws RegistryError; HostError with code "component" when what was published is no component
 */
export async function pullComponent(
  reference: Reference,
  store: BlobStore,
  options: PullOptions = {},
): Promise<Pulled> {
  const cached = await findPulled(reference, store);
  if (cached !== undefined) return cached;
  const client = new RepositoryClient(reference, options);
  const { digest: expected, version } = reference;
  const { bytes: manifestBytes, digest } = await client.getManifest(expected ?? version ?? "", expected);
  const manifest = parseManifest(manifestBytes, reference);
  checkConfig(await client.getBlob(manifest.config), manifest, reference);

  const [layer] = manifest.layers;
  const kept = await store.read(layer.digest, limits.component);
  const bytes = kept ?? (await client.getBlob(layer, options.onProgress));
  readComponent(bytes, formatReference(reference));
  if (kept === undefined) await store.add(bytes);
  // Last: a manifest in the store says that all of it is there and was checked.
  await store.add(manifestBytes);
  return pulled(bytes, reference, digest, manifest, kept !== undefined);
}

/**
 * Takes a component from the store, without any network.
 *
 * @returns undefined where the reference has no digest, or the store does not have all of it
 */
export async function findPulled(reference: Reference, store: BlobStore): Promise<Pulled | undefined> {
  const { digest } = reference;
  if (digest === undefined) return undefined;
  const manifestBytes = await store.read(digest, limits.manifest);
  if (manifestBytes === undefined) return undefined;
  const manifest = parseManifest(manifestBytes, reference);
  const bytes = await store.read(manifest.layers[0].digest, limits.component);
  return bytes === undefined ? undefined : pulled(bytes, reference, digest, manifest, true);
}

function pulled(
  bytes: Uint8Array,
  reference: Reference,
  digest: string,
  manifest: Manifest,
  wasCached: boolean,
): Pulled {
  return {
    bytes,
    reference: { ...reference, digest },
    component: manifest.layers[0].digest,
    wasCached,
  };
}
