import { afterEach, expect, test } from "vitest";
import { buildPackage } from "../src/build.ts";
import { BuildError } from "../src/error.ts";
import { manifest, manifestOf, type TemporaryDriver, temporaryDriver } from "./driver.ts";

let driver: TemporaryDriver | undefined;
afterEach(() => driver?.[Symbol.asyncDispose]());

/** The message with which the build of these files fails. */
async function failure(files: Readonly<Record<string, string>>): Promise<string> {
  driver = await temporaryDriver(files);
  try {
    await buildPackage(driver.folder);
  } catch (error) {
    expect(error).toBeInstanceOf(BuildError);
    return (error as Error).message.replaceAll(driver.folder, "FOLDER");
  }
  throw new Error("the build did not fail");
}

const packageJson = (busbar?: object, rest: object = {}) =>
  JSON.stringify({ name: "probe", version: "1.0.0", type: "module", ...rest, busbar });

/** A variant of `manifest`. */
const usbVariant = { bus: "usb", entry: "src/usb.ts", component: "dist/probe-usb.wasm" };

const worldRule =
  /"busbar" is wrong: it must have "bus" and "exports", such as "i2c" and "sensor", or a "world" of its own\.$/;

test("a package without package.json", async () => {
  await expect(buildPackage("/nonexistent")).rejects.toThrow(
    "There is no /nonexistent/package.json; run the build in a driver package's folder, or name that folder.",
  );
});

