import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { withOwnNamespace } from "../../src/asynchronous/names.ts";
import { buildPackage } from "../../src/build.ts";
import { writeGuestTypes } from "../../src/types.ts";
import { manifestOf, temporaryDriver } from "../driver.ts";

const streaming = { world: "sends", entry: "src/streaming.ts", component: "dist/probe-streaming.wasm" };

const files = {
  "package.json": JSON.stringify({
    name: "probe",
    version: "1.0.0",
    type: "module",
    busbar: { ...manifestOf("plain"), streaming },
  }),
  "wit/own.wit": `package mine:mine@1.0.0;
interface sums { sum: func(values: list<u8>) -> u32; }
interface counts { count: async func(to: u8) -> stream<u8>; }
world plain { export sums; }
world sends { include plain; import wasi:i2c/delay@0.2.0-draft; import busbar:board/timer@0.1.0; export counts; }`,
  "src/component.ts":
    "export const sums = { sum: (values: Uint8Array) => values.reduce((sum, value) => sum + value, 0) };",
  "src/streaming.ts": `export { sums } from "./component.ts";
export const counts = {
  async count(to: number) {
    return (async function* () { for (let at = 0; at < to; at += 1) yield at; })();
  },
};`,
};

test("a package has a component for hosts with the asynchronous ABI beside the other", async () => {
  await using driver = await temporaryDriver(files);
  const { streaming: beside, ...summary } = await buildPackage(driver.folder);
  expect(summary).toMatchObject({ world: "plain", imports: [], exports: ["mine:mine/sums@1.0.0"] });
  expect(beside).toMatchObject({
    name: "probe",
    world: "sends",
    engine: "quickjs",
    component: join(driver.folder, "dist/probe-streaming.wasm"),
  });
  // Under their own names, also those of the namespace that the engine takes for its own.
  expect(beside?.imports).toEqual(["wasi:i2c/delay@0.2.0-draft", "busbar:board/timer@0.1.0"]);
  expect(beside?.exports).toEqual(expect.arrayContaining(["mine:mine/sums@1.0.0", "mine:mine/counts@1.0.0"]));
  expect((await readFile(beside!.component)).length).toBe(beside?.bytes);
});

test("the entry of that component has to be there, and to export what its world asks for", async () => {
  const { "src/streaming.ts": _, ...rest } = files;
  await using missing = await temporaryDriver(rest);
  await expect(buildPackage(missing.folder)).rejects.toThrow(
    `${join(missing.folder, "package.json")} names the entry "src/streaming.ts", which is not there; create it or mend ` +
      '"busbar.streaming.entry".',
  );
  const busbar = {
    ...manifestOf("plain"),
    streaming: { ...streaming, component: `elsewhere/${basename(manifestOf("plain").component)}` },
  };
  const { busbar: _before, ...named } = JSON.parse(files["package.json"]) as { busbar: object };
  await using twice = await temporaryDriver({
    ...files,
    "package.json": JSON.stringify({ ...named, busbar }),
  });
  await expect(buildPackage(twice.folder)).rejects.toThrow(
    '"busbar.streaming.component" is called as "busbar.component" is; give it another file name.',
  );
  await using lacking = await temporaryDriver({
    ...rest,
    "src/streaming.ts": 'export * from "./component.ts";',
  });
  await expect(buildPackage(lacking.folder)).rejects.toThrow(
    'src/streaming.ts does not export "counts", which world "sends" asks for; add "export const counts = ...".',
  );
});

test("only names of imports and exports get their namespace back", () => {
  const section = (id: number, text: string) => [id, text.length, ...new TextEncoder().encode(text)];
  const component = (first: string, second: string) =>
    Uint8Array.from([
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      ...section(10, first),
      ...section(4, "hwio:x"),
      ...section(11, second),
    ]);
  expect(withOwnNamespace(component("..hwio:a.hwio:b", "hwio"))).toEqual(
    component("..wasi:a.wasi:b", "hwio"),
  );
});

test("the types of futures and streams are those of the engine", async () => {
  await using driver = await temporaryDriver({
    "wit/own.wit": `package mine:mine@1.0.0;
interface i { f: func() -> future<u8>; g: async func() -> stream<string>; }
world w { import i; }`,
  });
  const folder = await mkdtemp(join(tmpdir(), "busbar-types-"));
  try {
    await writeGuestTypes(folder, { worlds: ["w"], packageFolder: driver.folder });
    const text = await readFile(join(folder, "interfaces/mine-mine-i.d.ts"), "utf8");
    expect(text).toContain("export function f(): import('busbar:engine/async').FutureReadable<number>;");
    expect(text).toContain("import('busbar:engine/async').StreamReadable<string>");
    expect(text).not.toContain("PromiseLike");
    expect(await readFile(join(folder, "index.d.ts"), "utf8")).toContain('path="./async.d.ts"');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
