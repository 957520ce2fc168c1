import { HostError } from "@busbar/host";
import { ComponentArtifact, type PreparedStore } from "@busbar/host/backend";
import { readBoundedFile, UnfitFileError } from "../bounded-file.ts";
import { digestOf } from "../cache/folder.ts";
import { resolveComponent } from "./resolve.ts";

/**
 * Gets a component that a board file names in a registry, checked against its digest. `@busbar/registry` has one; the
 * host itself speaks to no network.
 *
 * @param reference `oci://registry/ns/name:1.2.3`, as in the board file
 * @returns the component's binary
 * @throws HostError
 */
export type FetchComponent = (reference: string) => Promise<Uint8Array>;

/** In bytes. The largest that the tool chains make have a fifth of it. */
export const LONGEST_COMPONENT = 64 * 1024 * 1024;

/** Artifacts of this process by digest and label: boards share the compiled code. */
const loaded = new Map<string, Promise<ComponentArtifact>>();

/**
 * Loads the component that a board file names.
 *
 * @param specifier a package name or a file, as in the board file
 * @param folder the folder of the board file
 * @param wired the buses that the entry of the board is wired to
 * @param store where the host keeps what it prepares
 * @throws HostError with code "component"
 */
export async function loadComponent(
  specifier: string,
  folder: string,
  wired: readonly string[] = [],
  store?: PreparedStore,
): Promise<ComponentArtifact> {
  const file = resolveComponent(specifier, folder, wired);
  return artifactOf(specifier, readComponentFile(file, specifier), store);
}

/**
 * Loads the component that a board file names in a registry: `oci://registry/ns/name:1.2.3`.
 *
 * @param fetchComponent gets it; without it nothing in a registry can be used
 * @param store where the host keeps what it prepares
 * @throws HostError with code "component"
 */
export async function loadFetchedComponent(
  specifier: string,
  fetchComponent: FetchComponent | undefined,
  store?: PreparedStore,
): Promise<ComponentArtifact> {
  if (fetchComponent === undefined) {
    throw new HostError(
      "component",
      `${specifier} is in a registry; run the board with the busbar command, or pass { fetchComponent } to openBoard.`,
    );
  }
  return artifactOf(specifier, await fetchComponent(specifier), store);
}

/** Loads a component from its bytes: one that came over a network, or was made in a test. */
export function componentFromBytes(
  bytes: Uint8Array,
  label: string,
  store?: PreparedStore,
): Promise<ComponentArtifact> {
  return ComponentArtifact.load(label, bytes, store);
}

function artifactOf(
  label: string,
  bytes: Uint8Array,
  store: PreparedStore | undefined,
): Promise<ComponentArtifact> {
  const key = `${digestOf(bytes)} ${label}`;
  let artifact = loaded.get(key);
  if (artifact === undefined) {
    artifact = ComponentArtifact.load(label, bytes, store);
    loaded.set(key, artifact);
  }
  return artifact;
}

function readComponentFile(file: string, specifier: string): Uint8Array {
  try {
    return readBoundedFile(file, LONGEST_COMPONENT);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const hint =
      cause instanceof UnfitFileError
        ? `${message}; name the component that "busbar build" made`
        : code === "ENOENT"
          ? 'there is no such file; build the driver with "busbar build"'
          : `it cannot be read (${code})`;
    throw new HostError("component", `the driver ${specifier} is ${file}: ${hint}.`, { cause });
  }
}
