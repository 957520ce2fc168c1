import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Bundle } from "../src/bundle.ts";
import { explainEvaluation } from "../src/evaluation.ts";

let folder: string;
let bundle: Bundle;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "busbar-evaluation-"));
  const file = join(folder, "lib.ts");
  await writeFile(file, "one\ntwo\nthree\n");
  // Line 1 of the bundle is line 1 of the file, line 2 is line 3.
  const map = { version: 3, sources: [file], names: [], mappings: "AAAA;AAEA" };
  bundle = { code: "one\nthree\n", map: JSON.stringify(map), exports: [] };
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const explain = async (raw: string) => (await explainEvaluation(new Error(raw), bundle, folder)).message;

// The texts are what componentize-qjs 0.4.5 and componentize-js 0.23.0 wrote.
test.each([
  [
    "QuickJS",
    ": Failed to evaluate user JavaScript module: Failed to finish JavaScript module evaluation: Error: too many\n" +
      "    at check (componentize-qjs:user.js:2:1)\n    at <anonymous> (componentize-qjs:user.js:1:1)\n",
    "lib.ts:3:1: Error: too many (while the module is loaded)\n3 | three\n    ^\n  called from lib.ts:1:1",
  ],
  [
    "StarlingMonkey",
    "Failed to initialize component (wizer (/x/wizer)):\nException while evaluating top-level script\n" +
      "driver.js:2:1 RangeError: too many\n" +
      "Additionally, some promises were rejected, but the rejection never handled:\n" +
      "Promise rejected but never handled: too many\nStack:\n  check@driver.js:2:1\n  @driver.js:1:1",
    "lib.ts:3:1: RangeError: too many (while the module is loaded)\n3 | three\n    ^\n  called from lib.ts:1:1",
  ],
  [
    "StarlingMonkey, without a stack",
    "Failed to initialize component (wizer (/x/wizer)):\nException while evaluating top-level script\n" +
      "driver.js:1:1 SyntaxError: no such export: 'opne'",
    "lib.ts:1:1: SyntaxError: no such export: 'opne' (while the module is loaded)\n1 | one\n    ^",
  ],
  [
    "StarlingMonkey, a call to the host",
    "Failed to initialize component (wizer (/x/wizer)):\nError: the `componentize.wizer` function trapped\n\n" +
      "Caused by:\n    0: error while executing at wasm backtrace:\n           0: 0x8d4c2b - <unknown>!<wasm function 1>\n" +
      "    1: Error: attempted to call an unknown imported function: 'busbar:board/i2c@0.1.0' 'open'\n",
    "The driver calls busbar:board/i2c@0.1.0#open while its module is loaded; call it from an exported function, " +
      "because no device is wired yet when a component is built.",
  ],
  [
    "StarlingMonkey, an export of the wrong kind",
    'Unable to extract expected exports list\nError: "source.js" does not export a "sensor" interface\n  Try ...',
    'The driver\'s module cannot be loaded: Error: "source.js" does not export a "sensor" interface',
  ],
  [
    "QuickJS, a promise that nothing settles",
    ": Failed to evaluate user JavaScript module: Failed to finish JavaScript module evaluation: Error blocking on a " +
      "promise resulted in a dead lock",
    "The driver's module never finishes loading: it awaits a promise that nothing settles.",
  ],
])("%s", async (_, raw, message) => {
  expect(await explain(raw)).toBe(message);
});
