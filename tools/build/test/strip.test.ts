import { planComponent, readBinary, writeBinary } from "@busbar/host/component";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { beforeAll, describe, expect, test } from "vitest";
import { keepNeeded, place, renumber } from "../src/component/placed.ts";
import { BuildError } from "../src/error.ts";
import { stripQuickJs, stripSections } from "../src/strip/strip.ts";
import { interfaceOf } from "../src/world.ts";
import { instantiate } from "./instantiate.ts";

const clock = (name: string) => `(import "wasi:clocks/clock@0.2.0" (instance ${name}
  (export "pollable" (type $pollable (sub resource)))
  (export "now" (func (result u64)))
  (export "describe" (func (param "at" u64) (result string)))
  (export "subscribe" (func (result (own $pollable))))))`;
const loader = (name: string) => `(import "local:init/module-loader" (instance ${name}
  (export "load" (func (param "path" string) (result bool)))))`;
const bus = (name: string) =>
  `(import "hwio:bus/bus@0.1.0" (instance ${name} (export "read" (func (result u32)))))`;

/** What componentize-qjs makes, in small. */
const composition = ({ reexported = "" } = {}) => `(component
  ${bus("$outer-bus")}
  (component $driver-and-loader
    ${clock("$clock")}
    ${bus("$bus")}
    (component $driver
      ${clock("$clock")}
      ${loader("$loader")}
      ${bus("$bus")}
      (core module $code
        (import "clock" "now" (func $now (result i64)))
        (import "clock" "describe" (func $describe (param i64 i32)))
        (import "clock" "subscribe" (func $subscribe (result i32)))
        (import "clock" "drop" (func $drop (param i32)))
        (import "loader" "load" (func $load (param i32 i32) (result i32)))
        (import "bus" "read" (func $read (result i32)))
        (func (export "read") (result i32) (call $read))
        (func (export "init"))
        (func (export "now") (drop (call $now)))
        (func (export "describe") (call $describe (i64.const 0) (i32.const 0)))
        (func (export "subscribe") (call $drop (call $subscribe)))
        (func (export "load") (drop (call $load (i32.const 0) (i32.const 0)))))
      (core module $room (memory (export "memory") 1)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
        (@custom "producers" "\\00"))
      (core instance $room (instantiate $room))
      (core func $now (canon lower (func $clock "now")))
      (core func $describe (canon lower (func $clock "describe")
        (memory (core memory $room "memory")) (realloc (core func $room "realloc"))))
      (core func $subscribe (canon lower (func $clock "subscribe")))
      (alias export $clock "pollable" (type $pollable))
      (core func $drop (canon resource.drop $pollable))
      (core func $load (canon lower (func $loader "load") (memory (core memory $room "memory"))))
      (core func $read (canon lower (func $bus "read")))
      (core instance $running (instantiate $code
        (with "clock" (instance (export "now" (func $now)) (export "describe" (func $describe))
          (export "subscribe" (func $subscribe)) (export "drop" (func $drop))))
        (with "loader" (instance (export "load" (func $load))))
        (with "bus" (instance (export "read" (func $read))))))
      (func $init (canon lift (core func $running "init")))
      (export "init" (func $init))
      ${["now", "describe", "subscribe", "load"]
        .map(
          (name) => `(func $call-${name} (canon lift (core func $running "${name}")))
            (export "call-${name}" (func $call-${name}))`,
        )
        .join("\n")}
      (func $read-again (result u32) (canon lift (core func $running "read")))
      (component $shim
        (import "read" (func $read (result u32)))
        (export "read" (func $read)))
      (instance $sensor (instantiate $shim (with "read" (func $read-again))))
      (export "hwio:bus/sensor@0.1.0" (instance $sensor))
      ${reexported})
    (component $module-loader
      (core module $code
        (memory (export "memory") 1)
        (func (export "load") (param i32 i32) (result i32) (unreachable))
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (unreachable)))
      (core instance $running (instantiate $code))
      (func $load (param "path" string) (result bool) (canon lift (core func $running "load")
        (memory (core memory $running "memory")) (realloc (core func $running "realloc"))))
      (instance $loader (export "load" (func $load)))
      (export "local:init/module-loader" (instance $loader)))
    (instance $loader (instantiate $module-loader))
    (instance $inner (instantiate $driver (with "wasi:clocks/clock@0.2.0" (instance $clock))
      (with "hwio:bus/bus@0.1.0" (instance $bus))
      (with "local:init/module-loader" (instance $loader "local:init/module-loader"))))
    ${names.map((name) => `(export "${name}" (func $inner "${name}"))`).join("\n")}
    (export "hwio:bus/sensor@0.1.0" (instance $inner "hwio:bus/sensor@0.1.0")))
  (component $stub
    (core module $code
      (memory (export "memory") 1)
      (func (export "now") (result i64) (unreachable))
      (func (export "describe") (param i64) (result i32) (unreachable))
      (func (export "subscribe") (result i32) (unreachable)))
    (core instance $running (instantiate $code))
    (type $pollable (resource (rep i32)))
    (func $now (result u64) (canon lift (core func $running "now")))
    (func $describe (param "at" u64) (result string) (canon lift (core func $running "describe")
      (memory (core memory $running "memory"))))
    (func $subscribe (result (own $pollable)) (canon lift (core func $running "subscribe")))
    (component $shim
      (import "pollable" (type $pollable (sub resource)))
      (import "now" (func $now (result u64)))
      (import "describe" (func $describe (param "at" u64) (result string)))
      (import "subscribe" (func $subscribe (result (own $pollable))))
      (export $out "pollable" (type $pollable))
      (export "now" (func $now))
      (export "describe" (func $describe))
      (export "subscribe" (func $subscribe) (func (result (own $out)))))
    (instance $clock (instantiate $shim (with "pollable" (type $pollable)) (with "now" (func $now))
      (with "describe" (func $describe)) (with "subscribe" (func $subscribe))))
    (export "wasi:clocks/clock@0.2.0" (instance $clock)))
  (instance $stub (instantiate $stub))
  (instance $all (instantiate $driver-and-loader
    (with "wasi:clocks/clock@0.2.0" (instance $stub "wasi:clocks/clock@0.2.0"))
    (with "hwio:bus/bus@0.1.0" (instance $outer-bus))))
  ${names.map((name) => `(export "${name}" (func $all "${name}"))`).join("\n")}
  (export "hwio:bus/sensor@0.1.0" (instance $all "hwio:bus/sensor@0.1.0")))`;
