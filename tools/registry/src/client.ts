/** A repository of a registry, as the OCI Distribution Specification 1.1 speaks to it. */

import { requireAnswer } from "./answer.ts";
import { type Action, Authorization } from "./authorization.ts";
import { TooLongError } from "./body.ts";
import { type CredentialOptions, findCredentials } from "./credentials.ts";
import { RegistryError } from "./error.ts";
import {
  type HttpRequest,
  type HttpResponse,
  isLoopback,
  mayFollow,
  parseUrl,
  TransientError,
} from "./http.ts";
import { type Blob, type Descriptor, digestOf, limits, mediaTypes } from "./manifest.ts";
import { digestPattern, type Reference } from "./reference.ts";
import { type Retries, retrying } from "./retry.ts";

/** How a client behaves; everything has a default. */
export interface ClientOptions extends Retries, CredentialOptions {
  /**
   * The longest time in which no byte moves, in milliseconds; 30 s by default. What comes at less than 1 KiB a second takes
   * at most twice as long.
   */
  readonly timeoutMs?: number;
}

/** Told how much of a component has moved. */
export type OnProgress = (moved: number, total: number) => void;

/** Where Docker Hub really is. */
const dockerHubHost = "registry-1.docker.io";

/**
 * Talks to one repository. Nothing is contacted before the first call. Every call is bounded in time and size, tries
 * again where a failure may pass, and throws a RegistryError, which is one sentence.
 */
export class RepositoryClient {
  readonly #repository: string;
  readonly #base: URL;
  readonly #options: ClientOptions;
  readonly #authorization: Authorization;

