/** What one component may make its host hold and do. */

import { parseWat } from "@busbar/jco";
import { describe, expect, test } from "vitest";
import { ComponentArtifact } from "../../src/component/artifact.ts";
import { resourceClasses } from "../../src/component/exports.ts";
import { planComponent } from "../../src/component/planner.ts";
import { LinkError } from "../../src/component/reader.ts";
import { Trap } from "../../src/component/trap.ts";
import { binary, preamble, text, times, typeIndex, u32 } from "./assemble.ts";
import { inRoom, room, start, startOptions } from "./harness.ts";
import { hostUser } from "./resource-components.ts";

/** `count` core instances that have a memory of `pages` each, and a table. */
const memories = (count: number, pages: number, elements: number) => `
  (core module $code (memory (export "memory") ${pages}) (table (export "table") ${elements} funcref)
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "grow-table") (param i32) (result i32) (table.grow (ref.null func) (local.get 0))))
  ${Array.from({ length: count }, (_, index) => `(core instance $i${index} (instantiate $code))`).join("\n")}`;

describe("memoryMiB", () => {
  test("counts the memories and tables of all instances; one that needs more at the start is told how much", async () => {
    const component = `(component ${memories(4, 20, 1000)}
      (component $inner ${memories(4, 20, 1000)})
      (instance (instantiate $inner)))`;
    // 8 times 20 pages of 64 KiB, and 8 times 1,000 entries of 16 bytes.
    const load = async (memoryMiB: number) => start(component, {}, { memoryMiB });
    await expect(load(10)).rejects.toMatchObject({ name: "LinkError", message: "it needs 11 MiB of memory" });
    await expect(load(5)).rejects.toMatchObject({ message: "it needs 6 MiB of memory", neededMiB: 6 });
    await load(11);
  });

  test("is the end of growth, of memories and tables together; the guest sees a full memory", async () => {
    const lifted = ["grow", "grow-table"].flatMap((name) =>
      [0, 1].map(
        (index) =>
          `(func (export "${name}${index}") (param "by" u32) (result s32) (canon lift (core func $i${index} "${name}")))`,
      ),
    );
    const exports = await start(
      `(component ${memories(2, 1, 1)} ${lifted.join("\n")})`,
      {},
      { memoryMiB: 4 },
    );
    expect(await exports.grow0(30)).toBe(1);
    expect(await exports.growTable1(16_384)).toBe(1);
    expect(await exports.grow1(40)).toBe(-1);
    expect(await exports.grow1(20)).toBe(1);
    expect(await exports.growTable0(65_536)).toBe(-1);
    expect(await exports.grow0(20)).toBe(-1);
  });

  /** `f` returns a list of `length`, whose items all are at 16. */
  const listing = (type: string, length: number) => `(component ${room(16)}
    (core module $code
      (import "" "memory" (memory 1))
      (func (export "f") (result i32)
        (i32.store (i32.const 8) (i32.const 16))
        (i32.store (i32.const 12) (i32.const ${length}))
        (i32.const 8)))
    (core instance $running (instantiate $code (with "" (instance $room))))
    (type $list (list ${type}))
    (func (export "f") (result $list) (canon lift (core func $running "f") ${inRoom})))`;

  test.each([
    ["booleans, which are objects", "bool", 1_000_000],
    ["texts that are empty", "string", 100_000],
    ["lists that are empty", "(list u8)", 100_000],
  ])("is the most that a call lifts: %s", async (_, type, length) => {
    const component = type.startsWith("(")
      ? listing("$inner", length).replace("(type $list", `(type $inner ${type}) (type $list`)
      : listing(type, length);
    const { f } = await start(component, {}, { memoryMiB: 2 });
    await expect(f()).rejects.toThrow("it passes values of more than 2 MiB in one call");
    expect(await (await start(component, {}, { memoryMiB: 64 })).f()).toHaveLength(length);
  });

  test("is the most that one value without lists is worth, too", async () => {
    const tuple = `(type $t0 (tuple ${"bool ".repeat(1000)}))
      (type $t1 (tuple ${"$t0 ".repeat(500)}))`;
    const component = `(component ${room(16)} ${tuple} (core module $code (func (export "f") (result i32) (i32.const 0)))
      (core instance $running (instantiate $code))
      (func (export "f") (result $t1) (canon lift (core func $running "f") ${inRoom})))`;
    const { f } = await start(component, {}, { memoryMiB: 2 });
    await expect(f()).rejects.toThrow("it passes values of more than 2 MiB in one call");
    expect(await (await start(component)).f()).toHaveLength(500);
  });

  test("counts anew in each call", async () => {
    const { f } = await start(listing("bool", 100_000), {}, { memoryMiB: 2 });
    for (let call = 0; call < 5; call += 1) expect(await f()).toHaveLength(100_000);
  });
});

