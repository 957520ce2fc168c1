/** What is around a call: post-return, realloc, who may enter and leave when, and how all ends where something fails. */

import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { Trap } from "../../src/component/trap.ts";
import { inRoom, room, start, started } from "./harness.ts";

/** `f` calls `g` of the host within `around`, which has `$g`, and returns a u32. */
const calling = (around: string, more = "") => `(component
  (import "test:x/h" (instance $h (export "g" (func (result u32)))))
  (core func $g (canon lower (func $h "g")))
  (core module $code
    (import "" "g" (func $g (result i32)))
    ${more}
    (func (export "f") (result i32) ${around}))
  (core instance $running (instantiate $code (with "" (instance (export "g" (func $g))))))
  (func (export "f") (result u32) (canon lift (core func $running "f"))))`;

/** The guest catches everything that can be caught, and returns 99 instead. */
const catching =
  "(block $caught (return (try_table (result i32) (catch_all $caught) (call $g)))) (i32.const 99)";

/** No function of the host waits. */
const plain = { waits: () => false };

describe("post-return", () => {
  const component = (clean: string) => `(component
    (import "test:x/h" (instance $h (export "g" (func (param "x" u32)))))
    (core func $g (canon lower (func $h "g")))
    ${room(1)}
    (core module $code
      (import "" "g" (func $g (param i32)))
      (import "" "memory" (memory 1))
      (global $cleaned (mut i32) (i32.const 0))
      (data (i32.const 8) "\\14\\00\\00\\00\\05\\00\\00\\00")
      (data (i32.const 20) "Hello")
      (func (export "f") (result i32) (i32.const 8))
      (func (export "clean") (param $result i32) ${clean})
      (func (export "cleaned") (result i32) (global.get $cleaned)))
    (core instance $running (instantiate $code (with "" (instance
      (export "g" (func $g)) (export "memory" (memory $room "memory"))))))
    (func (export "f") (result string)
      (canon lift (core func $running "f") ${inRoom} (post-return (core func $running "clean"))))
    (func (export "cleaned") (result u32) (canon lift (core func $running "cleaned"))))`;

  test("runs once for each call, with what the call returned, when the result was lifted", async () => {
    const clean = `(global.set $cleaned (i32.add (global.get $cleaned) (local.get $result)))
      (i32.store (i32.const 20) (i32.const 0))`;
    const { f, cleaned } = await start(component(clean));
    expect(await f()).toBe("Hello");
    expect(await cleaned()).toBe(8);
    expect(await f()).toBe("\0\0\0\0o");
    expect(await cleaned()).toBe(16);
  });

  test("must not call out", async () => {
    const { f } = await start(
      component("(call $g (i32.const 1))"),
      { "test:x/h": { g: () => undefined } },
      plain,
    );
    await expect(f()).rejects.toThrow("cannot leave component instance");
    await expect(f()).rejects.toThrow("cannot enter component instance");
  });

  test("may trap, which ends the component though the result is there", async () => {
    const { f } = await start(component("unreachable"));
    await expect(f()).rejects.toThrow("unreachable");
    await expect(f()).rejects.toThrow(Trap);
  });
});

