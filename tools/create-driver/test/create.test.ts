/** What is written, and what is refused. */

import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CreateError, createDriver, kinds, templateOf } from "../src/index.ts";

const templates = join(import.meta.dirname, "../templates");
const root = join(import.meta.dirname, "../../..");
const biome = createRequire(import.meta.url).resolve("@biomejs/biome/bin/biome");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "busbar-create-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
/** A new empty folder. */
function emptyFolder(): string {
  const path = join(folder, `from-${count++}`);
  mkdirSync(path);
  return path;
}

const read = (path: string) => readFileSync(path, "utf8");
const sensor = { bus: "i2c", device: "sensor" };

describe("a package of its own", () => {
  test("has the name everywhere, real versions, and what to type next", async () => {
    const from = emptyFolder();
    const created = await createDriver({ name: "@acme/lm75", ...sensor }, { from });
    expect(created).toMatchObject({ name: "@acme/lm75", folder: join(from, "lm75"), inWorkspace: false });
    expect(created.next).toEqual(["cd lm75 && npm install", "npm test", "npm run demo"]);
    const files = readdirSync(created.folder, { recursive: true, withFileTypes: true });
    const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
    expect(paths.map((path) => path.slice(created.folder.length + 1)).sort()).toEqual(created.files);
    for (const path of paths)
      expect(read(path), path).not.toMatch(/my-?sensor|@me|workspace:|catalog:|\.\.\/\.\.\//i);
    expect(read(join(created.folder, "src/lm75.ts"))).toContain("export class Lm75 implements SensorDriver");
    const manifest = JSON.parse(read(join(created.folder, "package.json")));
    expect(manifest).toMatchObject({ name: "@acme/lm75", busbar: { component: "dist/lm75.wasm" } });
    expect(manifest).not.toHaveProperty("private");
    for (const version of Object.values({ ...manifest.dependencies, ...manifest.devDependencies })) {
      expect(version).toMatch(/^\^?\d+\.\d+\.\d+$/);
    }
  });

  // Names of other lengths and first letters make other lines and another order of imports.
  test.each(["t1", "aaa", "zzz", "my-sensor", "x-abcdef-ghijkl-mnopqrst"])(
    "is formatted and has no lint, whatever its name is: %s",
    async (name) => {
      for (const { bus, device, hasId: id } of kinds) {
        const created = await createDriver({ name, bus, device, id }, { from: emptyFolder() });
        const run = () =>
          execFileSync(process.execPath, [biome, "check", "--error-on-warnings"], {
            cwd: created.folder,
            stdio: "pipe",
            encoding: "utf8",
          });
        expect(run, `${device} ${name}`).not.toThrow();
      }
    },
    60_000,
  );

  test("goes where it is told, also into an empty folder", async () => {
    const from = emptyFolder();
    mkdirSync(join(from, "empty"));
    await createDriver({ name: "lm75", ...sensor, directory: "empty" }, { from });
    expect(existsSync(join(from, "empty/src/lm75.ts"))).toBe(true);
    const created = await createDriver({ name: "lm75", ...sensor, directory: "a/b" }, { from });
    expect(created.next[0]).toBe("cd a/b && npm install");
    expect(readdirSync(from).sort()).toEqual(["a", "empty"]);
  });
});

describe("in the workspace", () => {
  test.each(kinds.map((kind) => [templateOf(kind), kind] as const))(
    "a %s of the template's own name is the template",
    async (template, { bus, device, hasId: id, placeholder }) => {
      const from = emptyFolder();
      writeFileSync(join(from, "pnpm-workspace.yaml"), "");
      writeFileSync(join(from, "package.json"), '{ "name": "busbar-workspace" }');
      const created = await createDriver({ name: `@me/${placeholder}`, bus, device, id }, { from });
      expect(created.folder).toBe(join(from, "packages", placeholder));
      expect(created.next).toContain(`npx -y pnpm@12 turbo test --filter=@me/${placeholder}`);
      for (const file of created.files) {
        const expected = read(join(templates, template, file))
          .replaceAll("../../../..", "../..")
          .replace('  "private": true,\n', "");
        expect(read(join(created.folder, file)), file).toBe(expected);
      }
      // From a folder below the root, too.
      const below = await createDriver({ name: "other", bus, device }, { from: created.folder });
      expect(below.folder).toBe(join(from, "packages/other"));
      // Named as its neighbours are.
      expect(below.name).toBe("@busbar/other");
      expect(below.next).toContain("npx -y pnpm@12 turbo test --filter=@busbar/other");
      expect(JSON.parse(read(join(below.folder, "package.json"))).name).toBe("@busbar/other");
      // Outside of packages/ pnpm does not see it.
      const outside = await createDriver({ name: "lone", bus, device, directory: "lone" }, { from });
      expect(outside).toMatchObject({ name: "lone", inWorkspace: false });
    },
  );
});

describe("is refused, and nothing is written:", () => {
  const refused = async (request: object, message: string | RegExp, from = emptyFolder()) => {
    const before = readdirSync(from, { recursive: true });
    const created = createDriver({ name: "lm75", ...sensor, ...request }, { from });
    await expect(created).rejects.toThrow(CreateError);
    await expect(created).rejects.toThrow(message);
    expect(readdirSync(from, { recursive: true })).toEqual(before);
  };

  test.each([
    "",
    "My-Sensor",
    "my sensor",
    "@/x",
    "@a/b/c",
    "../up",
    "node_modules",
    "fs",
    "9dof",
    "my_sensor",
    "my--sensor",
    "a-",
    "é",
    `x${"y".repeat(24)}`,
  ])("the name %j", (name) => refused({ name }, /; choose one such as|^A driver is named as its part is/));

  // A class of that name would hide one that the code uses, or JavaScript's own; or a file would be there twice.
  test.each(["registers", "delay", "map", "conversion"])("the name %j, in use already", (name) =>
    refused({ name }, /would hide .*; choose another name, such as/),
  );

  test.each([
    [{ bus: "uart" }, 'There is no bus "uart"; choose one of: --bus i2c --device sensor, '],
    [{ device: "lamp" }, 'There is no device interface "lamp"; choose one of: '],
    [{ device: "hid" }, "A hid on i2c is nothing that there is an interface for; choose one of: "],
    [{ bus: "usb", device: "block-device" }, "A block-device is driven by @busbar/mass-storage"],
    [
      { device: undefined },
      "Say what lm75 drives: --bus i2c --device sensor, or --bus i2c --device sensor --no-id, or --bus i2c --device text-display.",
    ],
    [{ bus: "usb", device: "hid", id: false }, "A hid on usb says itself what it is; leave out --no-id."],
    [{ name: undefined }, 'Say what the driver is called, such as "my-sensor".'],
  ])("%j", (request, message) => refused(request, message));

  test("a folder with something in it, a file, and a place where nothing can be", async () => {
    const from = emptyFolder();
    mkdirSync(join(from, "lm75"));
    writeFileSync(join(from, "lm75/notes.txt"), "mine");
    await refused({}, /lm75 is there already, and nothing is overwritten;/, from);
    await refused({ directory: "lm75/notes.txt" }, /is there already/, from);
    await refused({ directory: "lm75/notes.txt/x" }, /is there already|cannot be written \(ENOTDIR\)/, from);
    await refused(
      { directory: `a/b/${"x".repeat(300)}` },
      /cannot be written \(ENAMETOOLONG\); name another/,
      from,
    );
    await refused(
      { directory: `a/b/${"x".repeat(250)}` },
      /cannot be written \(ENAMETOOLONG\); name another/,
      from,
    );
    expect(read(join(from, "lm75/notes.txt"))).toBe("mine");
  });
});

test("one bus or one device is enough where only one kind is left", async () => {
  const from = emptyFolder();
  expect(await createDriver({ name: "lcd", device: "text-display" }, { from })).toMatchObject({ bus: "i2c" });
  expect(await createDriver({ name: "adc", bus: "spi" }, { from })).toMatchObject({ device: "sensor" });
  await expect(createDriver({ name: "lm75", device: "sensor" }, { from })).rejects.toThrow(
    /^Say what lm75 drives: --bus i2c --device sensor, .*or --bus spi --device sensor\.$/,
  );
});

test("a sensor without an id register asks for none, and has its contract without", async () => {
  const from = emptyFolder();
  const created = await createDriver({ name: "lm75", ...sensor, id: false }, { from });
  expect(created.id).toBe(false);
  const texts = created.files.map((file) => read(join(created.folder, file))).join("");
  expect(texts).not.toMatch(/WHO_AM_I|wrongDevice|identity/i);
  expect(texts).toContain("There is no `wrong-device`");
  // A display has none anyway.
  const display = await createDriver({ name: "lcd", device: "text-display", id: false }, { from });
  expect(display).toMatchObject({ device: "text-display", id: false });
  expect(await createDriver({ name: "with", ...sensor }, { from })).toMatchObject({ id: true });
});

test("every template is a kind, and every kind has one", () => {
  expect(readdirSync(templates).sort()).toEqual(kinds.map(templateOf).sort());
  expect(dirname(templates)).toBe(join(root, "tools/create-driver"));
});
