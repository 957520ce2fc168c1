/**
 * Everything of the component model, and of core modules, that this linker does not have, each refused by its name; and what
 * contradicts itself.
 */

import { parseWat } from "@busbar/jco";
import { describe, expect, test } from "vitest";
import { planFor } from "../../src/component/interface.ts";
import { compileModule, prepareModule } from "../../src/component/prepare.ts";
import { LinkError } from "../../src/component/reader.ts";
import { HostError } from "../../src/error.ts";
import { binary, type Section, text, typeIndex } from "./assemble.ts";
import { start } from "./harness.ts";

/** A clause: no control character, no mark that nobody sees, not long. */
const clause = /^x\.wasm cannot be linked: [^\p{Cc}\p{Cf}\p{Cs}]{1,200}\.$/u;

function refusal(bytes: Uint8Array<ArrayBuffer>): string {
  try {
    planFor(bytes, "x.wasm");
    return "accepted";
  } catch (thrown) {
    if (!(thrown instanceof HostError)) throw thrown;
    expect(thrown.message).toMatch(clause);
    return thrown.message;
  }
}

/** Binary.md, `deftype`: types that begin with these bytes. */
const types: [string, number[]][] = [
  ["an asynchronous function type", [0x43, 0, 0, 0x7d]],
  ["a map", [0x63, 0x7d, 0x7d]],
  ["an error-context", [0x64]],
  ["a future", [0x65, 0]],
  ["a stream", [0x66, 0]],
  ["a list of fixed length", [0x67, 0x7d, 4]],
  ["type 0x44", [0x44, 0]],
  ["a type without parts", [0x72, 0]],
  ["a type without parts", [0x6e, 0]],
  ["more than 32 flags", [0x6e, 33, ...Array.from({ length: 33 }, (_, index) => text(`f${index}`)).flat()]],
  [
    "a type with more than 1000 parts",
    [0x6d, 0xe9, 0x07, ...Array.from({ length: 1001 }, (_, index) => text(`f${index}`)).flat()],
  ],
  ["a core type", [0x42, 1, 0]],
  ["a declaration of kind 0x05", [0x42, 1, 5]],
];
const typesInside: [string, number[]][] = [
  ["a map", [0x63]],
  ["an error-context", [0x64]],
  ["a future", [0x65]],
  ["a stream", [0x66]],
];
/** Binary.md, `canon`: the built-ins of asynchronous functions and threads. */
const builtIns = [
  0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0e, 0x15, 0x1c, 0x1f, 0x24, 0x26, 0x40, 0x41, 0x42, 0x43,
];

const tables: Record<string, [message: string, ...sections: Section[]][]> = {
  types: types.map(([message, bytes]) => [message, [7, bytes]]),
  "types in types": typesInside.map(([message, bytes]) => [
    `${message} is not supported`,
    [7, [0x70, ...bytes]],
  ]),
  "built-ins": builtIns.map((kind) => [
    `the asynchronous canonical function 0x${kind.toString(16).padStart(2, "0")} is not supported`,
    [8, [kind, 0, 0]],
  ]),
  options: [0x06, 0x07, 0x08].map((kind) => [
    `the asynchronous canonical option 0x0${kind} is not supported`,
    [8, [1, 0, 0, 1, kind]],
  ]),
  sections: [
    ["a core type is not supported", [3, [0x50, 0]]],
    ["a start section is not supported", [9, [0, 0]]],
    ["a value is not supported", [12, [0x7d, 1, 1]]],
    ["section 13 is not supported", [13, []]],
  ],
  imports: [
    ["an import of a core module is not supported", [10, [0, ...text("m"), 0, 0x11, 0]]],
    ["an import of a value is not supported", [10, [0, ...text("v"), 2, 1, 0x7d]]],
    [
      'an import of the sort "component" in "c" is not supported',
      [7, [0x41, 0]],
      [10, [0, ...text("c"), 4, 0]],
    ],
    ["an import of kind 0x07 is not supported", [10, [0, ...text("v"), 7]]],
    ["form 3 of a name is not supported", [10, [3, ...text("v"), 1, 0]]],
  ],
  sorts: [
    ["a value is not supported", [11, [0, ...text("v"), 2, 0, 0]]],
    ["sort 0x09 is not supported", [6, [9, 0, 0, 0]]],
    ["core sort 0x07 is not supported", [6, [0, 7, 1, 0, 0]]],
    ["an unknown alias", [6, [3, 9]]],
    ["an unknown instance expression", [5, [7]]],
    ["an unknown core instance expression", [2, [7]]],
    ["an unknown bound of a type", [10, [0, ...text("t"), 3, 9]]],
  ],
  contradictions: [
    ["there is no type 7", [10, [0, ...text("f"), 1, 7]]],
    ["there is no core func 0", [7, [0x40, 0, 1, 0]], [8, [0, 0, 0, 0, 0]]],
    ["type 0 is no function type", [7, [0x7d]], [10, [0, ...text("f"), 1, 0]]],
    ["type 0 is no instance type", [7, [0x7d]], [10, [0, ...text("a:b/c"), 5, 0]]],
    ["type 0 is no resource type", [7, [0x7d], [0x69, 0]]],
    ["type 0 is no value type", [7, [0x40, 0, 1, 0], [0x70, 0]]],
    ["there is no type 1", [7, [0x7d], [0x70, 1]]],
    ["a type has two parts of one name", [7, [0x72, 2, ...text("a"), 0x7d, ...text("A"), 0x7d]]],
    ["a type has two parts of one name", [7, [0x6e, 2, ...text("a-1"), ...text("a1")]]],
    ["there are two exports", [7, [0x7d]], [11, [0, ...text("t"), 3, 0, 0], [0, ...text("t"), 3, 0, 0]]],
    ["a type declares a resource with its representation", [7, [0x42, 1, 1, 0x3f, 0x7f, 0]]],
    ["the representation of a resource begins with 0x7e", [7, [0x3f, 0x7e, 0]]],
    [
      "a function returns a handle that is only lent",
      [7, [0x3f, 0x7f, 0], [0x68, 0], [0x70, 1], [0x40, 0, 0, 2]],
    ],
    ["section 7 has bytes left over", [7, [0x7d, 0]]],
    ["the refinement of a case begins with 0x01", [7, [0x71, 1, ...text("a"), 0, 1]]],
    ["a list of named results begins with 0x01", [7, [0x40, 0, 1, 1, ...text("a"), 0x7d]]],
    ["an option begins with 0x02", [7, [0x71, 1, ...text("a"), 2]]],
    [
      "types are nested more than 64 deep",
      [
        7,
        ...Array.from({ length: 70 }, (_, index) =>
          index === 0 ? [0x70, 0x7d] : [0x70, ...typeIndex(index - 1)],
        ),
      ],
    ],
  ],
};

