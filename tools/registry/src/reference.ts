/**
 * Names of components in registries: `oci://registry/ns/name:1.2.3@sha256:...`, and wkg's `ns:name@1.2.3`.
 *
 * Sources: OCI Distribution Specification 1.1, "Pulling manifests" (grammar of repository, tag and digest); CNCF TAG
 * Runtime, "Wasm OCI Artifact", and wasm-pkg-tools (how package names become repositories).
 */

import parseVersion from "semver/functions/parse.js";
import { RegistryError } from "./error.ts";

/** Where a component is, or is to go. */
export interface Reference {
  /** Host, and port where it is not the usual one: "ghcr.io", "localhost:5000". */
  readonly registry: string;
  /** "busbar/bme280". */
  readonly repository: string;
  /** Semantic version without build metadata, which is the tag. A reference without one has a digest. */
  readonly version?: string;
  /** The manifest's digest: "sha256:" and 64 hexadecimal digits. */
  readonly digest?: string;
}

/** How a board file marks a component that is in a registry. */
export const scheme = "oci://";

/** OCI Distribution Specification: "sha256:" and 64 lower-case hexadecimal digits. */
export const digestPattern = /^sha256:[0-9a-f]{64}$/;

/** A name or an IPv4 address, or an IPv6 address in brackets; then an optional port. */
const registryPattern =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?$/;

/** OCI Distribution Specification, `<name>`. */
const repositoryPattern =
  /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;

/** WIT package names: kebab-case words. */
const packagePattern = /^([a-z][a-z0-9]*(?:-[a-z0-9]+)*):([a-z][a-z0-9]*(?:-[a-z0-9]+)*)(?:@(.+))?$/;

/** Longer ones are refused unread: no registry takes them (255 for a repository, 128 for a tag). */
const longestReference = 700;

/**
 * Parses `oci://registry/ns/name:1.2.3`, with `@sha256:...` after it or instead of the version.
 *
 * @param text from a board file or the command line; it is not trusted
 * @param options `versionOptional`: a reference with neither version nor digest is legal too
 * @throws RegistryError with reason "reference"
 */
export function parseReference(text: string, options: { versionOptional?: boolean } = {}): Reference {
  const refuse = (problem: string) =>
    new RegistryError(
      "reference",
      `"${text.slice(0, 200)}" ${problem}; write "oci://registry.example/ns/name:1.2.3", or "...@sha256:..." to pin it.`,
    );
  if (!text.startsWith(scheme) || text.length > longestReference) throw refuse("is no OCI reference");
  const slash = text.indexOf("/", scheme.length);
  if (slash === -1) throw refuse("names no repository");
  const registry = text.slice(scheme.length, slash);
  if (!registryPattern.test(registry)) throw refuse(`has no valid registry ("${registry.slice(0, 80)}")`);

  const [tagged = "", digest, ...more] = text.slice(slash + 1).split("@");
  if (more.length > 0 || (digest !== undefined && !digestPattern.test(digest))) {
    throw refuse("has no valid digest (sha256: and 64 lower-case hexadecimal digits)");
  }
  const [repository = "", version, ...rest] = tagged.split(":");
  if (!repositoryPattern.test(repository) || repository.length > 255) {
    throw refuse(`has no valid repository ("${repository.slice(0, 80)}")`);
  }
  if (rest.length > 0 || (version !== undefined && !isPublishableVersion(version))) {
    throw refuse("has no valid version (semantic, such as 1.2.3 or 1.2.3-beta.1, without build metadata)");
  }
  if (version === undefined && digest === undefined && !options.versionOptional) {
    throw refuse("names no version");
  }
  return {
    registry,
    repository,
    ...(version !== undefined && { version }),
    ...(digest !== undefined && { digest }),
  };
}

/**
 * Translates wkg's package name: `ns:name@1.2.3` is `<registry>/<prefix>ns/name:1.2.3`.
 *
 * @param text "busbar:bme280@1.2.3"
 * @param registry "ghcr.io", or with wkg's namespace prefix after it: "ghcr.io/busbar-drivers/"
 * @param options `versionOptional`: the version may be missing
 * @throws RegistryError with reason "reference"
 */
export function parsePackageName(
  text: string,
  registry: string,
  options: { versionOptional?: boolean } = {},
): Reference {
  const [, namespace, name, version] = packagePattern.exec(text) ?? [];
  if (namespace === undefined || name === undefined) {
    throw new RegistryError(
      "reference",
      `"${text.slice(0, 200)}" is no package name; write "namespace:name@1.2.3", or "oci://registry.example/ns/name:1.2.3".`,
    );
  }
  const [host = "", ...prefix] = registry.replace(/^oci:\/\//, "").split("/");
  // wkg's prefix is put before the namespace as it is; a missing slash at its end is what one forgets.
  const path = prefix.filter((part) => part !== "").join("/");
  const repository = `${path === "" ? "" : `${path}/`}${namespace}/${name}`;
  return parseReference(
    `${scheme}${host}/${repository}${version === undefined ? "" : `:${version}`}`,
    options,
  );
}

/** The reference as text that `parseReference` reads back. */
export function formatReference({ registry, repository, version, digest }: Reference): string {
  const tag = version === undefined ? "" : `:${version}`;
  return `${scheme}${registry}/${repository}${tag}${digest === undefined ? "" : `@${digest}`}`;
}

/** Whether a version can be a tag: semantic, without build metadata (a tag has no "+"), exactly as written. */
export function isPublishableVersion(version: string): boolean {
  return version.length <= 128 && parseVersion(version)?.version === version && !version.includes("+");
}

/** Whether a board file's specifier names a component in a registry. */
export function isReference(specifier: string): boolean {
  return specifier.startsWith(scheme);
}
