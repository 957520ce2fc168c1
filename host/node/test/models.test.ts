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
  "board/node_modules/@me/chip/m.js": 'export default "installed";\n',
})) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

const load = (...models: string[]) => {
  const simulate = models.map((model, index) => ({ i2c: "sim", address: `0x${index + 10}`, model }));
  return loadModels(parseBoard({ devices: {}, simulate }).simulate, join(folder, "board"));
};

test("files beside the board and exports of packages are loaded; names of the simulator are left to it", async () => {
  const models = await load("bme280", "./model.ts", "../beside.js", "@me/chip/model", "./model.ts");
  expect([...models]).toEqual([
    ["./model.ts", 42],
    ["../beside.js", "beside"],
    ["@me/chip/model", "installed"],
  ]);
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
