/** Resources: of the host and of components, in all directions, and what nobody may do with them. */

import { describe, expect, test } from "vitest";
import { started } from "./harness.ts";
import { hostUser, things, together } from "./resource-components.ts";

const plain = { waits: () => false };

/** The things of one component, and the log of their destructor. */
async function startThings(options?: Parameters<typeof things>[0]) {
  const dropped: number[] = [];
  const log = { dropped: (value: number) => void dropped.push(value) };
  const { exports } = await started(`(component ${things(options)})`, { "test:x/log": log }, plain);
  return { ...exports["test:x/things"], dropped };
}

describe("a resource that a component defines, in the host's hands", () => {
  test("has its methods, and ends once, when it is dropped", async () => {
    const { make, dropped } = await startThings();
    const thing = await make(7);
    expect(await thing.value()).toBe(7);
    thing[Symbol.dispose]();
    thing[Symbol.dispose]();
    expect(dropped).toEqual([7]);
    await expect(thing.value()).rejects.toThrow('this "resource" was given away or dropped');
  });

  test("is gone when it is given away", async () => {
    const { make, take, dropped } = await startThings();
    const thing = await make(5);
    expect(await take(thing)).toBe(5);
    await expect(take(thing)).rejects.toThrow("was given away or dropped");
    await expect(thing.value()).rejects.toThrow("was given away or dropped");
    thing[Symbol.dispose]();
    expect(dropped).toEqual([5]);
  });

  test("is lent and given away in one call: two are needed for that", async () => {
    const { make, pair } = await startThings();
    const [one, other] = [await make(2), await make(3)];
    expect(await pair(one, other, true)).toBe(5);
    expect(await one.value()).toBe(2);
    await expect(other.value()).rejects.toThrow("was given away or dropped");
  });

  test("is its holder's again when another parameter is wrong, and nothing is left behind", async () => {
    const { make, pair, take, dropped } = await startThings();
    const [one, other] = [await make(2), await make(3)];
    for (let index = 0; index < 5_000; index += 1)
      await expect(pair(one, other, "yes")).rejects.toThrow("a value of type bool is expected");
    expect(await other.value()).toBe(3);
    expect(await take(other)).toBe(3);
    expect(dropped).toEqual([3]);
  });

  test("of another instance is refused, and so is anything else", async () => {
    const [here, there] = [await startThings(), await startThings()];
    const thing = await there.make(1);
    for (const wrong of [thing, {}, null, 1, Object.create(thing)])
      await expect(here.take(wrong)).rejects.toThrow(
        'a parameter has to be a resource "resource" of this component',
      );
    expect(await thing.value()).toBe(1);
    expect(await here.take(await here.make(4))).toBe(4);
  });

  test("has no methods of another component's", async () => {
    const one = await startThings();
    const { exports } = await started(together("(i32.const 1)"), {
      "test:x/log": { dropped: () => undefined },
    });
    const [mine, other] = [await one.make(1), await exports["test:x/things"].make(2)];
    await expect(mine.value.call(other)).rejects.toThrow(TypeError);
    expect(() => mine.value.call({})).toThrow("a resource of a component is expected");
    expect(await other.value()).toBe(2);
    expect(await mine.value()).toBe(1);
  });

  test("that its component drops twice is a trap", async () => {
    const { make, takeTwice, dropped } = await startThings();
    await expect(takeTwice(await make(6))).rejects.toThrow('handle 1 is no "resource"');
    expect(dropped).toEqual([6]);
    await expect(make(1)).rejects.toThrow("cannot enter component instance");
  });

  test("whose destructor traps ends its component", async () => {
    const { make } = await startThings({ ends: "unreachable" });
    const [one, other] = [await make(1), await make(2)];
    expect(() => one[Symbol.dispose]()).toThrow("unreachable");
    // What belongs to a dead component needs no end.
    other[Symbol.dispose]();
    await expect(make(3)).rejects.toThrow("cannot enter component instance");
  });

  test("is not dropped in the middle of a call, but after it", async () => {
    const waiting = Promise.withResolvers<void>();
    const dropped: number[] = [];
    const { exports } = await started(
      `(component
        (import "test:x/wait" (instance $wait (export "wait" (func))))
        (core func $wait (canon lower (func $wait "wait")))
        (core module $waits
          (import "" "wait" (func $wait))
          (func (export "wait") (call $wait)))
        (core instance $waits (instantiate $waits (with "" (instance (export "wait" (func $wait))))))
        (func (export "wait") (canon lift (core func $waits "wait")))
        ${things()})`,
      {
        "test:x/wait": { wait: () => waiting.promise },
        "test:x/log": { dropped: (value: number) => void dropped.push(value) },
      },
      { waits: ({ name }) => name === "wait" },
    );
    const thing = await exports["test:x/things"].make(4);
    const call = exports.wait();
    expect(() => thing[Symbol.dispose]()).toThrow("cannot enter component instance");
    waiting.resolve();
    await call;
    expect(dropped).toEqual([]);
    thing[Symbol.dispose]();
    expect(dropped).toEqual([4]);
  });
});

