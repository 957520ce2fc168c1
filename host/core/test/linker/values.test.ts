/** Every type of value, out of a component and into it: flat, in memory, at its limits, and what is refused. */

import { parseWat } from "@busbar/jco";
import { describe, expect, test } from "vitest";
import { Trap } from "../../src/component/trap.ts";
import { echo, inRoom, room, start } from "./harness.ts";
import { label, listOf, primitives, property, type Type } from "./type-tree.ts";

/** What the host saw, and what the component returned. */
async function through(type: Type, values: readonly unknown[], encoding = "utf8") {
  const seen: unknown[] = [];
  const host = (value: { constructor: unknown }) => {
    seen.push(value.constructor);
    return value;
  };
  const { f } = await start(
    await echo(type, encoding, 64),
    { "test:x/h": { f: host } },
    { waits: () => false },
  );
  const returned: unknown[] = [];
  for (const value of values) returned.push((await f({ constructor: value })).constructor);
  return { seen, returned };
}

async function expectSame(type: Type, values: readonly unknown[], encoding?: string) {
  expect(await through(type, values, encoding)).toEqual({ seen: values, returned: values });
}

/** The extremes of each type. */
const extremes: Record<(typeof primitives)[number], readonly unknown[]> = {
  bool: [true, false],
  u8: [0, 255],
  s8: [-128, 127],
  u16: [0, 65535],
  s16: [-32768, 32767],
  u32: [0, 0x7fffffff, 0x80000000, 0xffffffff],
  s32: [-0x80000000, 0x7fffffff],
  u64: [0n, 2n ** 63n, 2n ** 64n - 1n],
  s64: [-(2n ** 63n), 2n ** 63n - 1n, -1n],
  f32: [-0, Number.NaN, Number.POSITIVE_INFINITY, Math.fround(1.1)],
  f64: [-0, Number.NaN, Number.NEGATIVE_INFINITY, 5e-324],
  char: ["\u0000", "\ud7ff", "\ue000", "\u{10ffff}"],
  string: ["", "Grüße ✓ 🙂", "\ufeffmark", "x".repeat(3000)],
};

describe.each(primitives)("%s", (type) => {
  const values = extremes[type];
  const lists = [[], values, Array.from({ length: 500 }, (_, index) => values[index % values.length])];

  test("flat", () => expectSame(type, values));
  test("in memory: a field behind an odd byte", () =>
    expectSame({ record: ["u8", type, { tuple: [...Array(16).fill("u16")] }] }, [
      { [property(0)]: 1, [property(1)]: values[0], [property(2)]: Array(16).fill(0xfffe) },
      { [property(0)]: 255, [property(1)]: values.at(-1), [property(2)]: Array(16).fill(1) },
    ]));
  test("lists of it, empty, short and long", () =>
    expectSame(
      { list: type },
      lists.map((each) => listOf(type, each)),
    ));
  test("lists of lists of it", () =>
    expectSame({ list: { list: type } }, [[], [listOf(type, []), listOf(type, values)]]));
});

test("a list of 200,000 bytes, and one of 5,000 records", async () => {
  const bytes = Uint8Array.from({ length: 200_000 }, (_, index) => index * 7);
  await expectSame({ list: "u8" }, [bytes]);
  const rows = Array.from({ length: 5_000 }, (_, index) => ({
    [property(0)]: index,
    [property(1)]: `${index}`,
  }));
  await expectSame({ list: { record: ["u32", "string"] } }, [rows]);
});

test("more than 16 parameters are passed as a pointer, and so are results of more than one", async () => {
  const many = Array<Type>(20).fill("u64");
  await expectSame({ tuple: many }, [many.map((_, index) => 2n ** 64n - 1n - BigInt(index))]);
});

test.each([
  [16, Array(16).fill("(param i32)").join(" "), "(i32.add (local.get 0) (local.get 15))"],
  [17, "(param i32)", "(i32.add (i32.load (local.get 0)) (i32.load offset=64 (local.get 0)))"],
])("%d parameters are a core function's parameters, or one pointer", async (count, core, sum) => {
  const params = Array.from({ length: count }, (_, index) => `(param "p${index}" u32)`).join(" ");
  const { f } = await start(`(component ${room(1)}
    (core module $code (import "" "memory" (memory 1)) (func (export "f") ${core} (result i32) ${sum}))
    (core instance $running (instantiate $code (with "" (instance $room))))
    (func (export "f") ${params} (result u32) (canon lift (core func $running "f") ${inRoom})))`);
  expect(await f(...Array.from({ length: count }, (_, index) => index + 1))).toBe(count + 1);
});

test.each([1, 8, 9, 16, 17, 31, 32])("%d flags", async (count) => {
  const value = (bit: (index: number) => boolean) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [property(index), bit(index)]));
  const values = [
    value(() => true),
    value(() => false),
    value((index) => index % 3 === 0),
    value((index) => index === count - 1),
  ];
  await expectSame({ flags: count }, values);
  await expectSame({ list: { flags: count } }, [values]);
});

