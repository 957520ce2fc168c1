import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type BoardComponentsOptions,
  fetchBoardComponent,
  findBoardComponent,
} from "../src/board-components.ts";
import { LockFile } from "../src/lock.ts";
import { digestOf } from "../src/manifest.ts";
import { publishComponent } from "../src/publish.ts";
import { parseReference } from "../src/reference.ts";
import { BlobStore } from "../src/store.ts";
import { componentBytes } from "./support/component-bytes.ts";
import { TemporaryFolder } from "./support/folder.ts";
import { MemoryRegistry } from "./support/memory-registry.ts";

const first = componentBytes([], ["busbar:device/sensor@0.1.0"]);
const second = componentBytes([], ["busbar:device/sensor@0.1.1"]);

let folder: TemporaryFolder;
let registry: MemoryRegistry;
let options: BoardComponentsOptions;
let specifier: string;

beforeEach(async () => {
  folder = new TemporaryFolder();
  mkdirSync(join(folder.path, "board"));
  registry = await MemoryRegistry.start();
  options = {
    store: new BlobStore(join(folder.path, "cache")),
    lock: new LockFile(join(folder.path, "board")),
    environment: { DOCKER_CONFIG: folder.path },
  };
  specifier = `oci://${registry.host}/ns/name:1.0.0`;
});
afterEach(async () => {
  folder[Symbol.dispose]();
  await registry[Symbol.asyncDispose]();
});

const publish = (bytes: Uint8Array) => publishComponent(bytes, parseReference(specifier), options);

/** What no honest registry allows: another component under the same version. */
async function replaceVersion(bytes: Uint8Array): Promise<void> {
  registry.manifests.clear();
  await publish(bytes);
}

test("pulled once, pinned, and afterwards taken without the registry", async () => {
  const published = await publish(first);
  expect((await fetchBoardComponent(specifier, options)).bytes).toEqual(first);
  expect(JSON.parse(readFileSync(options.lock.path, "utf8"))).toEqual({
    format: 1,
    components: { [specifier]: { digest: published.reference.digest } },
  });
  await registry[Symbol.asyncDispose]();
  expect(await fetchBoardComponent(specifier, options)).toMatchObject({ bytes: first, wasCached: true });
  expect((await findBoardComponent(specifier, options)).bytes).toEqual(first);
});

test("a version that was replaced in the registry is not taken for the pinned one", async () => {
  await publish(first);
  await fetchBoardComponent(specifier, options);
  await replaceVersion(second);
  expect((await fetchBoardComponent(specifier, options)).bytes).toEqual(first);
  const elsewhere = { ...options, store: new BlobStore(join(folder.path, "another")) };
  await expect(fetchBoardComponent(specifier, elsewhere)).rejects.toThrow(
    `the registry has no longer what ${options.lock.path} pins ${specifier} to; find out why`,
  );
  expect((await fetchBoardComponent(specifier, { ...elsewhere, update: true })).bytes).toEqual(second);
  expect((await fetchBoardComponent(specifier, elsewhere)).bytes).toEqual(second);
});

test("a digest in the board file is the pin, and needs no lock file", async () => {
  const { digest } = (await publish(first)).reference;
  await replaceVersion(second);
  await expect(fetchBoardComponent(`${specifier}@${digest}`, options)).rejects.toThrow(
    "has no ns/name@sha256:",
  );
  const { digest: other } = (await publish(second)).reference;
  expect((await fetchBoardComponent(`${specifier}@${other}`, options)).bytes).toEqual(second);
  await fetchBoardComponent(`${specifier}@${other}`, { ...options, update: true });
  expect(folder.files).not.toContain("busbar.lock.json");
});

test("nothing is looked up that was not pulled", async () => {
  await publish(first);
  const asked = registry.seen.length;
  await expect(findBoardComponent(specifier, options)).rejects.toThrow(
    `${specifier} is not on this machine yet; run "busbar pull" with the board file.`,
  );
  expect(registry.seen.length).toBe(asked);
});

describe("the cache", () => {
  test("a damaged entry is pulled again", async () => {
    const { component } = await publish(first);
    await fetchBoardComponent(specifier, options);
    const entry = join(options.store.folder, "blobs/sha256", component.slice(7));
    writeFileSync(entry, first.subarray(0, 20));
    expect(await options.store.read(component, 1000)).toBeUndefined();
    expect(await fetchBoardComponent(specifier, options)).toMatchObject({ bytes: first, wasCached: false });
    expect(readFileSync(entry)).toEqual(Buffer.from(first));
  });

  test("has whole entries and nothing else, whoever adds at the same time", async () => {
    await Promise.all(Array.from({ length: 20 }, () => options.store.add(first)));
    expect(folder.files).toEqual([digestOf(first).slice(7)]);
    expect(await options.store.read(digestOf(first), 1000)).toEqual(first);
    expect(await options.store.read(digestOf(first), 10)).toBeUndefined();
  });

  test("that cannot be used is said", async () => {
    await publish(first);
    writeFileSync(join(folder.path, "file"), "");
    const store = new BlobStore(join(folder.path, "file"));
    await expect(fetchBoardComponent(specifier, { ...options, store })).rejects.toThrow(
      `the cache folder ${store.folder} cannot be used (`,
    );
  });
});

describe("the lock file", () => {
  const digest = digestOf(first);

  test("keeps its entries in order, and drops those that are not wanted", () => {
    const [a, b, c] = ["a", "b", "c"].map((name) => parseReference(`oci://x/${name}:1.0.0`)) as [
      never,
      never,
      never,
    ];
    for (const each of [b, c, a]) options.lock.pin(each, digest);
    expect(Object.keys(JSON.parse(readFileSync(options.lock.path, "utf8")).components)).toEqual(
      ["a", "b", "c"].map((name) => `oci://x/${name}:1.0.0`),
    );
    options.lock.keepOnly([b]);
    expect([a, b, c].map((each) => options.lock.pinned(each)?.digest)).toEqual([
      undefined,
      digest,
      undefined,
    ]);
  });

  test.each([
    ["{", "it is not JSON"],
    ["[]", "expected"],
    ['{"format":2,"components":{}}', '"format"'],
    ['{"format":1,"components":{"oci://x/a:1.0.0":{"digest":"md5:1"}}}', "expected a sha256 digest"],
  ])("damaged: %s", (text) => {
    writeFileSync(options.lock.path, text);
    expect(() => options.lock.pinned(parseReference(specifier))).toThrow(
      /busbar\.lock\.json is damaged \(.*\); restore it, or delete it to pin anew/,
    );
  });

  test("that cannot be written is said", () => {
    const lock = new LockFile(join(folder.path, "missing"));
    expect(() => lock.pin(parseReference(specifier), digest)).toThrow(
      /cannot be written \(ENOENT\); make its folder/,
    );
  });
});