describe("realloc", () => {
  const component = (realloc: string, type = "(param i32 i32 i32 i32) (result i32)") => `(component
    (import "test:x/h" (instance $h (export "g" (func (param "x" u32)))))
    (core func $g (canon lower (func $h "g")))
    (core module $code
      (import "" "g" (func $g (param i32)))
      (memory (export "memory") 1)
      (func (export "realloc") ${type} ${realloc})
      (func (export "f") (param i32 i32) (result i32) (local.get 0)))
    (core instance $running (instantiate $code (with "" (instance (export "g" (func $g))))))
    (func (export "f") (param "x" string) (result u32) (canon lift (core func $running "f")
      (memory (core memory $running "memory")) (realloc (core func $running "realloc")))))`;

  test.each([
    ["calls out", "(call $g (i32.const 1)) (i32.const 0)", "cannot leave component instance"],
    [
      "calls out and catches that",
      "(block $caught (try_table (catch_all $caught) (call $g (i32.const 1)))) (i32.const 0)",
      "cannot leave component instance",
    ],
    ["traps", "unreachable", "unreachable"],
    ["gives a place past the end", "(i32.const 65535)", "a pointer leads out of the memory"],
    ["gives a negative place", "(i32.const -1)", "a pointer leads out of the memory"],
  ])("that %s ends the component", async (_, realloc, message) => {
    const { f } = await start(component(realloc), { "test:x/h": { g: () => undefined } }, plain);
    await expect(f("text")).rejects.toThrow(message);
    await expect(f("text")).rejects.toThrow("cannot enter component instance");
  });

  test("that calls a function which may wait gets nowhere: the engine refuses it before the host hears of it", async () => {
    const called: unknown[] = [];
    const g = (value: unknown) => void called.push(value);
    const { f } = await start(component("(call $g (i32.const 1)) (i32.const 0)"), { "test:x/h": { g } });
    await expect(f("text")).rejects.toThrow("trying to suspend");
    await expect(f("text")).rejects.toThrow("cannot enter component instance");
    expect(called).toEqual([]);
  });

  test("of another type than one has ends the component; it is no mistake of the caller", async () => {
    const { f } = await start(component("(i64.const 0)", "(param i64 i64 i64 i64) (result i64)"));
    await expect(f("text")).rejects.toThrow();
    await expect(f("text")).rejects.toThrow("cannot enter component instance");
  });

  test("may grow the memory in the middle of a value", async () => {
    const grows = `(global.set $at (i32.add (global.get $at) (i32.const 65536)))
      (drop (memory.grow (i32.const 1))) (global.get $at)`;
    const { f } = await start(
      `(component
      (core module $code
        (memory (export "memory") 1)
        (global $at (mut i32) (i32.const 0))
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) ${grows})
        (func (export "f") (param i32 i32) (result i32) (local.get 0)))
      (core instance $running (instantiate $code))
      (func (export "f") (param "x" (list (tuple string string))) (result (tuple (list (tuple string string)) u8))
        (canon lift (core func $running "g")
          (memory (core memory $running "memory")) (realloc (core func $running "realloc")))))`.replace(
        '(func (export "f") (param i32 i32) (result i32) (local.get 0))',
        '(func (export "g") (param i32 i32) (result i32) (i32.store (i32.const 0) (local.get 0)) (i32.store (i32.const 4) (local.get 1)) (i32.const 0))',
      ),
    );
    const rows = [
      ["a", "b"],
      ["c", "d"],
    ];
    expect(await f(rows)).toEqual([rows, 0]);
  });
});

describe("a trap that the guest catches", () => {
  test.each([
    [
      "of a host function that throws",
      () => {
        throw new Error("no");
      },
    ],
    ["of a host function that rejects", () => Promise.reject(new Error("no"))],
    ["of a result that is none of its type", () => "text"],
  ])("%s ends it all the same", async (_, g) => {
    const { f } = await start(calling(catching), { "test:x/h": { g } });
    await expect(f()).rejects.toThrow();
    await expect(f()).rejects.toThrow("cannot enter component instance");
  });

  test("of a function that this host has not ends it all the same", async () => {
    const { f } = await start(calling(catching), { "test:x/h": {} });
    await expect(f()).rejects.toThrow("this host has no function g of test:x/h");
  });

  test("but what the guest throws and catches itself is nobody else's business", async () => {
    const own = "(block $caught (try_table (catch_all $caught) (throw $t))) (call $g)";
    const { f } = await start(calling(own, "(tag $t)"), { "test:x/h": { g: () => 7 } });
    expect(await f()).toBe(7);
  });

  test("an exception that nobody catches ends it", async () => {
    const { f } = await start(calling("(throw $t)", "(tag $t)"), { "test:x/h": { g: () => 7 } });
    await expect(f()).rejects.toThrow(Trap);
    await expect(f()).rejects.toThrow("cannot enter component instance");
  });
});

