import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as promises from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
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

vi.mock("node:fs/promises", async (importOriginal) => {
  const original = await importOriginal<typeof promises>();
  return { ...original, writeFile: vi.fn(original.writeFile) };
});

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
  vi.resetAllMocks();
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
    const entry = join(folder.path, "cache", component.slice(7));
    writeFileSync(entry, first.subarray(0, 20));
    expect(await options.store.read(component, 1000)).toBeUndefined();
    expect(await fetchBoardComponent(specifier, options)).toMatchObject({ bytes: first, wasCached: false });
    expect(await options.store.read(component, 1000)).toEqual(first);
  });

  test("has whole entries and nothing else, whoever adds at the same time", async () => {
    await Promise.all(Array.from({ length: 20 }, () => options.store.add(first)));
    expect(folder.files).toEqual([digestOf(first).slice(7)]);
    expect(await options.store.read(digestOf(first), 1000)).toEqual(first);
    expect(await options.store.read(digestOf(first), 10)).toBeUndefined();
  });

  test("that cannot be used is an error, or where it is optional one line", async () => {
    await publish(first);
    writeFileSync(join(folder.path, "file"), "");
    const strict = new BlobStore(join(folder.path, "file"));
    await expect(fetchBoardComponent(specifier, { ...options, store: strict })).rejects.toThrow(
      `${join(folder.path, "file")} is no folder: nothing is kept in a cache; set XDG_CACHE_HOME to`,
    );
    expect(folder.files).not.toContain("busbar.lock.json");
    const problems: string[] = [];
    const onProblem = (sentence: string) => void problems.push(sentence);
    const store = new BlobStore(join(folder.path, "file"), { optional: true, onProblem });
    expect((await fetchBoardComponent(specifier, { ...options, store })).bytes).toEqual(first);
    expect((await fetchBoardComponent(specifier, { ...options, store })).bytes).toEqual(first);
    expect(problems).toHaveLength(1);
  });

  test("that others can write to is not believed, whatever is in it", async () => {
    await publish(first);
    await fetchBoardComponent(specifier, options);
    chmodSync(join(folder.path, "cache"), 0o777);
    expect(await options.store.read(digestOf(first), 1000)).toBeUndefined();
  });
});

describe("the lock file", () => {
  const digest = digestOf(first);

  test("keeps its entries in order, also those of other boards when one of them is updated", async () => {
    await publish(first);
    const others = ["b", "c", "a"].map((name) => parseReference(`oci://x/${name}:1.0.0`));
    for (const each of others) expect(await options.lock.pin(each, digest)).toBe(digest);
    await fetchBoardComponent(specifier, { ...options, update: true });
    expect(Object.keys(JSON.parse(readFileSync(options.lock.path, "utf8")).components)).toEqual([
      specifier,
      ...["a", "b", "c"].map((name) => `oci://x/${name}:1.0.0`),
    ]);
  });

  test("what is pinned stays, but for an update", async () => {
    const reference = parseReference(specifier);
    const other = digestOf(second);
    expect(await options.lock.pin(reference, digest)).toBe(digest);
    expect(await options.lock.pin(reference, other)).toBe(digest);
    expect(options.lock.pinned(reference)?.digest).toBe(digest);
    expect(await options.lock.pin(reference, other, { replace: true })).toBe(other);
    expect(options.lock.pinned(reference)?.digest).toBe(other);
  });

  test("a registry that gives each of two processes another: both take the one that is pinned first", async () => {
    const { digest: theirs } = (await publish(first)).reference;
    const manifest = registry.manifests.get(theirs)!;
    await replaceVersion(second);
    // Between the question to the registry and the pin.
    const onProgress = () => writeFileSync(options.lock.path, lockText({ [specifier]: theirs }));
    registry.manifests.set(theirs, manifest);
    expect((await fetchBoardComponent(specifier, { ...options, onProgress })).bytes).toEqual(first);
    expect(readFileSync(options.lock.path, "utf8")).toBe(lockText({ [specifier]: theirs }));
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

  test("that cannot be written is said", async () => {
    const lock = new LockFile(join(folder.path, "missing"));
    await expect(lock.pin(parseReference(specifier), digest)).rejects.toThrow(
      /cannot be written \(ENOENT\); make its folder/,
    );
  });

  test("a full disk never stops a reading, and stops a pull", async () => {
    await publish(first);
    const full = () => Promise.reject(Object.assign(new Error("full"), { code: "ENOSPC" }));
    vi.mocked(promises.writeFile).mockImplementation(full);
    const problems: string[] = [];
    const onProblem = (sentence: string) => void problems.push(sentence);
    const store = new BlobStore(join(folder.path, "cache"), { optional: true, onProblem });
    expect((await fetchBoardComponent(specifier, { ...options, store, onProblem })).bytes).toEqual(first);
    expect(problems).toEqual([
      `the cache folder ${join(folder.path, "cache")} cannot be written (ENOSPC); make room, or set XDG_CACHE_HOME to a folder that can be written.`,
      `${specifier} is used without being pinned: ${options.lock.path} cannot be written (ENOSPC); make room on the disk.`,
    ]);
    await expect(fetchBoardComponent(specifier, { ...options, store })).rejects.toThrow(
      `${options.lock.path} cannot be written (ENOSPC); make room on the disk.`,
    );
    expect(folder.files).toEqual([]);
  });

  test("a folder without the right to write is no full disk: what is not pinned is not used", async () => {
    await publish(first);
    const refused = () => Promise.reject(Object.assign(new Error("refused"), { code: "EROFS" }));
    vi.mocked(promises.writeFile).mockImplementation(refused);
    const store = new BlobStore(join(folder.path, "cache"), { optional: true });
    const onProblem = () => undefined;
    await expect(fetchBoardComponent(specifier, { ...options, store, onProblem })).rejects.toThrow(
      /cannot be written \(EROFS\); make its folder writable, or pin the digest/,
    );
  });
});

function lockText(pins: Readonly<Record<string, string>>): string {
  const components = Object.fromEntries(Object.entries(pins).map(([name, digest]) => [name, { digest }]));
  return `${JSON.stringify({ format: 1, components }, null, 2)}\n`;
}