describe.each(Object.entries(tables))("%s", (_, rows) => {
  test.each(rows)("%s", (message, ...sections) => {
    expect(refusal(binary(...sections))).toContain(message);
  });
});

test("what the canonical ABI makes is called by a core module, and by nobody else", async () => {
  const lowered = `(import "test:x/h" (instance $h (export "g" (func))))
    (core func $g (canon lower (func $h "g")))`;
  const rows: [string, string][] = [
    ["a lifted function", `${lowered} (func (canon lift (core func $g)))`],
    ["a destructor", `${lowered} (type (resource (rep i32) (dtor (core func $g))))`],
    [
      "a realloc",
      `${lowered} (core module $m (memory (export "memory") 1) (func (export "f")))
      (core instance $i (instantiate $m))
      (func (canon lift (core func $i "f") (memory (core memory $i "memory")) (realloc (core func $g))))`,
    ],
    [
      "a post-return",
      `${lowered} (core module $m (func (export "f"))) (core instance $i (instantiate $m))
      (func (canon lift (core func $i "f") (post-return (core func $g))))`,
    ],
  ];
  for (const [what, component] of rows)
    expect(refusal(await parseWat(`(component ${component})`))).toContain(
      `${what} that is no core module's own is not supported`,
    );
});

test("too deep, and too many", async () => {
  const nest = (depth: number): string => (depth === 0 ? "" : `(component ${nest(depth - 1)})`);
  expect(refusal(await parseWat(nest(20)))).toContain("components are nested more than 16 deep");
  const types = (depth: number): string => (depth === 0 ? "" : `(type (instance ${types(depth - 1)}))`);
  expect(refusal(await parseWat(`(component ${types(20)})`))).toContain("types are nested more than 16 deep");
  const modules = Array.from({ length: 101 }, () => "(core module)").join("");
  expect(refusal(await parseWat(`(component ${modules})`))).toContain("more than 100 core modules");
  const instances = `(core module $m)${"(core instance (instantiate $m))".repeat(201)}`;
  expect(refusal(await parseWat(`(component ${instances})`))).toContain("more than 200 core instances");
});

