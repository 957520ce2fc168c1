/** Components within components: arguments, aliases, exports that are passed on, and what one may not have of another. */

import { parseWat } from "@busbar/jco";
import { describe, expect, test } from "vitest";
import { planFor } from "../../src/component/interface.ts";
import { binary } from "./assemble.ts";
import { start } from "./harness.ts";

/** A component that exports `f`, which returns `value`. */
const giving = (value: number, name = "f") => `
  (core module $code (func (export "f") (result i32) (i32.const ${value})))
  (core instance $running (instantiate $code))
  (func (export "${name}") (result u32) (canon lift (core func $running "f")))`;

/** Exports `f` of an instance. */
const passingOn = (instance: string) => `
  (alias export ${instance} "f" (func $f))
  (export "f" (func $f))`;

describe("what is passed between components", () => {
  test("a component as an argument, which the inner one instantiates", async () => {
    const { f } = await start(`(component
      (component $seven ${giving(7)})
      (component $user
        (import "part" (component $part (export "f" (func (result u32)))))
        (instance $one (instantiate $part))
        ${passingOn("$one")})
      (instance $using (instantiate $user (with "part" (component $seven))))
      ${passingOn("$using")})`);
    expect(await f()).toBe(7);
  });

  test("an instance that has more than it is asked for", async () => {
    const { f } = await start(`(component
      (component $many ${giving(8)} (func (export "g") (result u32) (canon lift (core func $running "f"))))
      (instance $many (instantiate $many))
      (component $user
        (import "it" (instance $it (export "f" (func (result u32)))))
        ${passingOn("$it")})
      (instance $using (instantiate $user (with "it" (instance $many))))
      ${passingOn("$using")})`);
    expect(await f()).toBe(8);
  });

  test("a module, a component and a type of an outer component, over several of them", async () => {
    const { f } = await start(`(component $outer
      (core module $code (func (export "f") (result i32) (i32.const 9)))
      (component $seven ${giving(7)})
      (type $number u32)
      (component $middle
        (component $inner
          (alias outer $outer $code (core module $mine))
          (alias outer $outer $seven (component $its))
          (alias outer $outer $number (type $result))
          (instance $unused (instantiate $its))
          (core instance $running (instantiate $mine))
          (func (export "f") (result $result) (canon lift (core func $running "f"))))
        (instance $one (instantiate $inner))
        ${passingOn("$one")})
      (instance $using (instantiate $middle))
      ${passingOn("$using")})`);
    expect(await f()).toBe(9);
  });

  test("two instances of one component have a memory each", async () => {
    const { a, b } = await start(`(component
      (component $counter
        (core module $code
          (global $n (mut i32) (i32.const 0))
          (func (export "f") (result i32)
            (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))
        (core instance $running (instantiate $code))
        (func (export "f") (result u32) (canon lift (core func $running "f"))))
      (instance $a (instantiate $counter))
      (instance $b (instantiate $counter))
      (alias export $a "f" (func $fa)) (alias export $b "f" (func $fb))
      (export "a" (func $fa)) (export "b" (func $fb)))`);
    expect([await a(), await a(), await b()]).toEqual([1, 2, 1]);
  });

  test("a function of the host, over two components", async () => {
    const { f } = await start(
      `(component
        (import "test:x/h" (instance $h (export "g" (func (result u32)))))
        (component $user
          (import "h" (instance $h (export "g" (func (result u32)))))
          (core func $g (canon lower (func $h "g")))
          (core module $code
            (import "" "g" (func $g (result i32)))
            (func (export "f") (result i32) (call $g)))
          (core instance $running (instantiate $code (with "" (instance (export "g" (func $g))))))
          (func (export "f") (result u32) (canon lift (core func $running "f"))))
        (instance $using (instantiate $user (with "h" (instance $h))))
        ${passingOn("$using")})`,
      { "test:x/h": { g: async () => 12 } },
    );
    expect(await f()).toBe(12);
  });

  test("values, from the memory of one into that of the other", async () => {
    const { f } = await start(`(component
      (component $text
        (core module $code
          (memory (export "memory") 1)
          (data (i32.const 8) "\\10\\00\\00\\00\\06\\00\\00\\00Gr\\c3\\bc\\c3\\9f")
          (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64))
          (func (export "f") (result i32) (i32.const 8)))
        (core instance $running (instantiate $code))
        (func (export "f") (result string) (canon lift (core func $running "f") (memory (core memory $running "memory")))))
      (component $user
        (import "t" (instance $t (export "f" (func (result string)))))
        (core module $room
          (memory (export "memory") 1)
          (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 32)))
        (core instance $room (instantiate $room))
        (core func $g (canon lower (func $t "f") string-encoding=utf16
          (memory (core memory $room "memory")) (realloc (core func $room "realloc"))))
        (core module $code
          (import "" "g" (func $g (param i32)))
          (func (export "f") (result i32) (call $g (i32.const 8)) (i32.const 8)))
        (core instance $running (instantiate $code (with "" (instance (export "g" (func $g))))))
        (func (export "f") (result string)
          (canon lift (core func $running "f") string-encoding=utf16 (memory (core memory $room "memory")))))
      (instance $text (instantiate $text))
      (instance $using (instantiate $user (with "t" (instance $text))))
      ${passingOn("$using")})`);
    expect(await f()).toBe("Grüß");
  });
});

