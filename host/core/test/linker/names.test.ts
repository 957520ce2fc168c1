/** Names of a component: what they become in JavaScript, and what they are in messages. */

import { describe, expect, test } from "vitest";
import { quote, requireExternName, requireLabel } from "../../src/component/names.ts";
import { start } from "./harness.ts";

/** Names that mean something to objects, classes and promises. */
const meaningful = [
  ["constructor", "constructor"],
  ["to-string", "toString"],
  ["value-of", "valueOf"],
  ["then", "then"],
  ["catch", "catch"],
  ["has-own-property", "hasOwnProperty"],
  ["is-prototype-of", "isPrototypeOf"],
  ["prototype", "prototype"],
  ["name", "name"],
  ["length", "length"],
  ["call", "call"],
  ["apply", "apply"],
] as const;

describe.each(meaningful)("a function %s", (name, property) => {
  const component = `(component
    (import "test:x/h" (instance $h (export "${name}" (func (param "${name}" u32) (result u32)))))
    (core func $f (canon lower (func $h "${name}")))
    (core module $code
      (import "" "f" (func $f (param i32) (result i32)))
      (func (export "g") (param i32) (result i32) (i32.add (call $f (local.get 0)) (i32.const 1))))
    (core instance $running (instantiate $code (with "" (instance (export "f" (func $f))))))
    (func $g (param "${name}" u32) (result u32) (canon lift (core func $running "g")))
    (instance $api (export "${name}" (func $g)))
    (export "test:y/api" (instance $api))
    (export "g" (func $g))
    (export "${name}" (func $g)))`;

  test("is the host's and the component's, and nobody else's", async () => {
    const exports = await start(component, { "test:x/h": { [property]: (value: number) => value * 2 } });
    expect(await exports.g(10)).toBe(21);
    if (name === "then") {
      // Whoever awaits the object would call it.
      expect(exports).not.toHaveProperty("then");
      expect(exports["test:y/api"]).not.toHaveProperty("then");
    } else {
      expect(await exports[property as "f"](10)).toBe(21);
      expect(await exports["test:y/api"][property as "f"](4)).toBe(9);
    }
  });

  test("is missing where the host has none of its own", async () => {
    for (const holder of [{}, class {}, () => undefined]) {
      const exports = await start(component, { "test:x/h": holder });
      await expect(exports.g(1)).rejects.toThrow(`this host has no function ${name} of test:x/h`);
      await expect(exports.g(1)).rejects.toThrow("cannot enter component instance");
    }
  });
});

test.each(meaningful)(
  "a host's resource %s, with a method and a static function of that name",
  async (name, property) => {
    const component = `(component
    (import "test:x/h" (instance $h
      (export "${name}" (type $r (sub resource)))
      (export "make" (func (result (own $r))))
      (export "[method]${name}.${name}" (func (param "self" (borrow $r)) (result u32)))
      (export "[static]${name}.${name}" (func (result u32)))))
    (alias export $h "${name}" (type $r))
    (core func $make (canon lower (func $h "make")))
    (core func $method (canon lower (func $h "[method]${name}.${name}")))
    (core func $static (canon lower (func $h "[static]${name}.${name}")))
    (core func $drop (canon resource.drop $r))
    (core module $code
      (import "" "make" (func $make (result i32)))
      (import "" "method" (func $method (param i32) (result i32)))
      (import "" "static" (func $static (result i32)))
      (import "" "drop" (func $drop (param i32)))
      (func (export "method") (result i32) (local $handle i32)
        (local.set $handle (call $make))
        (call $method (local.get $handle))
        (call $drop (local.get $handle)))
      (func (export "static") (result i32) (call $static)))
    (core instance $running (instantiate $code (with "" (instance
      (export "make" (func $make)) (export "method" (func $method))
      (export "static" (func $static)) (export "drop" (func $drop))))))
    (func (export "method") (result u32) (canon lift (core func $running "method")))
    (func (export "static") (result u32) (canon lift (core func $running "static"))))`;
    class Resource {}
    // A class has a prototype already, which is no function.
    if (property !== "prototype") Object.defineProperty(Resource, property, { value: () => 7 });
    if (property !== "constructor") Object.defineProperty(Resource.prototype, property, { value: () => 8 });
    const key = property.replace(/^./, (letter) => letter.toUpperCase());
    const host = { [key]: Resource, make: () => new Resource() };
    const exports = await start(component, { "test:x/h": host });
    // Every class has a constructor already, so that a method cannot have its name.
    if (property === "constructor")
      await expect(exports.method()).rejects.toThrow("this host has no function");
    else expect(await exports.method()).toBe(8);
    if (property === "prototype") return;
    expect(await (await start(component, { "test:x/h": host })).static()).toBe(7);
  },
);