test.each([1, 256, 257, 300])("an enum of %d", async (count) => {
  const values = [label(0), label(count - 1)];
  await expectSame({ enum: count }, values);
  await expectSame({ list: { enum: count } }, [values]);
});

test("a variant whose cases share core values: the bits of each are those of any other", async () => {
  const type: Type = {
    variant: ["f32", "u32", "f64", "s64", undefined, { tuple: ["f32", "u64", "u8"] }, "string", "char"],
  };
  const values = [
    -1.5,
    0xffffffff,
    Math.PI,
    -1n,
    undefined,
    [Math.fround(0.1), 2n ** 64n - 1n, 200],
    "text",
    "🙂",
  ];
  const cases = values.map((val, index) =>
    val === undefined ? { tag: label(index) } : { tag: label(index), val },
  );
  await expectSame(type, cases);
  await expectSame({ list: type }, [cases]);
});

test("options of options say which is which; a plain option is the value or undefined", async () => {
  await expectSame({ option: "bool" }, [undefined, false, true]);
  await expectSame({ option: { option: "u8" } }, [
    { tag: "none" },
    { tag: "some", val: undefined },
    { tag: "some", val: 0 },
  ]);
  await expectSame({ list: { option: { option: { option: "u8" } } } }, [
    [{ tag: "none" }, { tag: "some", val: { tag: "none" } }, { tag: "some", val: { tag: "some", val: 3 } }],
  ]);
});

test.each<[string, { readonly result: readonly [Type | undefined, Type | undefined] }]>([
  ["nothing", { result: [undefined, undefined] }],
  ["ok alone", { result: ["u64", undefined] }],
  ["an error alone", { result: [undefined, "string"] }],
  ["both", { result: ["u64", "string"] }],
])("a result with %s", async (_, type) => {
  const [ok, error] = type.result;
  const values = [
    { tag: "ok", val: ok === undefined ? undefined : 2n ** 60n },
    { tag: "err", val: error === undefined ? undefined : "no" },
  ];
  await expectSame({ result: [ok, error] }, values);
  await expectSame({ list: { result: [ok, error] } }, [values]);
});

describe("what the caller gives and is of another type", () => {
  const wrong: [Type, unknown][] = [
    ["u8", 256],
    ["u8", -1],
    ["u8", 1.5],
    ["u8", "1"],
    ["s8", 128],
    ["u16", Number.NaN],
    ["u32", 2 ** 32],
    ["s32", 2 ** 31],
    ["u64", 1],
    ["u64", -1n],
    ["u64", 2n ** 64n],
    ["s64", 2n ** 63n],
    ["f64", 1n],
    ["f32", "1"],
    ["bool", 1],
    ["char", "ab"],
    ["char", "\ud800"],
    ["char", ""],
    ["string", 5],
    ["string", null],
    [{ list: "u8" }, [256]],
    [{ list: "u8" }, "text"],
    [{ list: "string" }, [1]],
    [{ tuple: ["u8", "u8"] }, [1]],
    [{ record: ["u8"] }, null],
    [{ record: ["u8"] }, {}],
    [{ variant: ["u8"] }, { tag: "no-such-case" }],
    [{ variant: ["u8"] }, { tag: "toString" }],
    [{ enum: 3 }, "to_string"],
    [{ option: { option: "u8" } }, undefined],
    [{ result: ["u8", "u8"] }, { tag: "maybe" }],
    [{ flags: 3 }, true],
  ];

  test.each(wrong)("%o: %o is refused, and the component lives on", async (type, value) => {
    const { f } = await start(await echo(type), { "test:x/h": { f: (given: unknown) => given } });
    await expect(f({ constructor: value })).rejects.toThrow(TypeError);
    await expect(f({ constructor: value })).rejects.toThrow(TypeError);
  });

  test("too few and too many parameters", async () => {
    const { f } = await start(await echo("u8"), { "test:x/h": { f: (given: unknown) => given } });
    await expect(f()).rejects.toThrow("1 parameters are expected, and not 0");
    await expect(f({ constructor: 1 }, 2)).rejects.toThrow("1 parameters are expected, and not 2");
    await expect(f({ constructor: 1 })).resolves.toEqual({ constructor: 1 });
  });

  test("what the host answers and is of another type ends the component", async () => {
    const { f } = await start(await echo("u8"), { "test:x/h": { f: () => ({ constructor: "text" }) } });
    await expect(f({ constructor: 1 })).rejects.toThrow("a value of type u8 is expected, and not string");
    await expect(f({ constructor: 1 })).rejects.toThrow("cannot enter component instance");
  });
});