const names = ["init", "call-now", "call-describe", "call-subscribe", "call-load"];

/** What the driver exports. */
interface Exports {
  readonly sensor: { read(): Promise<number> };
  callNow(): Promise<void>;
  callDescribe(): Promise<void>;
  callSubscribe(): Promise<void>;
  callLoad(): Promise<void>;
}

const start = (component: Uint8Array) =>
  instantiate<Exports>(component, { "wasi:bus/bus": { read: () => 42 } });

describe("a driver of componentize-qjs", () => {
  let whole: Uint8Array;
  let stripped: Uint8Array;

  beforeAll(async () => {
    whole = await parse(composition());
    stripped = stripQuickJs(whole);
  });

  test("has the world's imports and exports, under their own names, and nothing of the engine's", () => {
    expect(interfaceOf(stripped)).toEqual({
      imports: ["wasi:bus/bus@0.1.0"],
      exports: ["call-now", "call-describe", "call-subscribe", "call-load", "wasi:bus/sensor@0.1.0"],
    });
  });

  test("is one component, with one memory, and the traps in the place of two stubs", () => {
    const plan = planComponent(stripped);
    expect(planComponent(whole).counts.coreInstances).toBe(4);
    expect(plan.counts.coreInstances).toBe(3);
    expect(plan.lifted).toHaveLength(5);
    const withCode = readBinary(stripped).definitions.filter(
      (definition) =>
        definition.op === "component" &&
        definition.component.definitions.some(({ op }) => op === "core module"),
    );
    expect(withCode).toEqual([]);
  });

  test("does what it did", async () => {
    const { sensor } = await start(stripped);
    expect(await sensor.read()).toBe(42);
  });

  test.each(["callNow", "callDescribe", "callSubscribe", "callLoad"] as const)(
    "traps where it calls what it was never given: %s",
    async (name) => {
      const exports = await start(stripped);
      await expect(exports[name]()).rejects.toThrow("unreachable");
    },
  );

  test("is the same however often it is built, and accepted by wasm-tools", async () => {
    expect(stripQuickJs(whole)).toEqual(stripped);
    // Reading the interfaces validates all of it.
    const { componentWit } = await import("@bytecodealliance/jco-transpile/wasm-tools");
    expect(await componentWit(stripped)).toContain("import wasi:bus/bus@0.1.0");
  });
});