test("more handles than there may be are a trap", async () => {
  class R {}
  const { run } = await start(
    hostUser(
      `(func (export "run") (result i32) (loop $more (drop (call $make)) (br $more)) (i32.const 0))`,
      `(func (export "run") (result u32) (canon lift (core func $running "run")))`,
    ),
    { "test:x/h": { R, make: () => new R() } },
    { waits: () => false },
  );
  await expect(run()).rejects.toThrow("it holds more than 4096 handles");
  await expect(run()).rejects.toThrow(Trap);
});

test("more kinds of functions than stacks are a trap", async () => {
  // All functions of up to eight parameters of two types.
  const signatures = Array.from({ length: 300 }, (_, index) =>
    [...index.toString(2)].map((bit) => (bit === "1" ? "f32" : "f64")),
  );
  const functions = signatures.map(
    (types, index) =>
      `(func (export "f${index}") ${types.map((type, at) => `(param "p${at}" ${type})`).join("")} (canon lift (core func $running "f${index}")))`,
  );
  const code = signatures.map(
    (types, index) => `(func (export "f${index}") ${types.map((type) => `(param ${type})`).join("")})`,
  );
  const exports = await start(`(component
    (core module $code ${code.join("\n")})
    (core instance $running (instantiate $code))
    ${functions.join("\n")})`);
  const call = (index: number) => exports[`f${index}` as "f"](...signatures[index]!.map(() => 1.5));
  for (let index = 0; index < 256; index += 1) await call(index);
  await expect(call(256)).rejects.toThrow("more than 256 kinds of functions are called in it");
});