describe("a resource that one component defines and another one uses", () => {
  async function run(code: string, options?: Parameters<typeof things>[0]) {
    const dropped: number[] = [];
    const log = { dropped: (value: number) => void dropped.push(value) };
    const { exports } = await started(together(code, options), { "test:x/log": log }, plain);
    return { run: exports.run, things: exports["test:x/things"], dropped };
  }
  const make = "(local.set $thing (call $make (i32.const 9)))";

  test("is lent, and dropped by who owns it, which runs its destructor", async () => {
    const { run: go, dropped } = await run(
      `${make} (call $value (local.get $thing)) (call $drop (local.get $thing))`,
    );
    expect(await go()).toBe(9);
    expect(dropped).toEqual([9]);
  });

  test("is given back to its definer", async () => {
    const { run: go, dropped } = await run(`${make} (call $take (local.get $thing))`);
    expect(await go()).toBe(9);
    expect(dropped).toEqual([9]);
  });

  test.each([
    [
      "used after it is given away",
      `${make} (drop (call $take (local.get $thing))) (call $value (local.get $thing))`,
    ],
    ["used after it is dropped", `${make} (call $drop (local.get $thing)) (call $value (local.get $thing))`],
    [
      "dropped twice",
      `${make} (call $drop (local.get $thing)) (call $drop (local.get $thing)) (i32.const 0)`,
    ],
    ["guessed", "(call $value (i32.const 1))"],
    ["the free place of index 0", "(call $value (i32.const 0))"],
    ["a negative handle", "(call $value (i32.const -1))"],
  ])("%s: a trap that ends both", async (_, code) => {
    const { run: go, things: api } = await run(code);
    await expect(go()).rejects.toThrow(/handle \d+ is no "resource"/);
    await expect(go()).rejects.toThrow("cannot enter component instance");
    await expect(api.make(1)).rejects.toThrow("cannot enter component instance");
  });

  test("a destructor that traps ends both, though its user would catch that", async () => {
    const { run: go } = await run(
      `${make} (block $caught (try_table (catch_all $caught) (call $drop (local.get $thing)))) (i32.const 1)`,
      { ends: "unreachable" },
    );
    await expect(go()).rejects.toThrow("unreachable");
  });

  test("handles are used again, and have a number of their own in each component", async () => {
    const { run: go } = await run(`${make}
      (call $drop (local.get $thing))
      (local.set $thing (call $make (i32.const 1)))
      (call $drop (local.get $thing))
      (local.get $thing)`);
    expect(await go()).toBe(1);
    expect(await go()).toBe(1);
  });
});

