import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { readTranspiled, transpileCached } from "../src/cache.ts";
import { emptyComponent } from "./empty.ts";

let component: Uint8Array;
let folder: string;

beforeAll(async () => {
  component = await emptyComponent("i2c-sensor-driver");
}, 60_000);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "busbar-cache-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("the second time takes the entry, and it is the same", async () => {
  const first = await transpileCached(component, folder);
  const second = await transpileCached(component, folder);
  expect([first.hit, second.hit]).toEqual([false, true]);
  expect(second.folder).toBe(first.folder);
  expect([...second.files.keys()].sort()).toEqual([...first.files.keys()].sort());
  for (const [name, bytes] of first.files)
    expect(Buffer.from(second.files.get(name) ?? [])).toEqual(Buffer.from(bytes));
});

test("another component has another entry", async () => {
  await transpileCached(component, folder);
  const other = Uint8Array.from([...component, 0, 2, 1, 0x78]);
  expect((await transpileCached(other, folder)).hit).toBe(false);
  expect(await readdir(folder)).toHaveLength(2);
});

test.each([
  ["a missing file", (entry: string) => rm(join(entry, "component.core.wasm"))],
  ["a short file", (entry: string) => truncate(join(entry, "component.js"), 10)],
  ["a changed file", (entry: string) => writeFile(join(entry, "component.core.wasm"), "x")],
  ["a missing manifest", (entry: string) => rm(join(entry, "manifest.json"))],
  ["a broken manifest", (entry: string) => writeFile(join(entry, "manifest.json"), "{}")],
  [
    "a manifest that names files elsewhere",
    (entry: string) =>
      writeFile(
        join(entry, "manifest.json"),
        JSON.stringify({
          format: 1,
          name: "",
          sha256: "0".repeat(64),
          toolchain: {},
          entry: "component.js",
          modules: [],
          files: { "../../secret": "0".repeat(64) },
        }),
      ),
  ],
  [
    "a file in place of the entry",
    async (entry: string) => {
      await rm(entry, { recursive: true });
      await writeFile(entry, "");
    },
  ],
])("an entry with %s is made again", async (_, damage) => {
  const { folder: entry } = await transpileCached(component, folder);
  await damage(entry);
  const mended = await transpileCached(component, folder);
  expect(mended.hit).toBe(false);
  expect(await readTranspiled(entry)).toBeDefined();
  expect((await transpileCached(component, folder)).hit).toBe(true);
});

test("several processes fill one cache at once and leave one whole entry", async () => {
  const file = join(folder, "component.wasm");
  await writeFile(file, component);
  const cache = join(folder, "cache");
  const script = `
    import { readFile } from "node:fs/promises";
    import { transpileCached } from ${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)};
    const component = await readFile(${JSON.stringify(file)});
    const all = await Promise.all([1, 2, 3].map(() => transpileCached(component, ${JSON.stringify(cache)})));
    console.log(all.at(-1).files.size, all.every(({ hit }) => hit));`;
  const run = () => promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
  const outputs = await Promise.all([run(), run()]);
  const later = await run();
  const [entry = ""] = await readdir(cache);
  const files = (await readTranspiled(join(cache, entry)))?.files.size;
  expect(later.stdout.trim()).toBe(`${files} true`);
  for (const { stdout } of outputs) expect(stdout.trim()).toBe(`${files} false`);
  expect(await readdir(cache)).toHaveLength(1);
}, 120_000);