describe("core modules", () => {
  const prepare = (module: Uint8Array<ArrayBuffer>) => compileModule(prepareModule(module), 16);

  test.each([
    ["a 64-bit memory", "(memory i64 1)", "a core module has a 64-bit memory, which this host refuses"],
    ["a shared memory", "(memory 1 1 shared)", "a core module has a shared memory, which this host refuses"],
    ["two memories", "(memory 1) (memory 1)", "memories"],
    ["a 64-bit table", "(table i64 1 funcref)", "a core module has a 64-bit table, which this host refuses"],
    [
      "objects that are collected",
      "(type (struct (field i32)))",
      "garbage-collected objects, which this host refuses",
    ],
    [
      "an import of a 64-bit memory",
      '(import "" "m" (memory i64 1))',
      "a core module has a 64-bit memory, which this host refuses",
    ],
    [
      "an import of a shared memory",
      '(import "" "m" (memory 1 1 shared))',
      "a core module has a shared memory, which this host refuses",
    ],
    [
      "a table that is filled at its start",
      "(table 1 funcref (ref.null func))",
      "a table with an initial expression, which this host refuses",
    ],
    ["nine tables", "(table 1 funcref)".repeat(9), "tables"],
    ["code that is not valid", "(func (result i32))", "a core module of it is not valid"],
  ])("%s", async (_, contents, message) => {
    const module = await parseWat(`(module ${contents})`);
    expect(() => prepare(module)).toThrow(LinkError);
    expect(() => prepare(module)).toThrow(message);
  });
});

describe("what is missing or does not fit is told without the names of core modules raw", () => {
  const nasty = "\\u{9b}31m\\u{202e}";
  test.each([
    [
      "an export of a bundle",
      `(core instance $b) (alias core export $b "${nasty}" (core func))`,
      'a core instance has no "\\u{9b}31m\\u{202e}"',
    ],
    [
      "an export of an instance",
      `(instance $b) (alias export $b "${nasty}" (func))`,
      'an instance has no func "\\u{9b}31m\\u{202e}"',
    ],
  ])("%s", async (_, component, message) => {
    expect(refusal(await parseWat(`(component ${component})`))).toContain(message);
  });

  test.each([
    [
      "a function that a module lacks",
      `(core module $m (func (export "f"))) (core instance $i (instantiate $m))
       (func (export "f") (canon lift (core func $i "${nasty}")))`,
      'a core instance exports no function "\\u{9b}31m\\u{202e}"',
    ],
    [
      "a memory that is a function",
      `(core module $m (func (export "${nasty}")) (func (export "f"))) (core instance $i (instantiate $m))
       (func (export "f") (canon lift (core func $i "f") (memory (core memory $i "${nasty}"))))`,
      'a core instance exports no memory "\\u{9b}31m\\u{202e}"',
    ],
    [
      "an import that nobody gives",
      `(core module $m (import "${nasty}" "${nasty}" (func))) (core instance (instantiate $m))`,
      "a core module of it is not given what it imports",
    ],
    [
      "an import of another type",
      `(core module $a (func (export "${nasty}"))) (core instance $a (instantiate $a))
       (core module $m (import "${nasty}" "${nasty}" (func (param i64)))) (core instance (instantiate $m (with "${nasty}" (instance $a))))`,
      "a core module of it is not given what it imports",
    ],
  ])("%s", async (_, component, message) => {
    const running = start(`(component ${component})`).then((exports) => exports.f());
    await expect(running).rejects.toThrow(message);
    await expect(running).rejects.toSatisfy((thrown: Error) => /^[^\p{Cc}\p{Cf}]*$/u.test(thrown.message));
  });
});

describe("the types that a component declares for this host's functions", () => {
  const importing = (declared: string, path = "busbar:board/time@0.1.0") =>
    parseWat(`(component (import "${path}" (instance ${declared})))`);

  test.each([
    [
      "another result",
      '(export "now-ms" (func (result u64)))',
      "it imports the function now-ms of busbar:board/time@0.1.0 with another type than this host's",
    ],
    [
      "another parameter",
      '(export "wait-ms" (func (param "ms" u64)))',
      "it imports the function wait-ms of busbar:board/time@0.1.0 with another type",
    ],
    [
      "a parameter of another name",
      '(export "wait-ms" (func (param "milliseconds" u32)))',
      "it imports the function wait-ms of busbar:board/time@0.1.0 with another type",
    ],
    [
      "a function that there is not",
      '(export "to-string" (func))',
      "it imports the function to-string of busbar:board/time@0.1.0, which this host does not have",
    ],
  ])("%s is refused with the function's name", async (_, declared, message) => {
    expect(refusal(await importing(declared))).toContain(message);
  });

  test("the same types are accepted, in whatever version; and interfaces that this host does not know", async () => {
    const right = '(export "wait-ms" (func (param "ms" u32)))';
    expect(refusal(await importing(right))).toBe("accepted");
    expect(refusal(await importing(right, "busbar:board/time@0.1.7"))).toBe("accepted");
    expect(refusal(await importing('(export "now-ms" (func (result u64)))', "other:thing/time"))).toBe(
      "accepted",
    );
  });
});