describe("a resource of the host", () => {
  class R {
    ended = 0;
    [Symbol.dispose](): void {
      this.ended += 1;
    }
  }

  async function use(code: string, lifts: string) {
    const taken: unknown[] = [];
    const made: R[] = [];
    const host = {
      R,
      make: () => {
        made.push(new R());
        return made.at(-1);
      },
      look: (it: unknown) => (it instanceof R ? 1 : 0),
      take: (it: unknown) => void taken.push(it),
      both: (...both: unknown[]) => void taken.push(...both),
    };
    const { exports } = await started(hostUser(code, lifts), { "test:x/h": host }, plain);
    return { ...exports, made, taken };
  }
  const run = (code: string) =>
    use(
      `(func (export "run") (result i32) (local $it i32) (local.set $it (call $make)) ${code})`,
      `(func (export "run") (result u32) (canon lift (core func $running "run")))`,
    );

  test("is the component's until it drops it", async () => {
    const { run: go, made } = await run("(call $look (local.get $it)) (call $drop (local.get $it))");
    expect(await go()).toBe(1);
    expect(made[0]!.ended).toBe(1);
  });

  test("is the host's again when it is given back", async () => {
    const { run: go, made, taken } = await run("(call $take (local.get $it)) (i32.const 2)");
    expect(await go()).toBe(2);
    expect(taken).toEqual(made);
    expect(made[0]!.ended).toBe(0);
  });

  test.each([
    [
      "lent and given away in one call",
      "(call $both (local.get $it) (local.get $it)) (i32.const 0)",
      "handle 1 is given away or dropped while it is lent",
    ],
    [
      "given away twice",
      "(call $take (local.get $it)) (call $take (local.get $it)) (i32.const 0)",
      'handle 1 is no "r"',
    ],
    [
      "dropped twice",
      "(call $drop (local.get $it)) (call $drop (local.get $it)) (i32.const 0)",
      'handle 1 is no "r"',
    ],
    [
      "used after it was dropped",
      "(call $drop (local.get $it)) (call $look (local.get $it))",
      'handle 1 is no "r"',
    ],
  ])("%s is a trap", async (_, code, message) => {
    const { run: go } = await run(code);
    await expect(go()).rejects.toThrow(message);
    await expect(go()).rejects.toThrow("cannot enter component instance");
  });

  const withParameter = (type: string, code: string) =>
    use(
      `(func (export "f") (param $it i32) (param i32) ${code})
       (func (export "g") (drop (call $look (global.get $kept))))`,
      `(func (export "f") (param "it" (${type} $r)) (param "number" u32) (canon lift (core func $running "f")))
       (func (export "g") (canon lift (core func $running "g")))`,
    );

  test("is lent to a component for a call, which has to drop its handle", async () => {
    const { f } = await withParameter(
      "borrow",
      "(drop (call $look (local.get $it))) (call $drop (local.get $it))",
    );
    const it = new R();
    await f(it, 1);
    await f(it, 1);
    expect(it.ended).toBe(0);
  });

  test.each([
    [
      "kept past the call",
      "(global.set $kept (local.get $it))",
      "borrow handles still remain at the end of the call",
    ],
    ["given away", "(call $take (local.get $it))", "a handle that was lent is given away"],
  ])("that was lent and is %s is a trap", async (_, code, message) => {
    const { f, g, taken } = await withParameter("borrow", code);
    await expect(f(new R(), 1)).rejects.toThrow(message);
    await expect(g()).rejects.toThrow("cannot enter component instance");
    expect(taken).toEqual([]);
  });

  test("is none of another type, though both are the host's", async () => {
    class Other {}
    const { exports } = await started(
      `(component
        (import "test:x/h" (instance $h
          (export "r" (type $r (sub resource)))
          (export "other" (type $other (sub resource)))
          (export "make" (func (result (own $r))))
          (export "look" (func (param "it" (borrow $other))))))
        (core func $make (canon lower (func $h "make")))
        (core func $look (canon lower (func $h "look")))
        (core module $code
          (import "" "make" (func $make (result i32)))
          (import "" "look" (func $look (param i32)))
          (func (export "f") (call $look (call $make))))
        (core instance $running (instantiate $code (with "" (instance
          (export "make" (func $make)) (export "look" (func $look))))))
        (func (export "f") (canon lift (core func $running "f"))))`,
      { "test:x/h": { R, Other, make: () => new R(), look: () => undefined } },
    );
    await expect(exports.f()).rejects.toThrow('handle 1 is no "other"');
  });

  test("is given to a component, which keeps it", async () => {
    const { f, g } = await withParameter("own", "(global.set $kept (local.get $it))");
    await f(new R(), 1);
    await g();
    await g();
  });

  test.each(["own", "borrow"])(
    "%s: what is none is the caller's mistake, and leaves nothing behind",
    async (type) => {
      const { f } = await withParameter(type, "(call $drop (local.get $it))");
      for (const wrong of [{}, null, 1, R, Object.create(null)])
        await expect(f(wrong, 1)).rejects.toThrow('a resource "r" of this host is expected');
      // More often than there can be handles, and none of them is left lent.
      for (let index = 0; index < 5_000; index += 1)
        await expect(f(new R(), -1)).rejects.toThrow("a value of type u32");
      await f(new R(), 1);
    },
  );
});
