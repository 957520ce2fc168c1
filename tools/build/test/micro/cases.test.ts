/** JavaScript on MicroQuickJS is JavaScript: see cases.js. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { buildPackage } from "../../src/build.ts";
import { temporaryDriver } from "../driver.ts";
import { instantiate } from "../instantiate.ts";
import { cases, show } from "./cases.js";
import { hasEngine } from "./engine.ts";

type Ask = (name: string) => Promise<string>;

describe.skipIf(!hasEngine)("on MicroQuickJS", () => {
  let ask: Ask;
  beforeAll(async () => {
    // As a library: some of this is refused in a driver's own files.
    const library = JSON.stringify(join(import.meta.dirname, "cases.js"));
    await using driver = await temporaryDriver({
      "package.json": JSON.stringify({
        name: "cases",
        version: "1.0.0",
        type: "module",
        busbar: { world: "w", entry: "src/component.js", component: "dist/cases.wasm" },
      }),
      "src/component.js": [
        `import { cases, show } from ${library};`,
        "export function ask(name) {",
        "  try { return show(cases[name]()); } catch (error) { return 'it throws ' + error + error.stack; }",
        "}",
      ].join("\n"),
      "wit/own.wit": "package test:cases@1.0.0;\nworld w { export ask: func(name: string) -> string; }\n",
    });
    const { component } = await buildPackage(driver.folder, { engine: "micro" });
    ({ ask } = await instantiate<{ ask: Ask }>(await readFile(component), {}));
  }, 60_000);

  test.each(Object.entries(cases))("%s", async (name, run) => {
    expect(await ask(name)).toBe(show(run()));
  });
});
