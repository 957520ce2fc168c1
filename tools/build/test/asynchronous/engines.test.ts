/**
 * What the engines cannot do with the asynchronous ABI, tried without the builder's refusal (src/asynchronous/refusals.ts). A
 * newer engine that can fails here, and then its refusal and its row of docs/asynchronous.md go.
 */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startWithJco } from "@busbar/jco";
import { expect, test } from "vitest";
import { engines } from "../../src/componentize.ts";
import { type EngineTask, runEngine } from "../../src/engine.ts";
import { engineVersion } from "../../src/toolchain.ts";
import { stageWit } from "../../src/wit.ts";
import { temporaryDriver } from "../driver.ts";

/** Builds a module for a world of this content, whatever it is. */
async function build(
  engine: Exclude<EngineTask["engine"], "micro">,
  world: string,
  module: string,
): Promise<Uint8Array | string> {
  await using driver = await temporaryDriver({
    "wit/own.wit": `package mine:mine@1.0.0;\nworld w { ${world} }`,
  });
  await using wit = await stageWit({ world: "w", packageFolder: driver.folder });
  const sourcePath = join(driver.folder, "driver.js");
  await writeFile(sourcePath, module);
  const task: EngineTask =
    engine === "quickjs"
      ? {
          engine,
          options: { witPath: wit.folder, world: "w", jsSource: module, stubWasi: true, sync: false },
        }
      : { engine, options: { sourcePath, witPath: wit.folder, worldName: "w", disableFeatures: ["http"] } };
  const limit = { evaluationMs: 60_000, evaluationMiB: 2048, entry: "driver.js" };
  return await runEngine(task, limit).catch((error: Error) => error.message);
}

test("these are the engines that were tried", () => {
  expect(engines.map((engine) => engineVersion(engine).join(" "))).toEqual([
    "componentize-qjs 0.4.5",
    "@bytecodealliance/componentize-js 0.23.0",
    "@busbar/micro-engine 0.1.0",
  ]);
});

test("QuickJS: a plain function that gives a stream traps, and an async one does not", async () => {
  const run = async (type: string, kind: string) => {
    const module = `export ${kind} function f() { return [1, 2]; }`;
    const component = await build("quickjs", `export f: ${type};`, module);
    if (typeof component === "string") return component;
    const { f } = await startWithJco<{ f(): Promise<unknown> | unknown }>(component, {});
    return await (async () => f())().then(
      () => "a stream",
      (error: Error) => error.message,
    );
  };
  expect(await run("async func() -> stream<u8>", "async")).toBe("a stream");
  expect(await run("func() -> stream<u8>", "")).toMatch(/unreachable/);
});

test("QuickJS: an async function cannot be imported", async () => {
  const built = await build(
    "quickjs",
    "import g: async func(); export f: async func();",
    "export async function f() {}",
  );
  expect(built).toMatch(/type mismatch with async$/);
});

test("StarlingMonkey: no asynchronous function can be exported", async () => {
  const built = await build("starlingmonkey", "export f: async func();", "export async function f() {}");
  expect(built).toBe("unreachable");
});

test.each(["stream<u8>", "future<u8>"])("StarlingMonkey: no %s can be taken", async (type) => {
  const built = await build("starlingmonkey", `export f: func(it: ${type});`, "export function f() {}");
  expect(built).toBe("unreachable");
});
