import { copyFile, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { buildModels } from "../src/model.ts";
import { readPackage } from "../src/package.ts";
import { manifest, temporaryDriver } from "./driver.ts";

/** A package with these models, whose only own dependency is "kit". @param exported what it exports as "./model" */
const filesWith = (model: unknown, exported?: string) => ({
  "package.json": JSON.stringify({
    name: "probe",
    version: "1.0.0",
    type: "module",
    exports: { "./model": exported },
    busbar: { ...manifest, model },
  }),
  "src/component.ts": "export const probe = {};",
  "src/model.ts": 'import { id } from "./model/id.ts";\nexport default { create: (): number => id };',
  "src/model/id.ts": 'import { base } from "kit";\nexport const id: number = base + 1;',
  "src/model/lonely.ts": 'import { base } from "nowhere";\nexport default { create: () => base };',
  "node_modules/kit/package.json": '{ "name": "kit", "type": "module", "exports": "./kit.js" }',
  "node_modules/kit/kit.js": "export const base = 0x5f;",
});

test("a model's module runs where nothing else is", async () => {
  await using driver = await temporaryDriver(filesWith("dist/model.js"));
  await buildModels(await readPackage(driver.folder));
  expect((await readdir(join(driver.folder, "dist"))).sort()).toEqual(["model.js", "model.js.map"]);
  const alone = await mkdtemp(join(tmpdir(), "busbar-model-"));
  try {
    await copyFile(join(driver.folder, "dist/model.js"), join(alone, "model.mjs"));
    const { default: model } = await import(pathToFileURL(join(alone, "model.mjs")).href);
    expect(model.create()).toBe(0x60);
  } finally {
    await rm(alone, { recursive: true });
  }
});

test("a model's source map names its sources from where it lies", async () => {
  await using driver = await temporaryDriver(filesWith({ id: "dist/model/id.js" }));
  await buildModels(await readPackage(driver.folder));
  const { sources } = JSON.parse(await readFile(join(driver.folder, "dist/model/id.js.map"), "utf8"));
  expect(sources).toContain("../../src/model/id.ts");
});

test("what a package exports as its models is whole too, beside several of them", async () => {
  await using driver = await temporaryDriver(filesWith({ id: "./dist/model/id.js" }, "./dist/model.js"));
  const read = await readPackage(driver.folder);
  expect(read.models).toEqual(["dist/model/id.js", "dist/model.js"]);
  await buildModels(read);
  for (const model of read.models) {
    expect(await readFile(join(driver.folder, model), "utf8")).not.toMatch(/^import |\bfrom "/m);
  }
});

test("an import that is not there is told, and nothing is written", async () => {
  await using driver = await temporaryDriver(filesWith({ lonely: "dist/model/lonely.js" }));
  const read = await readPackage(driver.folder);
  await expect(buildModels(read)).rejects.toThrow(/^src\/model\/lonely\.ts cannot be built: .*nowhere/);
  expect(await readdir(driver.folder)).not.toContain("dist");
});

test.each([
  ["model.js", '"busbar.model" is wrong: it must be a file such as "dist/model.js".'],
  [{ Chip: "dist/model.js" }, '"busbar.model.Chip" is wrong: it must be a name such as "bme280".'],
  [
    { other: "dist/other.js" },
    'names the entry "src/other.ts", which is not there; create it or mend "busbar.model".',
  ],
])("the model %j is refused", async (model, message) => {
  await using driver = await temporaryDriver(filesWith(model));
  await expect(readPackage(driver.folder)).rejects.toThrow(message);
});