test("a method `then` is not there, so that a resource can be awaited; all others are the component's", async () => {
  const methods = meaningful.map(([name]) => name);
  const imports = methods.map(
    (name) => `(import "m-${name}" (func $${name} (param "self" (borrow $r)) (result u32)))`,
  );
  const exported = methods.map(
    (name) => `(export "[method]r.${name}" (func $${name}) (func (param "self" (borrow $o)) (result u32)))`,
  );
  const exports = await start(`(component
    (type $r (resource (rep i32)))
    (core func $new (canon resource.new $r))
    (core module $code
      (import "" "new" (func $new (param i32) (result i32)))
      (func (export "make") (result i32) (call $new (i32.const 5)))
      (func (export "m") (param i32) (result i32) (local.get 0)))
    (core instance $running (instantiate $code (with "" (instance (export "new" (func $new))))))
    (func $make (result (own $r)) (canon lift (core func $running "make")))
    (func $m (param "self" (borrow $r)) (result u32) (canon lift (core func $running "m")))
    (component $shape
      (import "r" (type $r (sub resource)))
      (import "make" (func $make (result (own $r))))
      ${imports.join("\n")}
      (export $o "r" (type $r))
      (export "make" (func $make) (func (result (own $o))))
      ${exported.join("\n")})
    (instance $api (instantiate $shape (with "r" (type $r)) (with "make" (func $make))
      ${methods.map((name) => `(with "m-${name}" (func $m))`).join("\n")}))
    (export "test:y/api" (instance $api)))`);
  const resource = await exports["test:y/api"].make();
  for (const [name, property] of meaningful) {
    if (name === "then") expect("then" in resource).toBe(false);
    else expect(await resource[property as "f"]()).toBe(5);
  }
});

test("a field that is left out is not found in Object", async () => {
  const seen: unknown[] = [];
  const exports = await start(
    `(component
      (import "test:x/h" (instance $h
        (type $a (record (field "constructor" (option u8)) (field "to-string" (option u8))))
        (export "r" (type $r (eq $a)))
        (export "g" (func (param "x" $r)))))
      (core func $g (canon lower (func $h "g")))
      (core module $code
        (import "" "g" (func $g (param i32 i32 i32 i32)))
        (func (export "f") (param i32 i32 i32 i32)
          (call $g (local.get 0) (local.get 1) (local.get 2) (local.get 3))))
      (core instance $running (instantiate $code (with "" (instance (export "g" (func $g))))))
      (alias export $h "r" (type $r))
      (func (export "f") (param "x" $r) (canon lift (core func $running "f"))))`,
    { "test:x/h": { g: (value: unknown) => void seen.push(value) } },
  );
  await exports.f({});
  await exports.f({ constructor: 3 });
  const none = { constructor: undefined, toString: undefined };
  expect(seen).toEqual([none, { ...none, constructor: 3 }]);
});

describe("names that are refused", () => {
  const wrong = [
    "",
    "__proto__",
    "a_b",
    "-a",
    "a-",
    "a--b",
    "1a",
    "aB",
    "Ab",
    "a b",
    "a.b",
    "ä",
    "a\u0000",
    "a\n",
    "a\u009b31m",
    "\u202ea",
    "a".repeat(257),
  ];
  test.each(wrong)("%j is no label, and the message has none of it raw", (name) => {
    expect(() => requireLabel(name)).toThrow(isShown("is no label"));
    expect(() => requireExternName(name)).toThrow(isShown("is no name of an import or export"));
  });

  test.each([
    "url=<https://x>",
    "locked-dep=<a:b>",
    "[async]f",
    "[method]r",
    "[method]a.b.c",
    "a:b",
    "a/b",
    "a:b/c@",
    "a:b/c@1.0.0 ",
  ])("%j is no name of an import or export", (name) => {
    expect(() => requireExternName(name)).toThrow("is no name of an import or export");
  });

  test.each(["a", "a1", "a-1", "a-1b", "HTTP-2", "a-b-c", "x9-9x-99"])("%j is a label", (name) => {
    expect(requireLabel(name)).toBe(name);
  });

  // Where a name could be taken apart in two ways, this took longer than the universe will last.
  test("a long name that is nearly right costs no time", () => {
    const nearly = `a${"-1".repeat(120)}!`;
    expect(() => requireLabel(nearly)).toThrow("is no label");
    expect(() => requireExternName(`a:${nearly.slice(0, -1)}/${nearly}`.slice(-250))).toThrow("is no name");
  });
});

test("a name in a message is one line, and not long", () => {
  expect(quote("plain")).toBe('"plain"');
  expect(quote("a\u001b[0m\u009b\u202e\ud800")).toBe('"a\\u{1b}[0m\\u{9b}\\u{202e}\\u{d800}"');
  expect(quote("x".repeat(1000)).length).toBeLessThan(110);
});

/** A quoted name and `what`, without anything that a terminal obeys or a reader does not see. */
function isShown(what: string): RegExp {
  return new RegExp(`^"[^\\p{Cc}\\p{Cf}\\p{Cs}]*" ${what}$`, "u");
}