/** What would cost much more than its bytes. */
describe("a component that is small and asks for much", () => {
  const refused = (bytes: Uint8Array<ArrayBuffer>) => {
    try {
      planComponent(bytes);
      return "accepted";
    } catch (thrown) {
      if (thrown instanceof LinkError) return thrown.message;
      throw thrown;
    }
  };

  test("100,000 types, each in the one before", () => {
    const lists = times(100_000, (index) => (index === 0 ? [0x70, 0x7d] : [0x70, ...typeIndex(index - 1)]));
    expect(refused(binary([7, ...lists]))).toBe("types are nested more than 64 deep");
  });

  test("a pair of pairs of pairs, 60 deep", async () => {
    const pairs = times(60, (index) =>
      index === 0 ? [0x6f, 2, 0x7d, 0x7d] : [0x6f, 2, index - 1, index - 1],
    );
    const plan = planComponent(binary([7, ...pairs, [0x40, 0, 0, 59]], [10, [0, ...text("f"), 1, 60]]));
    expect(() => plan.hostFunctions![0]!.type.functionShape).toThrow("bytes is not supported");
  });

  test("an instance that is twice in an instance that is twice in an instance", () => {
    const first: readonly [number, number[]] = [5, [1, 0]];
    const doubled = times(60, (index) => [
      1,
      2,
      0,
      ...text("a"),
      5,
      ...u32(index),
      0,
      ...text("b"),
      5,
      ...u32(index),
    ]);
    expect(refused(binary(first, [5, ...doubled], [11, [0, ...text("e"), 5, 60, 0]]))).toBe(
      "more than 200000 definitions are not supported",
    );
  });

  test("a type of an instance that is three times in one, and again", () => {
    const names = ["a", "b", "c"];
    const exported = names.flatMap((name) => [4, 0, ...text(name), 5, 0]);
    const types = times(14, (index) =>
      index === 0 ? [0x42, 0] : [0x42, 4, 2, 3, 2, 1, index - 1, ...exported],
    );
    const instances = times(14, (index) =>
      index === 0 ? [1, 0] : [1, 3, ...names.flatMap((name) => [0, ...text(name), 5, index - 1])],
    );
    const asked = [0, ...text("e"), 5, 13, 1, 5, 13];
    expect(refused(binary([7, ...types], [5, ...instances], [11, asked]))).toBe(
      "more than 200000 definitions are not supported",
    );
  });

  test("a list of 10,000 things that is made 10,000 times", () => {
    const exports = times(10_000, (index) => [0, ...text(`e${index}`), 4, 0]).flat();
    const inner = [...binary([4, [...preamble]], [5, [1, ...u32(10_000), ...exports]])];
    expect(refused(binary([4, inner], [5, ...times(10_000, () => [0, 0, 0])]))).toBe(
      "more than 200000 definitions are not supported",
    );
  });

  test("millions of definitions, or of names, in one file", () => {
    const more = "it has more definitions and names than are supported";
    expect(refused(binary([7, ...times(600_000, () => [0x7d])]))).toBe(more);
    expect(refused(binary([2, [1, ...u32(600_000), ...times(600_000, () => [0, 0, 0]).flat()]]))).toBe(more);
    expect(
      refused(
        binary([
          7,
          [0x40, ...u32(1001), ...times(1001, (index) => [...text(`p${index}`), 0x7d]).flat(), 1, 0],
        ]),
      ),
    ).toBe("a type with more than 1000 parts is not supported");
  });

  test("a name of a megabyte, which would be looked at again and again", () => {
    const alias = (length: number) => binary([2, [1, 0]], [6, [0, 2, 1, 0, ...text("m".repeat(length))]]);
    expect(refused(alias(1000))).toMatch(/^a core instance has no "m+/);
    expect(refused(alias(1_000_000))).toBe("a core name of more than 1000 characters is not supported");
  });

  test("a count that is not there", () => {
    expect(refused(Uint8Array.from([...preamble, 7, 5, 0xff, 0xff, 0xff, 0xff, 0x0f]))).toMatch(
      /^a list of 4294967295 lies in 0 bytes/,
    );
  });

  test("40,000 contexts that all differ, and 20,000 resources with a method each, cost no more than they are", async () => {
    const count = 40_000;
    const contexts = binary(
      [1, [...(await parseWat("(module)"))]],
      [2, [0, 0, 0]],
      [7, [0x40, 0, 1, 0]],
      [10, [0, ...text("f"), 1, 0]],
      [6, ...times(count, (index) => [0, 2, 1, 0, ...text(`m${index}`)])],
      [8, ...times(count, (index) => [1, 0, 0, 1, 3, ...u32(index)])],
    );
    expect(planComponent(contexts).contexts).toHaveLength(count);
    const resources = binary(
      [1, [...(await parseWat("(module)"))]],
      [2, [0, 0, 0]],
      [6, [0, 0, 1, 0, ...text("f")]],
      [7, [0x40, 0, 1, 0], ...times(20_000, () => [0x3f, 0x7f, 0])],
      [8, [0, 0, 0, 0, 0]],
      [
        5,
        [
          1,
          ...u32(40_000),
          ...times(20_000, (index) => [
            ...[0, ...text(`r${index}`), 3, ...u32(index + 1)],
            ...[0, ...text(`[method]r${index}.m`), 1, 0],
          ]).flat(),
        ],
      ],
      [11, [0, ...text("a:b/c"), 5, 0, 0]],
    );
    expect(resourceClasses(planComponent(resources)).size).toBe(20_000);
  });
});

test("what does not start is told in one sentence", async () => {
  const artifact = await ComponentArtifact.load(
    "x.wasm",
    await parseWat(`(component ${memories(1, 200, 0)})`),
  );
  await expect(artifact.start({ ...startOptions, memoryMiB: 1 })).rejects.toThrow(
    "it needs 13 MiB of memory",
  );
});