describe("what a component gives and is none of its type", () => {
  /** `f` returns a value that lies in memory as `data` says, at address 8. */
  const returning = (type: string, data: string, options = "", before = "") =>
    start(`(component ${before} ${room(1)}
      (core module $code
        (import "" "memory" (memory 1))
        (data (i32.const 8) "${data}")
        (func (export "f") (result i32) (i32.const 8)))
      (core instance $running (instantiate $code (with "" (instance $room))))
      (type $t ${type})
      (export $out "t" (type $t))
      (func (export "f") (result $out) (canon lift (core func $running "f") ${inRoom} ${options})))`);
  const far = "\\ff\\ff\\00\\00\\02\\00\\00\\00";

  test.each([
    [
      "a discriminant past the last case",
      '(variant (case "a" u32) (case "b" u64))',
      "\\02",
      "a discriminant is out of the range of 2 cases",
    ],
    ["a text past the end", "(tuple string u8)", far, "a pointer leads out of the memory"],
    ["a list past the end", "(tuple (list u8) u8)", far, "a pointer leads out of the memory"],
    [
      "a list of 2^32 - 1 records",
      "(tuple (list (tuple u64 u64)) u8)",
      "\\08\\00\\00\\00\\ff\\ff\\ff\\ff",
      "a pointer leads out of the memory",
    ],
    [
      "a list that is not aligned",
      "(tuple (list u32) u8)",
      "\\09\\00\\00\\00\\01\\00\\00\\00",
      "a pointer is not aligned",
    ],
    [
      "an empty list that is not aligned",
      "(tuple (list u32) u8)",
      "\\09\\00\\00\\00\\00\\00\\00\\00",
      "a pointer is not aligned",
    ],
    [
      "an empty list past the end",
      "(tuple (list u8) u8)",
      "\\01\\00\\01\\00\\00\\00\\00\\00",
      "a pointer leads out of the memory",
    ],
    [
      "a char that is a surrogate",
      "(tuple char u8)",
      "\\00\\d8\\00\\00",
      "a char is no Unicode scalar value",
    ],
    ["a char above all others", "(tuple char u8)", "\\00\\00\\11\\00", "a char is no Unicode scalar value"],
  ])("%s is a trap, and the component is dead", async (_, type, data, message) => {
    const { f } = await returning(type, data);
    await expect(f()).rejects.toThrow(Trap);
    await expect(f()).rejects.toMatchObject({
      message: "cannot enter component instance",
      cause: { message },
    });
  });

  test("any byte but 0 is true, and bits above a flag's are nothing", async () => {
    const { f } = await returning('(tuple bool bool (flags "a" "b"))', "\\02\\00\\ff");
    expect(await f()).toEqual([true, false, { a: true, b: true }]);
  });

  const labels = (count: number) => Array.from({ length: count }, (_, index) => `"c${index}"`).join(" ");
  test.each([
    [256, "\\01\\02", 2],
    [257, "\\01\\00\\02", 2],
  ])("an enum of %d cases takes the bytes that it needs", async (count, data, next) => {
    const { f } = await returning(
      "(tuple $e u8)",
      data,
      "",
      `(type $e' (enum ${labels(count)})) (export $e "e" (type $e'))`,
    );
    expect(await f()).toEqual(["c1", next]);
  });

  test("where the result lies is a pointer like any other", async () => {
    const component = (address: number) =>
      start(`(component ${room(1)}
        (core module $code (func (export "f") (result i32) (i32.const ${address})))
        (core instance $running (instantiate $code))
        (func (export "f") (result (tuple u32 u32)) (canon lift (core func $running "f") ${inRoom})))`);
    await expect((await component(65_532)).f()).rejects.toThrow("a pointer leads out of the memory");
    await expect((await component(-4)).f()).rejects.toThrow("a pointer leads out of the memory");
    await expect((await component(2)).f()).rejects.toThrow("a pointer is not aligned");
    await expect((await component(65_528)).f()).resolves.toEqual([0, 0]);
  });
});

describe("a core module that imports a lowered function with another signature than it has", () => {
  /** `g` of the host takes what `type` says; the module imports it as `core` says, and calls it with `call`. */
  async function calling(type: string, core: string, call: string) {
    const seen: unknown[] = [];
    const bytes = await parseWat(`(component
      (import "test:x/h" (instance $h (export "g" (func (param "x" ${type})))))
      (core func $g (canon lower (func $h "g")))
      (core module $code
        (import "" "g" (func $g ${core}))
        (func (export "f") ${call}))
      (core instance $running (instantiate $code (with "" (instance (export "g" (func $g))))))
      (func (export "f") (canon lift (core func $running "f"))))`);
    const { f } = await start(bytes, { "test:x/h": { g: (value: unknown) => void seen.push(value) } });
    return { f, seen };
  }

  test.each([
    ["s64", "(param f64)", "(call $g (f64.const 1.5))"],
    ["u64", "(param i32)", "(call $g (i32.const 1))"],
    ["f64", "(param i64)", "(call $g (i64.const 1))"],
    ["u32", "(param i64)", "(call $g (i64.const 1))"],
    ["u32", "", "(call $g)"],
    ["u32", "(param i32 i32)", "(call $g (i32.const 1) (i32.const 2))"],
  ])("%s as %s ends it, and the host sees nothing", async (type, core, call) => {
    const { f, seen } = await calling(type, core, call);
    await expect(f()).rejects.toThrow();
    await expect(f()).rejects.toThrow("cannot enter component instance");
    expect(seen).toEqual([]);
  });

  test("s32 as a float is a number all the same, and never one that is none", async () => {
    const { f, seen } = await calling("s32", "(param f64)", "(call $g (f64.const nan))");
    await f();
    expect(seen).toEqual([0]);
  });
});
