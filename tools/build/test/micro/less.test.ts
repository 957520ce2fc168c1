/** What MicroQuickJS does otherwise where nothing refuses it: the rows of docs/engines.md, "What MicroQuickJS has less". */

import { readFile } from "node:fs/promises";
import { beforeEach, describe, expect, test } from "vitest";
import { buildPackage } from "../../src/build.ts";
import { temporaryDriver } from "../driver.ts";
import { instantiate } from "../instantiate.ts";
import { hasEngine } from "./engine.ts";

const library = `
const asked = {
  "writing behind an array's end": () => { const it = [1]; it[5] = 2; },
  "capitals beyond ASCII": () => "äÄß".toUpperCase() + "ÄB".toLowerCase(),
  "case beyond ASCII": () => /ä/i.test("Ä"),
  "a frozen object": () => { const it = Object.freeze({ a: 1 }); it.a = 2; return it.a; },
  "keys of an array": () => typeof ["a"].keys().next,
  "a pattern with an error": () => new RegExp("("),
  "JSON from text": () => typeof JSON.parse,
  "code from text": () => Function("1"),
  eval: () => typeof globalThis.eval,
};
export const ask = (what) => { try { return String(asked[what]()); } catch (error) { return "it throws " + error; } };
`;

describe.skipIf(!hasEngine)("on MicroQuickJS", () => {
  let component: Uint8Array | undefined;
  let ask: (what: string) => Promise<string>;
  beforeEach(async () => {
    component ??= await build();
    ({ ask } = await instantiate<{ ask: typeof ask }>(component, {}));
  }, 60_000);

  test.each([
    ["writing behind an array's end", "it throws TypeError: invalid array subscript"],
    ["capitals beyond ASCII", "äÄßÄb"],
    ["case beyond ASCII", "false"],
    ["a frozen object", "2"],
    ["keys of an array", "undefined"],
    ["JSON from text", "undefined"],
    ["code from text", "it throws TypeError: this cannot be constructed"],
    ["eval", "undefined"],
  ])("%s", async (what, outcome) => {
    expect(await ask(what)).toBe(outcome);
  });

  test("a pattern with an error ends the driver", async () => {
    await expect(ask("a pattern with an error")).rejects.toMatchObject({ name: "Trap" });
  });
});

/** As a library: some of it is refused in a driver's own files. */
async function build(): Promise<Uint8Array> {
  await using driver = await temporaryDriver({
    "package.json": JSON.stringify({
      name: "less",
      version: "1.0.0",
      type: "module",
      busbar: { world: "w", entry: "src/component.js", component: "dist/less.wasm" },
    }),
    "src/component.js": 'export { ask } from "library";\n',
    "node_modules/library/package.json": '{ "name": "library", "type": "module", "exports": "./index.js" }',
    "node_modules/library/index.js": library,
    "wit/own.wit": "package test:less@1.0.0;\nworld w { export ask: func(what: string) -> string; }\n",
  });
  return await readFile((await buildPackage(driver.folder, { engine: "micro" })).component);
}
