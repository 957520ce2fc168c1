import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { ComponentArtifact, HostError, type TranspiledComponent, type TranspiledFiles } from "@busbar/host";
import { readBoundedFile, UnfitFileError } from "../bounded-file.ts";
import { resolveComponent } from "./resolve.ts";

/**
 * Translates a component for this JavaScript engine and keeps the result in a folder, with `component.js`, its core
 * modules and `manifest.json`. `@busbar/build` has one; the host needs none for drivers that ship translated.
 *
 * @returns the folder
 */
export type Transpile = (component: Uint8Array, label: string) => Promise<string>;

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
const LONGEST_COMPONENT = 64 * 1024 * 1024;

/** Artifacts of this process by digest and label: boards share the compiled code. */
const loaded = new Map<string, ComponentArtifact>();

/**
 * Loads the component that a board file names.
 *
 * @param specifier a package name or a file, as in the board file
 * @param folder the folder of the board file
 * @param transpile used for every component when it is given. Without it, the files that the driver's package
 *   ships are used: they are JavaScript that runs beside the host, so a package that brings them is trusted as any
 *   installed npm package is.
 * @throws HostError with code "component"
 */
export function loadComponent(specifier: string, folder: string, transpile?: Transpile): ComponentArtifact {
  const file = resolveComponent(specifier, folder);
  const bytes = readComponentFile(file, specifier);
  return artifactOf(specifier, bytes, (digest) =>
    transpile === undefined ? shipped(file, digest, specifier) : transpile(bytes, specifier),
  );
}

/**
 * Loads the component that a board file names in a registry: `oci://registry/ns/name:1.2.3`.
 *
 * @param fetchComponent gets it; without it nothing in a registry can be used
 * @param transpile needed: what comes from a registry is a component and nothing else
 * @throws HostError with code "component"
 */
export async function loadFetchedComponent(
  specifier: string,
  fetchComponent: FetchComponent | undefined,
  transpile: Transpile | undefined,
): Promise<ComponentArtifact> {
  if (fetchComponent === undefined || transpile === undefined) {
    throw new HostError(
      "component",
      `${specifier} is in a registry; run the board with the busbar command, or pass { fetchComponent, transpile } to openBoard.`,
    );
  }
  const bytes = await fetchComponent(specifier);
  return artifactOf(specifier, bytes, () => transpile(bytes, specifier));
}

function artifactOf(
  label: string,
  bytes: Uint8Array,
  translated: (digest: string) => string | Promise<string>,
): ComponentArtifact {
  const digest = createHash("sha256").update(bytes).digest("hex");
  const key = `${digest} ${label}`;
  let artifact = loaded.get(key);
  if (artifact === undefined) {
    artifact = new ComponentArtifact(label, bytes, async () => importFolder(await translated(digest)));
    loaded.set(key, artifact);
  }
  return artifact;
}

/** Loads a component from its bytes: one that came over a network, or was made in a test. */
export function componentFromBytes(
  bytes: Uint8Array,
  label: string,
  transpile: Transpile,
): ComponentArtifact {
  return new ComponentArtifact(label, bytes, async () => importFolder(await transpile(bytes, label)));
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

/** `dist/bme280/` beside `dist/bme280.wasm`, if it was made from these very bytes. */
function shipped(file: string, digest: string, specifier: string): string {
  const folder = join(dirname(file), basename(file, ".wasm"));
  let made: unknown;
  try {
    made = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
  } catch (cause) {
    throw new HostError(
      "component",
      `${specifier} has no translated files in ${folder}; build it with "busbar build", or run it with the busbar command.`,
      { cause },
    );
  }
  if ((made as { sha256?: unknown }).sha256 !== digest) {
    throw new HostError(
      "component",
      `${specifier}: the files in ${folder} were made from another component than ${basename(file)}; build it again.`,
    );
  }
  return folder;
}

async function importFolder(folder: string): Promise<TranspiledFiles> {
  const component = (await import(pathToFileURL(join(folder, "component.js")).href)) as TranspiledComponent;
  return { component, coreModule: (file) => new Uint8Array(readFileSync(join(folder, basename(file)))) };
}
