/**
 * Values of all types, into a driver on MicroQuickJS and out of it, in both directions: the host's function gets what the driver's
 * was called with, and the driver returns what the host's gave.
 */

import { isDeepStrictEqual } from "node:util";
import { randomOf } from "@busbar/fuzz";
import { describe, expect, test } from "vitest";
import { randomType, randomValue, type Type } from "../../../../host/core/test/linker/type-tree.ts";
import { enginePath } from "../../src/micro/engine-path.ts";
import { buildMicro } from "../../src/micro/micro.ts";
import { stageWit } from "../../src/wit.ts";
import { emptyComponent } from "../../src/world.ts";
import { temporaryDriver } from "../driver.ts";
import { instantiate } from "../instantiate.ts";
import { hasEngine } from "./engine.ts";
import { declare } from "./wit-types.ts";

type Echo = (value: unknown) => unknown;

/** A component that gives what its function gets to the host's, and returns what that returns. */
async function echo(type: Type): Promise<Uint8Array> {
  const declarations: string[] = [];
  const name = declare(type, declarations);
  await using driver = await temporaryDriver({
    // In a package that it depends on: in a driver's own, s64 is refused.
    "wit/deps/x/x.wit": [
      "package test:x@1.0.0;",
      `interface h { ${declarations.join("\n")} type it = ${name}; f: func(value: it) -> it; }`,
    ].join("\n"),
    "wit/own.wit": [
      "package test:w@1.0.0;",
      "world w { use test:x/h@1.0.0.{it}; import test:x/h@1.0.0; export f: func(value: it) -> it; }",
    ].join("\n"),
  });
  await using wit = await stageWit({ world: "w", packageFolder: driver.folder });
  return buildMicro({
    enginePath: enginePath(),
    world: await emptyComponent(wit.folder, "w"),
    memoryKiB: 1024,
    code: 'var h = require("test:x/h@1.0.0"); exports.f = function (value) { return h.f(value); };',
  });
}

/** Calls it with each value. @returns what the host saw, and what came back */
async function through(type: Type, values: readonly unknown[]) {
  const seen: unknown[] = [];
  const f = (value: unknown) => {
    seen.push(value);
    return value;
  };
  const exports = await instantiate<{ f: Echo }>(await echo(type), { "test:x/h": { f } });
  const returned: unknown[] = [];
  for (const value of values) returned.push(await exports.f(value));
  return { seen, returned };
}

/** Numbers of the engine are exact up to here. */
const largest = 2n ** 53n;

function inRange(value: unknown): unknown {
  if (typeof value === "bigint") return value > largest ? largest : value < -largest ? -largest : value;
  if (value instanceof BigUint64Array || value instanceof BigInt64Array)
    return value.map((each) => inRange(each) as bigint);
  if (Array.isArray(value)) return value.map(inRange);
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, inRange(each)]));
}

describe.skipIf(!hasEngine)("on MicroQuickJS", () => {
  test("values of random types are what they were", async () => {
    for (let run = 0; run < 60; run += 1) {
      const random = randomOf(20_261_130 + run);
      // A result by itself would be thrown or returned.
      const type: Type = { record: [randomType(random, 3), randomType(random, 2)].slice(0, 1 + random(2)) };
      const values = Array.from({ length: 4 }, () => inRange(randomValue(type, random)));
      const { seen, returned } = await through(type, values);
      const context = `type ${run}: ${JSON.stringify(type)}`;
      expect(isDeepStrictEqual(seen, values), `${context}, as the host saw it`).toBe(true);
      expect(isDeepStrictEqual(returned, values), `${context}, as it came back`).toBe(true);
    }
  }, 120_000);

  test("a driver sees what the host passed", async () => {
    const types = ["u8", "s8", "u16", "s16", "u32", "s32", "f32", "f64", "bool", "char"] as const;
    const show = (type: string) => `show-${type}: func(value: ${type}, all: list<${type}>) -> string;`;
    await using driver = await temporaryDriver({
      "wit/own.wit": `package test:s@1.0.0;\ninterface s { ${types.map(show).join(" ")} }\nworld w { export s; }`,
    });
    await using wit = await stageWit({ world: "w", packageFolder: driver.folder });
    const functions = types.map((type) => `show${type[0]!.toUpperCase()}${type.slice(1)}: show`);
    const component = buildMicro({
      enginePath: enginePath(),
      world: await emptyComponent(wit.folder, "w"),
      code: `function show(value, list) { return typeof value + " " + value + " " + list.join(); } exports.s = { ${functions.join()} };`,
    });
    const all = (
      await instantiate<Record<string, Record<string, (...values: unknown[]) => Promise<string>>>>(
        component,
        {},
      )
    )["test:s/s@1.0.0"]!;
    const seen = async (name: string, values: readonly unknown[]) => {
      for (const value of values)
        expect(await all[name]!(value, values)).toBe(`${typeof value} ${value} ${values.join()}`);
    };
    await seen("showU8", [0, 127, 255]);
    await seen("showS8", [-128, -1, 127]);
    await seen("showU16", [0, 32_768, 65_535]);
    await seen("showS16", [-32_768, -1, 32_767]);
    await seen("showU32", [0, 2 ** 30, 2 ** 31, 2 ** 32 - 1]);
    await seen("showS32", [-(2 ** 31), -1, 2 ** 30, 2 ** 31 - 1]);
    await seen("showF32", [0.5, -1e10, Number.NEGATIVE_INFINITY, Number.NaN]);
    await seen("showF64", [Math.PI, -5e-324, 1e300, Number.POSITIVE_INFINITY]);
    await seen("showBool", [true, false]);
    await seen("showChar", ["a", "\u{1f600}", "\u{10ffff}"]);
  });

  test("what a property asks the host for meanwhile changes nothing else that is passed", async () => {
    const types = "record point { x: u32, y: u32 }";
    const functions = "show: func(name: string, at: point) -> string; count: func(start: u32) -> u32;";
    await using driver = await temporaryDriver({
      "wit/own.wit": `package test:c@1.0.0;\ninterface h { ${types} ${functions} }\nworld w { import h; export ask: func() -> string; }`,
    });
    await using wit = await stageWit({ world: "w", packageFolder: driver.folder });
    const component = buildMicro({
      enginePath: enginePath(),
      world: await emptyComponent(wit.folder, "w"),
      code: `var h = require("test:c/h@1.0.0"), point = { x: 1, get y() { return h.count(40); } };
        exports.ask = function () { return h.show("here", point); };`,
    });
    const host = {
      count: (start: number) => start + 2,
      show: (name: string, { x, y }: { x: number; y: number }) => `${name} ${x} ${y}`,
    };
    const { ask } = await instantiate<{ ask: () => Promise<string> }>(component, { "test:c/h": host });
    expect(await ask()).toBe("here 1 42");
  });
});
