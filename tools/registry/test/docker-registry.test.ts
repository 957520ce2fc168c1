import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { digestOf, mediaTypes } from "../src/manifest.ts";
import { publishComponent } from "../src/publish.ts";
import { pullComponent } from "../src/pull.ts";
import { BlobStore } from "../src/store.ts";
import { componentBytes } from "./support/component-bytes.ts";
import { DockerRegistry, dockerRegistry, notInstalled } from "./support/docker-registry.ts";
import { TemporaryFolder } from "./support/folder.ts";

/** A real registry, Debian's, with password authentication. */
let registry: DockerRegistry;
let folder: TemporaryFolder;

beforeAll(async () => {
  if (dockerRegistry !== undefined) registry = await DockerRegistry.start();
});
afterAll(() => registry?.[Symbol.asyncDispose]());
beforeEach(({ skip }) => {
  skip(dockerRegistry === undefined, notInstalled);
  folder = new TemporaryFolder();
});
afterEach(() => folder?.[Symbol.dispose]());

/** Large enough to go over the wire in many parts; each test has its own. */
function componentOf(seed: number): Uint8Array {
  const small = componentBytes(["wasi:i2c/i2c@0.2.0-draft"], ["busbar:device/sensor@0.1.0"]);
  const filler = Uint8Array.from({ length: 300_000 }, (_, index) => (index * seed) & 0xff);
  // A custom section: id 0, length 300004 in LEB128, name "abc".
  const header = [0x00, 0xe4, 0xa7, 0x12, 3, 0x61, 0x62, 0x63];
  return Uint8Array.from([...small, ...header, ...filler]);
}

const login = () => ({ environment: { DOCKER_CONFIG: registry.folder } });
const stranger = () => ({ environment: { DOCKER_CONFIG: folder.path } });
const reference = (name: string) => ({ registry: registry.host, repository: `ns/${name}`, version: "1.0.0" });

test("what is published comes back, byte by byte, with progress both ways", async () => {
  const component = componentOf(3);
  const moved: Record<"out" | "in", number[]> = { out: [], in: [] };
  const published = await publishComponent(component, reference("whole"), {
    ...login(),
    onProgress: (bytes) => moved.out.push(bytes),
  });
  const store = new BlobStore(folder.path);
  const pulled = await pullComponent(reference("whole"), store, {
    ...login(),
    onProgress: (bytes) => moved.in.push(bytes),
  });
  expect(Buffer.from(pulled.bytes).equals(component)).toBe(true);
  expect(pulled.reference).toEqual(published.reference);
  expect(pulled.component).toBe(digestOf(component));
  for (const steps of Object.values(moved)) {
    expect(steps.length).toBeGreaterThan(3);
    expect(steps).toEqual([...steps].sort((left, right) => left - right));
    expect(steps.at(-1)).toBe(component.length);
  }
});

test("the registry itself has the form that wkg reads", async () => {
  const { reference: published } = await publishComponent(componentOf(5), reference("form"), login());
  const response = await fetch(`http://${registry.host}/v2/ns/form/manifests/1.0.0`, {
    headers: { accept: mediaTypes.manifest, authorization: `Basic ${btoa("tester:secret")}` },
  });
  expect(response.headers.get("content-type")).toBe("application/vnd.oci.image.manifest.v1+json");
  expect(response.headers.get("docker-content-digest")).toBe(published.digest);
  expect(await response.json()).toMatchObject({
    config: { mediaType: "application/vnd.wasm.config.v0+json" },
    layers: [{ mediaType: "application/wasm" }],
  });
});

test("a version is not overwritten, and the same component once more is no error", async () => {
  const first = await publishComponent(componentOf(7), reference("once"), login());
  const again = await publishComponent(componentOf(7), reference("once"), login());
  expect([first.wasThere, again.wasThere]).toEqual([false, true]);
  expect(again.reference).toEqual(first.reference);
  await expect(publishComponent(componentOf(9), reference("once"), login())).rejects.toThrow(
    "is published already with other contents, and a version is never overwritten; raise the version.",
  );
});

test("without credentials nothing is given or taken", async () => {
  const denied =
    'wants credentials for ns/closed, and the docker config has none that fit; run "docker login';
  await expect(publishComponent(componentOf(11), reference("closed"), stranger())).rejects.toThrow(denied);
  await expect(pullComponent(reference("closed"), new BlobStore(folder.path), stranger())).rejects.toThrow(
    denied,
  );
});

test("a version that is not there", async () => {
  await expect(pullComponent(reference("nothing"), new BlobStore(folder.path), login())).rejects.toThrow(
    /has no ns\/nothing:1\.0\.0 \("manifest unknown"\)/,
  );
});

test("a byte that flips on the registry's disk is found, and nothing of it is kept", async () => {
  const component = componentOf(13);
  await publishComponent(component, reference("flipped"), login());
  const digest = digestOf(component).slice(7);
  const file = join(
    registry.folder,
    "data/docker/registry/v2/blobs/sha256",
    digest.slice(0, 2),
    digest,
    "data",
  );
  const bytes = readFileSync(file);
  bytes[200_000] = bytes[200_000]! ^ 0x10;
  writeFileSync(file, bytes);
  await expect(pullComponent(reference("flipped"), new BlobStore(folder.path), login())).rejects.toThrow(
    "is not what its digest says",
  );
  expect(folder.files).toEqual([]);
});
