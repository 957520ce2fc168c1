/**
 * The manifest and config of a component in a registry, in the form that wkg writes and reads.
 *
 * Sources: OCI Image Specification 1.1, "Image Manifest"; CNCF TAG Runtime, "Wasm OCI Artifact"; rust-oci-wasm.
 */

import { createHash } from "node:crypto";
import { readComponent } from "@busbar/host";
import * as v from "valibot";
import { foreignText, RegistryError } from "./error.ts";
import { digestPattern, type Reference } from "./reference.ts";

/** The media types of a component's three blobs. */
export const mediaTypes = {
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.wasm.config.v0+json",
  layer: "application/wasm",
} as const;

/** The most bytes of what is pulled: more is refused before it is read. */
export const limits = { manifest: 1024 * 1024, config: 1024 * 1024, component: 128 * 1024 * 1024 } as const;

/** What a component says about itself: see `readMetadata` of @busbar/host. */
export interface PublishedMetadata {
  readonly description?: string | undefined;
  readonly licenses?: string | undefined;
  readonly source?: string | undefined;
  readonly authors?: string | undefined;
  readonly revision?: string | undefined;
}

/** A blob by digest, with what it is. */
export interface Descriptor {
  readonly mediaType: string;
  /** "sha256:..." */
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
}

/** A blob that is here: its bytes, and the descriptor made from them. */
export interface Blob {
  readonly bytes: Uint8Array;
  readonly descriptor: Descriptor;
}

/** The three blobs of a component in a registry. */
export interface Artifact {
  readonly manifest: Blob;
  readonly config: Blob;
  readonly layer: Blob;
}

const digest = v.pipe(v.string(), v.regex(digestPattern, "expected a sha256 digest"));

const descriptor = <const Type extends string>(mediaType: Type, maximum: number) =>
  v.object({
    mediaType: v.literal(mediaType, `expected ${mediaType}`),
    digest,
    size: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(maximum, `more than ${maximum} bytes`)),
  });

const manifestSchema = v.object({
  schemaVersion: v.literal(2),
  mediaType: v.optional(v.literal(mediaTypes.manifest, `expected ${mediaTypes.manifest}`)),
  config: descriptor(mediaTypes.config, limits.config),
  layers: v.strictTuple([descriptor(mediaTypes.layer, limits.component)], "expected exactly one layer"),
});

const interfaceNames = v.array(v.pipe(v.string(), v.maxLength(1000)));

const configSchema = v.object({
  architecture: v.literal("wasm", 'expected "wasm"'),
  os: v.literal("wasip2", 'expected "wasip2" (a core module is no component)'),
  layerDigests: v.strictTuple([digest], "expected exactly one digest"),
  component: v.object({ exports: interfaceNames, imports: interfaceNames }),
});

/** The part of a pulled manifest that matters here. */
export type Manifest = v.InferOutput<typeof manifestSchema>;

/** The digest of some bytes: "sha256:...". */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/**
 * Makes what is published of a component: config, manifest and the component itself as the only layer.
 *
 * @param component the component's binary
 * @param version the tag
 * @param title the file name that tools give it when they pull: "bme280.wasm"
 * @param created when it was made
 * @throws HostError with code "component" when the bytes are no component
 */
export function createArtifact(
  component: Uint8Array,
  { version, title, created, metadata }: ArtifactDescription,
): Artifact {
  const { exports, imports } = readComponent(component, title);
  if (component.length > limits.component) {
    throw new RegistryError(
      "malformed",
      `${title} has ${component.length} bytes, and no component with more than ${limits.component} is pulled; build a smaller one.`,
    );
  }
  const layer = blob(mediaTypes.layer, component);
  const config = jsonBlob(mediaTypes.config, {
    created: created.toISOString(),
    author: metadata.authors ?? null,
    architecture: "wasm",
    os: "wasip2",
    layerDigests: [layer.descriptor.digest],
    component: {
      exports: exports.map(({ name }) => name),
      imports: imports.map(({ name }) => name),
      target: null,
    },
  });
  const manifest = jsonBlob(mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: config.descriptor,
    layers: [{ ...layer.descriptor, annotations: { "org.opencontainers.image.title": title } }],
    annotations: annotations(version, metadata),
  });
  return { manifest, config, layer };
}

/** What `createArtifact` is told beside the component. */
export interface ArtifactDescription {
  readonly version: string;
  readonly title: string;
  readonly created: Date;
  readonly metadata: PublishedMetadata;
}

/**
 * Reads a pulled manifest.
 *
 * @param bytes not trusted; the caller has checked their digest and bounded their size
 * @throws RegistryError with reason "malformed" when it is not one component in wkg's form
 */
export function parseManifest(bytes: Uint8Array, reference: Reference): Manifest {
  return parseJson(manifestSchema, bytes, reference, "manifest");
}

/**
 * Checks a pulled config against its manifest.
 *
 * @throws RegistryError with reason "malformed"
 */
export function checkConfig(bytes: Uint8Array, manifest: Manifest, reference: Reference): void {
  const { layerDigests } = parseJson(configSchema, bytes, reference, "config");
  if (layerDigests[0] !== manifest.layers[0].digest) {
    throw malformed(reference, "config", "it names another layer than the manifest");
  }
}

function parseJson<Schema extends v.GenericSchema>(
  schema: Schema,
  bytes: Uint8Array,
  reference: Reference,
  what: string,
): v.InferOutput<Schema> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    // Without the cause: its message quotes the text.
    throw malformed(reference, what, "it is not JSON");
  }
  // The first thing that is wrong is enough: a list may have a hundred thousand.
  const parsed = v.safeParse(schema, json, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const path = v.getDotPath(issue) ?? "";
  throw malformed(reference, what, `${path === "" ? "" : `"${path}": `}${foreignText(issue.message)}`);
}

function malformed({ registry, repository }: Reference, what: string, problem: string): RegistryError {
  return new RegistryError(
    "malformed",
    `${registry}/${repository} is no WebAssembly component as wkg and busbar publish them: its ${what} is wrong (${problem}); name another.`,
  );
}

function annotations(version: string, { description, licenses, source, revision }: PublishedMetadata) {
  const entries = { version, description, licenses, source, revision };
  return Object.fromEntries(
    Object.entries(entries).flatMap(([key, text]) =>
      text === undefined || text === "" ? [] : [[`org.opencontainers.image.${key}`, text]],
    ),
  );
}

function jsonBlob(mediaType: string, value: unknown): Blob {
  return blob(mediaType, new TextEncoder().encode(JSON.stringify(value)));
}

function blob(mediaType: string, bytes: Uint8Array): Blob {
  return { bytes, descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length } };
}
