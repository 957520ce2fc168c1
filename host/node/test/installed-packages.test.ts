import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { installedPackages } from "../src/installed-packages.ts";

const folder = mkdtempSync(join(tmpdir(), "busbar-installed-"));
afterAll(() => rmSync(folder, { recursive: true }));

for (const [path, content] of Object.entries({
  "board/node_modules/driver/package.json": '{ "name": "driver" }',
  "board/node_modules/@me/chip/package.json": '{ "busbar": { "model": "m.js" } }',
  "board/node_modules/broken/package.json": '{ "busbar": ',
  "package.json": '{ "name": "above", "busbar": 1 }',
  "node_modules/driver/package.json": '{ "busbar": { "component": "d.wasm" } }',
})) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

test("from the nearest place to the farthest; one that has nothing for Busbar hides what is farther away", () => {
  const found = [...installedPackages(join(folder, "board"), folder)].flat();
  expect(found.map(({ name, busbar }) => [name, busbar])).toEqual([
    ["@me/chip", { model: "m.js" }],
    ["driver", undefined],
    ["above", 1],
    ["driver", { component: "d.wasm" }],
  ]);
});

test("a folder that was looked at is not read again", () => {
  const read = new Map();
  const first = [...installedPackages(join(folder, "board"), folder, read)];
  rmSync(join(folder, "board/node_modules/driver"), { recursive: true });
  expect([...installedPackages(join(folder, "board"), folder, read)]).toEqual(first);
});
