import { type ClientOptions, type OnProgress, RepositoryClient } from "./client.ts";
import { RegistryError } from "./error.ts";
import { createArtifact, type PublishedMetadata, parseManifest } from "./manifest.ts";
import { formatReference, type Reference } from "./reference.ts";

/** What `publishComponent` can be given beside the component. */
export interface PublishOptions extends ClientOptions {
  /** What the component says about itself. */
  readonly metadata?: PublishedMetadata;
  /** When it was made; now by default. */
  readonly created?: Date;
  /** Told how much of the component went out. */
  readonly onProgress?: OnProgress;
}

/** What became of a publication. */
export interface Published {
  /** With the manifest's digest: what a board file can pin. */
  readonly reference: Reference & { readonly digest: string };
  /** The component's own digest. */
  readonly component: string;
  /** The component's size. */
  readonly bytes: number;
  /** Whether this very component was there under this version before; nothing was changed then. */
  readonly wasThere: boolean;
}

/**
 * Publishes a component under a version. The manifest goes last, so that what breaks in between leaves no version
 * behind and can be repeated.
 *
 * @param component the component's binary
 * @param reference has a version, and no digest
 * @throws RegistryError with reason "exists" when the version is there with another component: it is never overwritten;
 *   HostError with code "component" when the bytes are no component
 */
export async function publishComponent(
  component: Uint8Array,
  reference: Reference,
  options: PublishOptions = {},
): Promise<Published> {
  const { version } = reference;
  if (version === undefined || reference.digest !== undefined) {
    throw new RegistryError(
      "reference",
      `${formatReference(reference)} cannot be published to; name a version and no digest.`,
    );
  }
  const title = `${reference.repository.slice(reference.repository.lastIndexOf("/") + 1)}.wasm`;
  const { metadata = {}, created = new Date(), onProgress } = options;
  const artifact = createArtifact(component, { version, title, created, metadata });
  const client = new RepositoryClient(reference, options);
  const layer = artifact.layer.descriptor;
  const result = (digest: string, wasThere: boolean): Published => ({
    reference: { ...reference, digest },
    component: layer.digest,
    bytes: layer.size,
    wasThere,
  });

  const present = await findPresent(client, reference, version);
  if (present === undefined) {
    await client.putBlob(artifact.layer, onProgress);
    await client.putBlob(artifact.config);
    // Somebody else may have published it meanwhile; registries cannot add a tag only where there is none.
    const meanwhile = await findPresent(client, reference, version);
    if (meanwhile === undefined) {
      await client.putManifest(version, artifact.manifest);
      return result(artifact.manifest.descriptor.digest, false);
    }
    return result(requireSame(meanwhile, layer.digest, reference), true);
  }
  return result(requireSame(present, layer.digest, reference), true);
}

/** A version that is there: the manifest's digest, and its component's; undefined where it is something else. */
interface Present {
  readonly digest: string;
  readonly component: string | undefined;
}

async function findPresent(
  client: RepositoryClient,
  reference: Reference,
  version: string,
): Promise<Present | undefined> {
  if (!(await client.hasManifest(version))) return undefined;
  const { bytes, digest } = await client.getManifest(version);
  try {
    return { digest, component: parseManifest(bytes, reference).layers[0].digest };
  } catch (error) {
    if (error instanceof RegistryError && error.reason === "malformed")
      return { digest, component: undefined };
    throw error;
  }
}

function requireSame({ digest, component }: Present, expected: string, reference: Reference): string {
  if (component === expected) return digest;
  throw new RegistryError(
    "exists",
    `${formatReference(reference)} is published already with other contents, and a version is never overwritten; raise the version.`,
  );
}