describe("what componentize-qjs does not make is refused", () => {
  test("another composition", async () => {
    const other = await parse(
      `(component (component) (import "run" (func $run)) (export "run2" (func $run)))`,
    );
    expect(() => stripQuickJs(other)).toThrow(BuildError);
    expect(() => stripQuickJs(other)).toThrow(/^The component has no component with the driver's exports;/);
  });

  test("what cannot be read", () => {
    expect(() => stripQuickJs(new Uint8Array(8))).toThrow(BuildError);
    expect(() => stripQuickJs(new Uint8Array(8))).toThrow(/^The component cannot be read \(the magic number/);
  });

  test("an import of the engine's that is needed for more than calls", async () => {
    const other = await parse(composition({ reexported: `(export "clock" (instance $clock))` }));
    expect(() => stripQuickJs(other)).toThrow(
      /^The component needs wasi:clocks\/clock@0.2.0 for something else than calls;/,
    );
  });
});

test("custom sections of core modules go, at any depth", async () => {
  const named = await parse(
    `(component $outer (component $inner (core module $m (func $f) (@custom "producers" "\\00"))))`,
  );
  const stripped = stripSections(named);
  expect(new TextDecoder().decode(named)).toContain("producers");
  expect(new TextDecoder().decode(stripped)).not.toMatch(/producers|name/);
  expect(readBinary(stripped).definitions).toHaveLength(1);
});

describe("definitions by name", () => {
  test("what nobody needs goes, and all that is left is renumbered, in nested scopes too", async () => {
    const body = readBinary(
      await parse(`(component
        (type $gone u8)
        (type $kept (list u8))
        (type $alias-of-it (option $kept))
        (import "a:b/gone" (instance $gone-instance (export "f" (func))))
        (import "a:b/kept" (instance $instance
          (alias outer 1 $alias-of-it (type $t))
          (export "t" (type (eq $t)))
          (export "f" (func (param "p" $kept)))))
        (component $nested
          (alias outer 1 $kept (type $inner))
          (component (alias outer 2 $kept (type $innermost)) (export "x" (type $innermost)))
          (export "x" (type $inner)))
        (instance $out (instantiate $nested))
        (export "out" (instance $out)))`),
    );
    const placed = place(body.definitions);
    const kept = keepNeeded(
      placed,
      ({ op, ...rest }) => op === "export" || (op === "import" && "name" in rest && rest.name === "a:b/kept"),
    );
    const definitions = renumber(kept);
    expect(definitions).toHaveLength(placed.length - 3);
    // Validated by a reader that is not ours.
    const { print } = await import("@bytecodealliance/jco-transpile/wasm-tools");
    const text = await print(writeBinary({ definitions }));
    expect(text).not.toContain("gone");
    expect(text).toContain("(alias outer 2 0 (type");
    expect(await parse(text)).toEqual(writeBinary({ definitions }));
  });

  test("a reference to what is not there is an error", () => {
    const lower = { op: "canon resource.drop", resource: 0 } as const;
    expect(() => renumber(place([lower]))).toThrow(
      new RangeError("a canon resource.drop refers to type 0, which is not there"),
    );
  });
});
