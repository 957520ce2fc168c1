/** What a driver's author reads when a build on MicroQuickJS fails: one sentence, with the place in the author's file. */

import { afterEach, describe, expect, test } from "vitest";
import { buildPackage } from "../../src/build.ts";
import { type TemporaryDriver, temporaryDriver } from "../driver.ts";
import { hasEngine } from "./engine.ts";

let driver: TemporaryDriver | undefined;
afterEach(() => driver?.[Symbol.asyncDispose]());

const sensor =
  'export const sensor = { Device: class {}, open() { throw { tag: "unsupported", val: "" }; } };\n';

/** The message of a build that fails, with the folder's name left out. */
async function failure(files: Readonly<Record<string, string>>): Promise<string> {
  driver = await temporaryDriver(files);
  const { folder } = driver;
  const done = buildPackage(folder, { engine: "micro" }).then(
    () => "it was built",
    ({ message }: Error) => message,
  );
  return (await done).replaceAll(`${folder}/`, "");
}

describe.skipIf(!hasEngine)("on MicroQuickJS", () => {
  test.each([
    [
      "an error while the module is loaded, with its place and callers",
      'function check(it: number) {\n  if (it > 1) throw new RangeError("too many");\n}\ncheck(2);\n',
      'src/component.ts:2:25: RangeError: too many (while the module is loaded)\n2 |   if (it > 1) throw new RangeError("too many");\n' +
        "                            ^\n  called from src/component.ts:4:1",
    ],
    [
      "something that nobody has",
      "const map: unknown = new Temporal();\nexport { map };\n",
      "src/component.ts:1:26: ReferenceError: variable 'Temporal' is not defined (while the module is loaded)\n" +
        "1 | const map: unknown = new Temporal();\n                             ^",
    ],
    [
      "a hole in an array",
      "export const holes = [1, , 2];\n",
      "src/component.ts:1:23: SyntaxError: unexpected character in expression (while the module is loaded)\n" +
        "1 | export const holes = [1, , 2];\n                          ^",
    ],
    [
      "what the rules are about",
      "export const when = new Date(0);\n",
      "src/component.ts:1:25: Date: MicroQuickJS has no dates; measure with nowMs of busbar:board/time, and leave the time of day " +
        "to the program that reads\n1 | export const when = new Date(0);\n                            ^",
    ],
    [
      "a call of the host",
      'import { openDelay } from "busbar:board/i2c@0.1.0";\nopenDelay();\n',
      "The driver calls busbar:board/i2c@0.1.0#open-delay while its module is loaded; call it from an exported function, because no " +
        "device is wired yet when a component is built.",
    ],
  ])("%s", async (_, code, message) => {
    expect(await failure({ "src/component.ts": code + sensor })).toBe(message);
  });

  test("an export that lacks something", async () => {
    expect(await failure({ "src/component.ts": "export const sensor = { open() {} };" })).toBe(
      'The export "sensor" lacks "Device", which world "i2c-sensor-driver" asks for.',
    );
  });

  test("a function that is lent a resource of the host's", async () => {
    const wit = `package test:lent@1.0.0;
interface host { resource thing; }
interface mine { use host.{thing}; f: func(all: list<borrow<thing>>); }
world w { import host; export mine; }`;
    const busbar = { world: "w", entry: "src/component.ts", component: "dist/lent.wasm" };
    const files = {
      "package.json": JSON.stringify({ name: "lent", version: "1.0.0", type: "module", busbar }),
      "src/component.ts": "export const mine = { f() {} };",
      "wit/own.wit": wit,
    };
    expect(await failure(files)).toBe(
      'World "w" exports test:lent/mine@1.0.0#f, which is lent a resource of the host\'s: MicroQuickJS cannot give it back; ' +
        "declare the parameter without borrow.",
    );
  });

  test("a memory that is no number", async () => {
    const busbar = { world: "w", entry: "a.ts", component: "dist/a.wasm", memoryKiB: 63 };
    const text = JSON.stringify({ name: "a", version: "1.0.0", type: "module", busbar });
    expect(await failure({ "package.json": text })).toBe(
      'package.json: "busbar.memoryKiB" is wrong: it must be 64 or more.',
    );
  });
});
