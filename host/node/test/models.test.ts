/** Modules that a board's "simulate" list names as models. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { HostError, parseBoard } from "@busbar/host";
import { afterAll, expect, test } from "vitest";
import { loadModels } from "../src/models.ts";

const folder = mkdtempSync(join(tmpdir(), "busbar-models-"));
afterAll(() => rmSync(folder, { recursive: true }));

for (const [path, content] of Object.entries({
  "board/model.ts": "const answer: number = 42;\nexport default answer;\n",
  "beside.js": 'export default "beside";\n',
  "board/named.js": "export const model = 1;\n",
  "board/broken.js": "export default (;\n",
  "board/failing.js": 'throw new Error("no such chip");\n',
  "board/node_modules/@me/chip/package.json": '{ "type": "module", "exports": { "./model": "./m.js" } }',
  "board/node_modules/@me/one/package.json": '{ "type": "module", "busbar": { "model": "m.js" } }',
  "board/node_modules/@me/one/m.js": 'export default "the one of its package";\n',
  "board/node_modules/several/package.json":
    '{ "type": "module", "busbar": { "model": { "left": "left.js", "right": "right.js", "both": "left.js" } } }',
  "board/node_modules/several/left.js": 'export default "left";\n',
  "board/node_modules/several/right.js": 'export default "right";\n',
  "board/node_modules/other/package.json": '{ "busbar": { "model": { "both": "m.js" } } }',
  "board/node_modules/broken/package.json": '{ "busbar": { "model": ',
  "board/node_modules/odd/package.json": '{ "busbar": { "model": { "odd": 1 } } }',
  "node_modules/one/package.json": '{ "type": "module", "busbar": { "model": "m.js" } }',
  "node_modules/one/m.js": 'export default "farther away";\n',
  "node_modules/two/package.json": '{ "type": "module", "busbar": { "model": "m.js" } }',
  "node_modules/two/m.js": 'export default "two";\n',
  "driver/package.json": '{ "name": "@me/driver", "type": "module", "busbar": { "model": "dist/m.js" } }',
  "driver/dist/m.js": 'export default "beside the driver";\n',
  "board/node_modules/@me/chip/m.js": 'export default "installed";\n',
})) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

const load = (...models: string[]) => {
  const simulate = models.map((model, index) => ({ i2c: "sim", address: `0x${index + 10}`, model }));
  return loadModels(parseBoard({ devices: {}, simulate }), join(folder, "board"));
};

test("files beside the board and exports of packages are loaded; names of the simulator are left to it", async () => {
  const models = await load("registers", "./model.ts", "../beside.js", "@me/chip/model", "./model.ts");
  expect([...models]).toEqual([
    ["./model.ts", 42],
    ["../beside.js", "beside"],
    ["@me/chip/model", "installed"],
  ]);
});

test.each([
  ["one", "the one of its package"],
  ["@me/one", "the one of its package"],
  ["left", "left"],
  ["right", "right"],
  ["two", "two"],
])("%s is a model of an installed package, of the nearest", async (name, model) => {
  expect(await load(name)).toEqual(new Map([[name, model]]));
});

test("from the top on nothing is looked for", async () => {
  const simulate = [{ i2c: "sim", address: 0x10, model: "two" } as const];
  expect(await loadModels({ simulate }, join(folder, "board"), join(folder, "board"))).toEqual(new Map());
});

test("a model is found where the board's driver is, and in the package in which the board is", async () => {
  const devices = { it: { driver: "../driver/dist/driver.wasm", i2c: { bus: "sim", address: "0x10" } } };
  const simulate = [{ i2c: "sim", address: "0x10", model: "driver" }];
  const expected = new Map([["driver", "beside the driver"]]);
  expect(await loadModels(parseBoard({ devices, simulate }), join(folder, "board"))).toEqual(expected);
  const alone = parseBoard({ devices: {}, simulate });
  expect(await loadModels(alone, join(folder, "driver/dist"))).toEqual(expected);
  expect(await loadModels(alone, join(folder, "board"))).toEqual(new Map());
});

test.each([
  ["both", "the packages other and several both have a model both; write the name of the one that is meant."],
  ["several", "the package several has several models; name one of left, right, both."],
])("%s is ambiguous", async (name, message) => {
  await expect(load(name)).rejects.toThrow(message);
});

test.each([
  ["./nowhere.js", /^the model \.\/nowhere\.js cannot be loaded: Cannot find module/],
  ["./broken.js", /^the model \.\/broken\.js cannot be loaded: /],
  ["./failing.js", /^the model \.\/failing\.js cannot be loaded: no such chip$/],
  ["./named.js", /^the model \.\/named\.js has no default export; write /],
  ["@me/other/model", /^the model @me\/other\/model is not installed where the board file is/],
  ["@me/chip/m.js", /its package does not export it/],
])("%s is refused", async (model, message) => {
  await expect(load(model)).rejects.toThrow(message);
  await expect(load(model)).rejects.toThrow(HostError);
});

test.each([
  "https://example.org/model.js",
  "oci://ghcr.io/me/model:1.0.0",
  "data:text/javascript,export default 1",
  "file:///tmp/model.js",
  "node:fs",
  join(folder, "beside.js"),
  "@me/chip/../../../beside.js",
  "..\\beside.js",
  "/",
])("%s is refused: nothing comes from elsewhere", async (model) => {
  await expect(load(model)).rejects.toThrow(/models come from nowhere else\.$/);
});