test.each([
  ["no JSON", "{", /^FOLDER\/package\.json cannot be read: /],
  ["no manifest", packageJson(), /^FOLDER\/package\.json has no "busbar" entry; add "busbar": \{ /],
  ["no name", JSON.stringify({ version: "1.0.0", busbar: manifest }), /"name" is wrong/],
  [
    "an unknown engine",
    packageJson({ ...manifest, engine: "v8" }),
    /"busbar\.engine" is wrong: it must be quickjs or starlingmonkey or micro\.$/,
  ],
  [
    "a component that is no .wasm",
    packageJson({ ...manifest, component: "dist/probe" }),
    /"busbar\.component" is wrong: it must end in "\.wasm"\.$/,
  ],
  [
    "a kind of USB device that is every device",
    packageJson({ ...manifest, usb: [{ class: "0x03" }, {}] }),
    /"busbar\.usb\.1" is wrong: it fits every device; add "vendorId" or "class"\.$/,
  ],
  [
    "a USB product without its vendor",
    packageJson({ ...manifest, usb: [{ class: "0x03", productId: "0x0001" }] }),
    /"busbar\.usb\.0" is wrong: a "productId" means something only together with a "vendorId"; add that\.$/,
  ],
  [
    "a USB protocol without its class",
    packageJson({ ...manifest, usb: [{ vendorId: "0x2341", protocol: 1 }] }),
    /"busbar\.usb\.0" is wrong: a "subclass" or "protocol" means something only together with a "class"; add that\.$/,
  ],
  ["an unknown key", packageJson({ ...manifest, wolrd: "" }), /"busbar\.wolrd" is wrong/],
  [
    "a shape that nothing new is to be built for",
    packageJson({ ...manifest, shape: "borrowed-transfer" }),
    'FOLDER/package.json: "busbar.shape" is wrong: it must be transfer-result.',
  ],
  ["neither a driver's world nor one of its own", packageJson({ ...manifest, bus: undefined }), worldRule],
  ["a driver's world and one of its own", packageJson({ ...manifest, world: "app" }), worldRule],
  ["a bus beside a world of its own", packageJson({ ...manifestOf("app"), bus: "i2c" }), worldRule],
  [
    "variants of what is no driver",
    packageJson({ ...manifestOf("app"), variants: [usbVariant] }),
    /"busbar" is wrong: "variants" are of a driver; write "bus" and "exports" in the place of "world"\.$/,
  ],
  [
    "two components for a bus",
    packageJson({ ...manifest, variants: [usbVariant, usbVariant] }),
    /"busbar" is wrong: it has two components for bus "usb"; leave one out\.$/,
  ],
  [
    "two components for the same buses",
    packageJson({
      ...manifest,
      variants: [
        { ...usbVariant, bus: ["i2c", "gpio"] },
        { ...usbVariant, bus: ["gpio", "i2c"] },
      ],
    }),
    /"busbar" is wrong: it has two components for bus "gpio" with "i2c"; leave one out\.$/,
  ],
  [
    "a bus twice",
    packageJson({ ...manifest, bus: ["i2c", "i2c"] }),
    /"busbar\.bus" is wrong: it has a bus twice\.$/,
  ],
  ["a list of no bus", packageJson({ ...manifest, bus: [] }), /"busbar\.bus" is wrong: it is empty\.$/],
  [
    "a bus that is no name",
    packageJson({ ...manifest, bus: 1 }),
    /"busbar\.bus" is wrong: it must be a bus such as "i2c", or a list such as \["i2c", "gpio"\]\.$/,
  ],
  [
    "an entry that is not there",
    packageJson(manifest),
    'FOLDER/package.json names the entry "src/component.ts", which is not there; create it or mend "busbar.entry".',
  ],
])("a package.json with %s", async (_, text, message) => {
  expect(await failure({ "package.json": text })).toMatch(message);
});

test("an unknown world, with those that there are", async () => {
  const message = await failure({
    "package.json": packageJson(manifestOf("i2c-sensor")),
    "src/component.ts": "export {};",
    "wit/own.wit": "package mine:mine@1.0.0;\n// world no-world {}\nworld own-world {}\n",
  });
  expect(message).toMatch(
    /^There is no world "i2c-sensor"; set "busbar\.world" in package\.json to one of: own-world, (.*, )?hid-app, /,
  );
});

test.each([
  [
    "bus",
    { ...manifest, bus: "i3c" },
    /^There is no bus "i3c"; set "bus" .* to one of: (.*, )?i2c, (.*, )?mine, (.*, )?usb\.$/,
  ],
  [
    "kind of device",
    { ...manifest, exports: "sensors" },
    /^There is no kind of device "sensors"; set "exports" .* to one of: block-device, .*, gas-meter, gpio-controller, hid, .*, usb-echo\.$/,
  ],
])("an unknown %s, with those that there are", async (_, busbar, message) => {
  const text = await failure({
    "package.json": packageJson(busbar),
    "src/component.ts": "export {};",
    "wit/own.wit": `package mine:mine@1.0.0;
world mine-driver {}
world no-driver { export gas-meter; }
interface gas-meter { resource device; open: func(name: string) -> device; }
interface no-kind { shut: func(name: string); }`,
  });
  expect(text).toMatch(message);
  expect(text).not.toMatch(/\bno(-kind)?[,.]/);
});

test.each([
  [
    "an entry that is not there",
    usbVariant,
    'the entry "src/usb.ts", which is not there; create it or mend "busbar.variants.0.entry".',
  ],
  [
    "a component of the same name",
    { ...usbVariant, entry: manifest.entry, component: "elsewhere/probe.wasm" },
    '"busbar.variants.0.component" is called as "busbar.component" is; give it another file name.',
  ],
])("a variant with %s", async (_, variant, message) => {
  const text = await failure({
    "package.json": packageJson({ ...manifest, variants: [variant] }),
    "src/component.ts": "export {};",
  });
  expect(text).toContain(message);
});

test.each([
  [
    "an interface of nobody's",
    "package mine:mine@1.0.0;\nworld own-world { import nobody:has/this@1.0.0; }\n",
    "package 'nobody:has@1.0.0' not found. known packages: ",
  ],
  [
    "a keyword as a name",
    "package own:own@1.0.0;\nworld own-world {}\n",
    "expected an identifier or string, found keyword `own`",
  ],
])("WIT that does not resolve, with %s", async (_, text, reason) => {
  const message = await failure({
    "package.json": packageJson(manifestOf("own-world")),
    "src/component.ts": "export {};",
    "wit/own.wit": text,
  });
  expect(message).toContain(`The WIT of world "own-world" does not resolve: ${reason}`);
});

test.each([
  [
    "syntax",
    { "src/component.ts": "export const sensor = {\n\topen(name: string) { return helper(name }\n};\n" },
    "src/component.ts:2:42: Expected `,` or `)` but found `}`\n" +
      "2 | \topen(name: string) { return helper(name }\n" +
      `    \t${" ".repeat(40)}^`,
  ],
  [
    "a file that is not there",
    {
      "src/component.ts": 'import { a } from "./lib.ts";\nexport const sensor = { a };',
      "src/lib.ts": '// one\n\nimport b from "./nope.ts";\nexport const a = b;',
    },
    'src/lib.ts:3:15: cannot find "./nope.ts"; check the path\n3 | import b from "./nope.ts";\n                  ^',
  ],
  [
    "a package that is not installed",
    { "src/component.ts": 'import { a } from "left-pad-x";\nexport const sensor = { a };' },
    'src/component.ts:1:19: cannot find "left-pad-x"; add it to the package\'s dependencies\n' +
      '1 | import { a } from "left-pad-x";\n                      ^',
  ],
  [
    "a Node module",
    {
      "src/component.ts":
        '\nimport { readFile } from "node:fs/promises";\nexport const sensor = { readFile };',
    },
    'src/component.ts:2:26: a driver runs in a sandbox that has no Node module "node:fs/promises"; ' +
      "use what its world imports instead\n" +
      '2 | import { readFile } from "node:fs/promises";\n                             ^',
  ],
  [
    "a Node module by its old name",
    { "src/component.ts": 'import fs from "fs";\nexport const sensor = { fs };' },
    'src/component.ts:1:16: a driver runs in a sandbox that has no Node module "fs"; ' +
      'use what its world imports instead\n1 | import fs from "fs";\n                   ^',
  ],
  [
    "what its engine gets wrong without a word",
    { "src/component.ts": "export const sensor = {\n  async open() {},\n};" },
    "src/component.ts:2:3: async: QuickJS never goes on behind an await, and reports success; write it without async: " +
      "what a driver imports waits by itself\n2 |   async open() {},\n      ^",
  ],
  [
    "numbers in its WIT that no engine passes",
    {
      "src/component.ts": "export {};",
      "wit/own.wit": "package own:it@1.0.0;\n/// An s64.\nworld w { export f: func() -> s64; }\n",
    },
    "wit/own.wit:3:31: s64: no engine passes all of its values; write s32, or f64 for whole numbers up to 2^53\n" +
      `3 | world w { export f: func() -> s64; }\n    ${" ".repeat(30)}^`,
  ],
  [
    "an interface without its version",
    { "src/component.ts": 'import { open } from "busbar:board/i2c";\nexport const sensor = { open };' },
    'src/component.ts:1:22: world "i2c-sensor-driver" does not import "busbar:board/i2c"; ' +
      'write "busbar:board/i2c@0.1.0"\n1 | import { open } from "busbar:board/i2c";\n                         ^',
  ],
  [
    "a name that a module does not export",
    {
      "src/component.ts": 'import { b } from "./lib.ts";\nexport const sensor = { b };',
      "src/lib.ts": "export const a = 1;",
    },
    'src/component.ts:1:10: "b" is not exported by "src/lib.ts".\n1 | import { b } from "./lib.ts";\n             ^',
  ],
  [
    "no export of the world's name",
    { "src/component.ts": "export const sensors = {};" },
    'src/component.ts does not export "sensor", which world "i2c-sensor-driver" asks for; ' +
      'add "export const sensor = ...".',
  ],
])("the place and the line of %s", async (_, files, message) => {
  expect(await failure(files as Record<string, string>)).toBe(message);
});

test("an interface of another world", async () => {
  const message = await failure({
    "src/component.ts": 'import { x } from "component:usb/device@0.2.1";\nexport const sensor = { x };',
  });
  expect(message).toMatch(
    /^src\/component\.ts:1:19: world "i2c-sensor-driver" does not import "component:usb\/device@0\.2\.1"; it imports wasi:i2c\/i2c@0\.2\.0-draft, /,
  );
});

test("an exception while the module is loaded, with its callers, through the source map", async () => {
  const message = await failure({
    "src/component.ts":
      'import { check } from "./lib.ts";\n\nexport const sensor = {\n  open() {},\n};\n\ncheck(3);\n',
    "src/lib.ts":
      "export interface Gone {\n  readonly line: number;\n}\n\n" +
      "export function check(n: number): void {\n  if (n > 2) throw new RangeError('too many');\n}\n",
  });
  const [head, line, , caller] = message.split("\n");
  expect(head).toMatch(/^src\/lib\.ts:6:\d+: \w*Error: too many \(while the module is loaded\)$/);
  expect(line).toBe("6 |   if (n > 2) throw new RangeError('too many');");
  expect(caller).toBe("  called from src/component.ts:7:1");
}, 120_000);

test("a call to the host while the module is loaded", async () => {
  const message = await failure({
    "src/component.ts":
      'import { open } from "busbar:board/i2c@0.1.0";\nexport const sensor = open("early");\n',
  });
  expect(message).toBe(
    "The driver calls busbar:board/i2c@0.1.0#open while its module is loaded; call it from an exported function, " +
      "because no device is wired yet when a component is built.",
  );
}, 120_000);

test("an export without the members of its interface", async () => {
  expect(await failure({ "src/component.ts": "export const sensor = { open() {} };" })).toBe(
    'The export "sensor" lacks "Device", which world "i2c-sensor-driver" asks for.',
  );
}, 120_000);
