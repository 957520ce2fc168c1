/** What tests with a hostile registry share: a store, a registry with one component and a fault, and what a fault may end in. */

import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, expect } from "vitest";
import type { ClientOptions } from "../../src/client.ts";
import { RegistryError, type RegistryErrorReason } from "../../src/error.ts";
import { createArtifact, digestOf } from "../../src/manifest.ts";
import { type Published, publishComponent } from "../../src/publish.ts";
import { type Pulled, pullComponent } from "../../src/pull.ts";
import { BlobStore } from "../../src/store.ts";
import { componentBytes } from "./component-bytes.ts";
import { TemporaryFolder } from "./folder.ts";
import { MemoryRegistry, type MemoryRegistryOptions, type Seen } from "./memory-registry.ts";

/** What is published and pulled. */
export const component = componentBytes(["wasi:i2c/i2c@0.2.0-draft"], ["busbar:device/sensor@0.1.0"]);
/** Its three blobs. */
export const { manifest, config, layer } = createArtifact(component, {
  version: "1.0.0",
  title: "name.wasm",
  created: new Date(0),
  metadata: {},
});

/** What a test has of its own. */
export interface World {
  readonly folder: TemporaryFolder;
  readonly store: BlobStore;
  /** How long one would have waited between attempts, in milliseconds. */
  readonly waits: number[];
  readonly options: ClientOptions;
}

/** The world of the test that runs. */
export let world: World;

/** Makes a world for each test of a file. */
export function useWorld(): void {
  beforeEach(() => {
    const folder = new TemporaryFolder();
    const waits: number[] = [];
    const options = {
      environment: { DOCKER_CONFIG: folder.path },
      sleep: async (ms: number) => void waits.push(ms),
    };
    world = { folder, store: new BlobStore(folder.path), waits, options };
  });
  afterEach(() => world.folder[Symbol.dispose]());
}

/** A registry that has ns/name:1.0.0, and the fault. */
export async function serve(fault: NonNullable<MemoryRegistryOptions["fault"]>): Promise<MemoryRegistry> {
  const registry = await MemoryRegistry.start({ fault });
  registry.manifests.set("1.0.0", Buffer.from(manifest.bytes));
  for (const { bytes } of [config, layer]) registry.blobs.set(digestOf(bytes), Buffer.from(bytes));
  return registry;
}

/** Pulls it. */
export const pull = ({ host }: MemoryRegistry, more: ClientOptions = {}): Promise<Pulled> =>
  pullComponent({ registry: host, repository: "ns/name", version: "1.0.0" }, world.store, {
    ...world.options,
    ...more,
  });

/** Publishes it, or another under its name. */
export const publish = ({ host }: MemoryRegistry, bytes = component): Promise<Published> =>
  publishComponent(bytes, { registry: host, repository: "ns/name", version: "1.0.0" }, world.options);

/** Every fault ends in one sentence of the kind that is expected, and the cache is as empty as before. */
export async function expectRefusal(
  attempt: Promise<unknown>,
  reason: RegistryErrorReason,
  text: RegExp,
): Promise<void> {
  const error = await attempt.then(
    () => new Error("it did not fail"),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(RegistryError);
  const { message, reason: actual } = error as RegistryError;
  expect(message).toMatch(text);
  expect(message).toMatch(/^[^\n]+[.]$/);
  expect(actual).toBe(reason);
  expect(world.folder.files).toEqual([]);
}

/** What a terminal would obey: an escape sequence, C1, a bidirectional override, line separators, DEL. */
export const obeyed = "a\u001b[2J\u009b2J\u202edcba\u2066\u2028\u2029\u007f\r\n";

/** Whether the component is asked for. */
export const isLayer = ({ method, path }: Seen): boolean =>
  method === "GET" && path.endsWith(layer.descriptor.digest);
/** Whether the manifest is asked for. */
export const isManifest = ({ path }: Seen): boolean => path.includes("/manifests/");

/** Answers every request that `matches` in one way. */
export const always =
  (matches: (seen: Seen) => boolean, answer: (response: ServerResponse, host: string, seen: Seen) => void) =>
  (seen: Seen, response: ServerResponse, host: string): boolean => {
    if (!matches(seen)) return false;
    answer(response, host, seen);
    return true;
  };