/** What an inner component imports, and what it is given. */
const given = (asked: string, args: string, before = "") => `(component $outer ${before}
  (component $seven ${giving(7)})
  (instance $it (instantiate $seven))
  (component $user (import "it" ${asked}))
  (instance $using (instantiate $user ${args})))`;

test.each([
  [
    "nothing where something is asked for",
    given("(func (result u32))", ""),
    'an inner component is not given "it"',
  ],
  [
    "a function of another result",
    given("(func (result u64))", '(with "it" (func $it "f"))'),
    '"it" is of another type than an inner component asks for',
  ],
  [
    "a function of another parameter",
    given('(func (param "x" u8) (result u32))', '(with "it" (func $it "f"))'),
    '"it" is of another type',
  ],
  [
    "an instance for a function",
    given("(func (result u32))", '(with "it" (instance $it))'),
    '"it" is of another type',
  ],
  [
    "an instance that lacks a function",
    given('(instance (export "g" (func)))', '(with "it" (instance $it))'),
    'an inner component is not given "g"',
  ],
  [
    "a type of another form",
    given("(type (eq $other))", '(with "it" (type $number))', "(type $number u32)").replace(
      "(component $user (import",
      "(component $user (type $other (list u8)) (import",
    ),
    '"it" is of another type',
  ],
  [
    "a type for a resource",
    given("(type (sub resource))", '(with "it" (type $number))', "(type $number u32)"),
    '"it" is of another type',
  ],
  [
    "two arguments of one name",
    given("(func (result u32))", '(with "it" (func $it "f")) (with "it" (func $it "f"))'),
    "an instance has two arguments or exports of one name",
  ],
])("%s is refused", async (_, component, message) => {
  const bytes = await parseWat(component);
  expect(() => planFor(bytes, "x.wasm")).toThrow(message);
});

test.each([
  ["a resource", "(alias outer $outer $r (type))", "takes a resource of the outer one that it is not given"],
  [
    "a type with a handle in it",
    "(alias outer $outer $handles (type))",
    "takes a resource of the outer one that it is not given",
  ],
  ["a scope that is not there", "(alias outer 9 0 (type))", "an alias leads out of the component"],
])("an inner component does not get %s of the outer one past its imports", async (_, alias, message) => {
  const bytes = await parseWat(`(component $outer
    (type $r (resource (rep i32)))
    (type $own (own $r))
    (type $handles (list $own))
    (component $inner ${alias})
    (instance (instantiate $inner)))`);
  expect(() => planFor(bytes, "x.wasm")).toThrow(message);
});

test.each([
  ["a function", [1], 'the sort "func" stands where none may be'],
  ["an instance", [5], 'the sort "instance" stands where none may be'],
  ["a function of a core module", [0, 0], 'the sort "core func" stands where none may be'],
  ["a memory", [0, 2], 'the sort "core memory" stands where none may be'],
  ["an instance of a core module", [0, 18], 'the sort "core instance" stands where none may be'],
])("nor %s, whatever is there", (_, sort, message) => {
  const inner = [...binary([6, [...sort, 2, 1, 0]])];
  expect(() => planFor(binary([5, [1, 0]], [4, inner], [5, [0, 0, 0]]), "x.wasm")).toThrow(message);
});

test.each([
  [
    "an instance out of a core instance",
    [6, [5, 1, 0, 1, 0x61]],
    'the sort "instance" stands where none may be',
  ],
  ["a function out of a core instance", [6, [1, 1, 0, 1, 0x61]], 'the sort "func" stands where none may be'],
  [
    "a core function out of an instance",
    [6, [0, 0, 0, 0, 1, 0x61]],
    'the sort "core func" stands where none may be',
  ],
  [
    "a core function in an instance",
    [5, [1, 1, 0, 1, 0x61, 0, 0, 0]],
    'the sort "core func" stands where none may be',
  ],
] as const)("%s is refused: indices of one kind are none of another", (_, section, message) => {
  expect(() => planFor(binary(section), "x.wasm")).toThrow(message);
});

test("an instance's type may name a resource of the component that it stands in", async () => {
  const bytes = await parseWat(`(component $outer
    (import "test:x/a" (instance $a (export "r" (type $r (sub resource)))))
    (alias export $a "r" (type $r))
    (import "test:x/b" (instance $b
      (alias outer $outer $r (type $mine))
      (export "r" (type $same (eq $mine)))
      (export "f" (func (result (own $same)))))))`);
  expect(planFor(bytes, "x.wasm").hostFunctions).toHaveLength(1);
});

test("resource.new is only for who defines the resource", async () => {
  const bytes = await parseWat(`(component
    (import "test:x/a" (instance $a (export "r" (type $r (sub resource)))))
    (alias export $a "r" (type $r))
    (core func (canon resource.new $r)))`);
  expect(() => planFor(bytes, "x.wasm")).toThrow(
    "resource.new is for the resources that a component defines itself",
  );
});
