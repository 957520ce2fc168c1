import type { Reference } from "@busbar/registry";
import { UsageError } from "../exit-codes.ts";

/**
 * Parses how a person names a component in a registry: "oci://registry/ns/name:1.2.3", or wkg's "ns:name@1.2.3"
 * together with `--registry`.
 *
 * @throws UsageError when there is a package name and no registry; HostError when either is malformed
 */
export async function parseName(
  name: string,
  registry: string | undefined,
  options: { versionOptional?: boolean } = {},
): Promise<Reference> {
  const { isReference, parsePackageName, parseReference } = await import("@busbar/registry");
  if (isReference(name)) return parseReference(name, options);
  if (registry === undefined) {
    throw new UsageError(
      `"${name.slice(0, 200)}" does not say which registry; write "oci://registry/ns/name:version", or add --registry.`,
    );
  }
  return parsePackageName(name, registry, options);
}