  constructor(
    { registry, repository }: Pick<Reference, "registry" | "repository">,
    options: ClientOptions = {},
  ) {
    this.#repository = repository;
    this.#base = baseOf(registry);
    this.#options = options;
    this.#authorization = new Authorization({
      base: this.#base,
      repository,
      credentials: () => findCredentials(registry, options),
      environment: options.environment ?? process.env,
      timeoutMs: options.timeoutMs ?? 30_000,
    });
  }

  /** Whether there is a manifest under this tag or digest. */
  hasManifest(tagOrDigest: string): Promise<boolean> {
    const url = this.#url(`manifests/${tagOrDigest}`);
    return this.#exists({ method: "HEAD", url, headers: { accept: mediaTypes.manifest } }, tagOrDigest);
  }

  /**
   * Gets a manifest.
   *
   * @param expected the digest it must have; without it, whatever the tag points to
   * @returns its bytes, unparsed, and their digest
   */
  getManifest(tagOrDigest: string, expected?: string): Promise<{ bytes: Uint8Array; digest: string }> {
    const what = this.#name(tagOrDigest);
    const url = this.#url(`manifests/${tagOrDigest}`);
    return retrying(async () => {
      const request = { method: "GET", url, headers: { accept: mediaTypes.manifest } } as const;
      const response = await this.#send(request, "pull", [200], what);
      const bytes = await this.#read(response, what, limits.manifest);
      const digest = digestOf(bytes);
      const announced = response.headers.get("docker-content-digest") ?? digest;
      if (digest !== (expected ?? announced)) throw this.#changed(what, expected ?? announced, digest);
      return { bytes, digest };
    }, this.#options);
  }

  /** Gets a blob, which has exactly the descriptor's size and digest. */
  getBlob({ digest, size }: Descriptor, onProgress?: OnProgress): Promise<Uint8Array<ArrayBuffer>> {
    const what = this.#name(digest);
    return retrying(async () => {
      const request = { method: "GET", url: this.#url(`blobs/${digest}`) } as const;
      const response = await this.#send(request, "pull", [200], what);
      const bytes = await this.#read(response, what, size, (moved) => onProgress?.(moved, size));
      if (bytes.length < size) {
        const message = `${this.#base.host} sends only ${bytes.length} of the ${size} bytes of ${what}; nothing of it was kept, try again.`;
        throw new TransientError(new RegistryError("digest", message));
      }
      const actual = digestOf(bytes);
      if (actual !== digest) throw this.#changed(what, digest, actual);
      return bytes;
    }, this.#options);
  }

  /** Puts a blob where it is not there already. Safe to repeat: the registry keeps only what is whole. */
  async putBlob({ bytes, descriptor }: Blob, onProgress?: OnProgress): Promise<void> {
    const what = this.#name(descriptor.digest);
    const { digest, size } = descriptor;
    if (await this.#exists({ method: "HEAD", url: this.#url(`blobs/${digest}`) }, digest)) {
      onProgress?.(size, size);
      return;
    }
    // An upload that broke is begun anew: its session is the registry's to forget.
    await retrying(async () => {
      const url = await this.#startUpload(what);
      url.searchParams.set("digest", digest);
      const request: HttpRequest = {
        method: "PUT",
        url,
        headers: { "content-type": "application/octet-stream" },
        body: Uint8Array.from(bytes),
        onSent: (moved) => onProgress?.(moved, size),
      };
      const response = await this.#send(request, "pull,push", [201, 204], what);
      await response.discard();
    }, this.#options);
  }

  /**
   * Puts a manifest under a tag.
   *
   * @throws RegistryError with reason "digest" when the registry says that it got something else
   */
  putManifest(tag: string, { bytes, descriptor }: Blob): Promise<void> {
    const what = this.#name(tag);
    return retrying(async () => {
      const request: HttpRequest = {
        method: "PUT",
        url: this.#url(`manifests/${tag}`),
        headers: { "content-type": mediaTypes.manifest },
        body: Uint8Array.from(bytes),
      };
      const response = await this.#send(request, "pull,push", [201], what);
      await response.discard();
      const announced = response.headers.get("docker-content-digest") ?? descriptor.digest;
      if (announced !== descriptor.digest) throw this.#changed(what, descriptor.digest, announced);
    }, this.#options);
  }

  #exists(request: HttpRequest, name: string): Promise<boolean> {
    return retrying(async () => {
      const response = await this.#send(request, "pull", [200, 404], this.#name(name));
      await response.discard();
      return response.status === 200;
    }, this.#options);
  }

  async #startUpload(what: string): Promise<URL> {
    const request: HttpRequest = {
      method: "POST",
      url: this.#url("blobs/uploads/"),
      body: new Uint8Array(0),
    };
    const response = await this.#send(request, "pull,push", [202], what);
    await response.discard();
    const location = parseUrl(response.headers.get("location") ?? "", response.url);
    if (location !== undefined && mayFollow(this.#base, location)) return location;
    throw new RegistryError(
      "redirect",
      `${this.#base.host} gives no HTTPS address to upload ${what} to; check that it is an OCI registry.`,
    );
  }

  async #send(
    request: HttpRequest,
    action: Action,
    expected: readonly number[],
    what: string,
  ): Promise<HttpResponse> {
    const response = await this.#authorization.send(request, action);
    await requireAnswer(response, expected, what, this.#base);
    return response;
  }

  async #read(
    response: HttpResponse,
    what: string,
    maximum: number,
    onReceived?: (bytes: number) => void,
  ): Promise<Uint8Array<ArrayBuffer>> {
    try {
      return await response.read(maximum, onReceived);
    } catch (error) {
      if (!(error instanceof TooLongError)) throw error;
      throw new RegistryError(
        "digest",
        `${this.#base.host} sends more than the ${maximum} bytes that ${what} may have; it is damaged or forged, use another.`,
      );
    }
  }

  #changed(what: string, expected: string, actual: string): RegistryError {
    return new RegistryError(
      "digest",
      `${what} from ${this.#base.host} is not what its digest says (${shorten(expected)} expected, ${shorten(actual)} came); it is damaged or forged, use another.`,
    );
  }

  #name(tagOrDigest: string): string {
    const separator = digestPattern.test(tagOrDigest) ? "@" : ":";
    return `${this.#repository}${separator}${tagOrDigest}`;
  }

  #url(path: string): URL {
    return new URL(`v2/${this.#repository}/${path}`, this.#base);
  }
}

/** Plain HTTP is spoken with this machine itself only: elsewhere it would show passwords to everyone on the way. */
function baseOf(registry: string): URL {
  const host = registry === "docker.io" || registry === "index.docker.io" ? dockerHubHost : registry;
  const url = parseUrl(`https://${host}/`);
  if (url === undefined) {
    throw new RegistryError("reference", `"${registry}" is no host; check the registry's name and port.`);
  }
  return isLoopback(url.hostname) ? new URL(`http://${host}/`) : url;
}

/** Enough of a digest to tell two apart; what a registry announces is not trusted to be one. */
function shorten(digest: string): string {
  return digestPattern.test(digest) ? `${digest.slice(0, 19)}...` : "something else";
}