describe("a call that waits", () => {
  test("goes on when the promise is settled", async () => {
    const { f } = await start(calling("(i32.add (call $g) (call $g))"), {
      "test:x/h": { g: async () => 21 },
    });
    expect(await f()).toBe(42);
  });

  test("is unwound when the promise is rejected, and the caller gets the reason", async () => {
    const reason = new Error("the bus is gone");
    const { f } = await start(calling("(call $g)"), { "test:x/h": { g: () => Promise.reject(reason) } });
    await expect(f()).rejects.toBe(reason);
    await expect(f()).rejects.toMatchObject({ message: "cannot enter component instance", cause: reason });
  });

  test("keeps everybody else out, and lives on, with its time looked after", async () => {
    const waiting = Promise.withResolvers<number>();
    // Long enough for a look at the clock, which ends a guest that runs outside of a call.
    const busy = `(local $left i32) (call $g) (local.set $left (i32.const 3000000))
      (loop $again (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))`;
    const { f } = await start(calling(busy), { "test:x/h": { g: () => waiting.promise } });
    const first = f();
    await turn();
    await expect(f()).rejects.toThrow("cannot enter component instance");
    waiting.resolve(5);
    expect(await first).toBe(5);
    expect(await f()).toBe(5);
  });

  test("that is ended meanwhile does not go on", async () => {
    const waiting = Promise.withResolvers<number>();
    const { exports, end } = await started(calling("(call $g)"), {
      "test:x/h": { g: () => waiting.promise },
    });
    const call = exports.f();
    await turn();
    end(new Error("stopped"));
    waiting.resolve(5);
    await expect(call).rejects.toThrow("stopped");
  });

  test("where the host said that it does not wait, is a trap; the promise may reject and nobody notices", async () => {
    const g = () => Promise.reject(new Error("late"));
    const { f } = await start(calling("(call $g)"), { "test:x/h": { g } }, { waits: () => false });
    await expect(f()).rejects.toThrow("a function of the host wants to wait where it must not");
    await turn();
  });
});

test("a host function that calls the component again is refused, and the call goes on", async () => {
  const again: unknown[] = [];
  const { f } = await start(calling("(call $g)"), {
    "test:x/h": {
      g: async () => {
        again.push(await f().catch((thrown: Error) => thrown.message));
        return 3;
      },
    },
  });
  expect(await f()).toBe(3);
  expect(again).toEqual(["cannot enter component instance"]);
});

test("a WIT result: the value is returned, the error is thrown, and anything else ends the component", async () => {
  const component = `(component
    (import "test:x/h" (instance $h (export "g" (func (result (result u32 (error u32)))))))
    ${room(1)}
    (core func $g (canon lower (func $h "g") ${inRoom}))
    (core module $code
      (import "" "g" (func $g (param i32)))
      (func (export "f") (result i32) (call $g (i32.const 8)) (i32.const 8)))
    (core instance $running (instantiate $code (with "" (instance (export "g" (func $g))))))
    (func (export "f") (result (result u32 (error u32))) (canon lift (core func $running "f") ${inRoom})))`;
  const outcomes: (() => unknown)[] = [
    () => 7,
    () => {
      throw { payload: 8 };
    },
    () => Promise.reject(Object.assign(new Error("no"), { payload: 9 })),
    () => {
      throw Object.create({ payload: 10 });
    },
  ];
  const { f } = await start(component, { "test:x/h": { g: () => outcomes.shift()!() } });
  expect(await f()).toBe(7);
  await expect(f()).rejects.toMatchObject({ name: "ComponentError", payload: 8 });
  await expect(f()).rejects.toMatchObject({ name: "ComponentError", payload: 9 });
  // An inherited property is somebody else's.
  await expect(f()).rejects.not.toMatchObject({ name: "ComponentError" });
  await expect(f()).rejects.toThrow("cannot enter component instance");
});
