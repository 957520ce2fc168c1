import { expect, test } from "vitest";
import { buildPackage } from "../../src/build.ts";
import type { Engine } from "../../src/componentize.ts";
import { manifestOf, temporaryDriver } from "../driver.ts";

/** What the build of a package with this world says; the world's package declares `interfaces` too. */
async function refusal(world: string, interfaces = "", engine: Engine = "quickjs"): Promise<string> {
  await using driver = await temporaryDriver({
    "package.json": JSON.stringify({
      name: "probe",
      version: "1.0.0",
      type: "module",
      busbar: { ...manifestOf("w"), engine },
    }),
    "wit/own.wit": `package mine:mine@1.0.0;\n${interfaces}\nworld w { ${world} }`,
    "src/component.ts": "",
  });
  return await buildPackage(driver.folder).then(
    () => "built",
    (error: Error) => error.message,
  );
}

const givesStream =
  "which gives a stream or a future and is no async func: QuickJS (componentize-qjs 0.4.5) traps when it is called; declare " +
  'it "async func".';
const importsAsync =
  "which is an async func: QuickJS (componentize-qjs 0.4.5) cannot import one; declare a plain func that gives a future, as " +
  "busbar:board/timer does.";
const starlingMonkey =
  "which is asynchronous: StarlingMonkey (componentize-js 0.23.0) has no asynchronous ABI; build it with QuickJS.";

test.each<[what: string, world: string, interfaces: string, message: string]>([
  ["a function of the world", "export f: func() -> stream<u8>;", "", `World "w" exports f, ${givesStream}`],
  [
    "one of an interface",
    "export i;",
    "interface i { f: func() -> result<future<u8>, string>; }",
    `World "w" exports mine:mine/i@1.0.0#f, ${givesStream}`,
  ],
  [
    "a method",
    "export i;",
    "interface i { resource d { m: func(a: u8) -> tuple<u8, stream>; } }",
    `World "w" exports mine:mine/i@1.0.0#m, ${givesStream}`,
  ],
  [
    "one whose stream is within another type",
    "export i;",
    "interface i { type bytes = stream<u8>; record both { a: u8, b: bytes } f: func() -> both; }",
    `World "w" exports mine:mine/i@1.0.0#f, ${givesStream}`,
  ],
  [
    "one of an interface that the world has within itself",
    "export inner: interface { f: func() -> stream<u8>; }",
    "",
    `World "w" exports inner#f, ${givesStream}`,
  ],
])("a plain function that gives a stream: %s", async (_, world, interfaces, message) => {
  expect(await refusal(world, interfaces)).toBe(message);
});

test("an async function that is imported", async () => {
  expect(await refusal("import f: async func();")).toBe(`World "w" imports f, ${importsAsync}`);
  expect(await refusal("import i;", "interface i { f: async func() -> u8; }")).toBe(
    `World "w" imports mine:mine/i@1.0.0#f, ${importsAsync}`,
  );
});

test.each([
  ["exports f", "export f: async func();"],
  ["exports f", "export f: func(bytes: stream<u8>);"],
  ["imports f", "import f: func() -> future<u8>;"],
])("StarlingMonkey: a world that %s", async (what, world) => {
  expect(await refusal(world, "", "starlingmonkey")).toBe(`World "w" ${what}, ${starlingMonkey}`);
});

test("words that only look like it are none", async () => {
  const interfaces = `interface i {
    /// A future, which is a stream: async func() -> stream<u8>;
    record reading { stream-of: u8 }
    future-of: func(stream-name: string) -> reading;
  }`;
  // What is wrong with it is that its entry is empty.
  expect(await refusal("export i;", interfaces)).toBe(
    'src/component.ts does not export "i", which world "w" asks for; add "export const i = ...".',
  );
});
