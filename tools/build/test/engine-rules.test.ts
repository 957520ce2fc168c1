import { describe, expect, test } from "vitest";
import type { Engine } from "../src/componentize.ts";
import { requireEngineRules } from "../src/engine-rules/index.ts";

const folder = "/driver";
const file = `${folder}/src/part.ts`;

/** The places that are refused, without the lines: "2:7 await". */
function refused(code: string, engine: Engine): string[] {
  try {
    requireEngineRules(file, code, engine, folder);
    return [];
  } catch (error) {
    const heads = (error as Error).message.matchAll(/^src\/part\.ts:(\d+:\d+): (.+?): /gm);
    return Array.from(heads, ([, place, what]) => `${place} ${what}`);
  }
}

describe("what an engine gets wrong is refused, with its place", () => {
  test.each<[string, string, string[], string[]]>([
    ["an async function", "export async function read() {}", ["1:8 async"], []],
    ["an async method", "class A { async read() {} }", ["1:11 async"], []],
    ["an await", "export const a = async () => { await f(); };", ["1:18 async", "1:32 await"], []],
    ["for await", "async function* g() { for await (const x of y) x; }", ["1:1 async", "1:23 for await"], []],
    ["a promise that nobody awaits", "void new Promise((done) => done(1));", ["1:10 Promise"], []],
    ["another one", "Promise.resolve().then(f);", ["1:1 Promise"], []],
    ["now", "const now = new Date();", ["1:13 new Date()"], ["1:13 new Date()"]],
    ["now, as text", "const now = Date();", ["1:13 Date()"], ["1:13 Date()"]],
    ["now, as a number", "\n  const now = Date.now();", ["2:15 Date.now"], ["2:15 Date.now"]],
    ["a clock", "performance.now();", ["1:1 performance.now"], ["1:1 performance.now"]],
    ["a timer", "setTimeout(f, 5);", ["1:1 setTimeout"], ["1:1 setTimeout"]],
    ["chance", "const x = Math.random();", ["1:11 Math.random"], ["1:11 Math.random"]],
    ["a console", "console.log(1);", ["1:1 console"], []],
    ["a decoder", "new TextDecoder().decode(b);", ["1:5 TextDecoder"], []],
    ["a clone", "structuredClone(a);", ["1:1 structuredClone"], []],
    ["Unicode properties", "const x = /^\\p{L}+$/u.test(a);", [], ["1:11 \\p{..}"]],
    ["a normal form", 'a.normalize("NFC");', [], ["1:1 .normalize()"]],
    ["the order of words", "a.localeCompare(b);", [], ["1:1 .localeCompare()"]],
  ])("%s", (_, code, quickjs, starlingmonkey) => {
    expect(refused(code, "quickjs")).toEqual(quickjs);
    expect(refused(code, "starlingmonkey")).toEqual(starlingmonkey);
  });

  test.each<[string, string, string[]]>([
    [
      "of the global object",
      "globalThis.setTimeout(f); self['setTimeout'](f);",
      ["1:1 setTimeout", "1:27 setTimeout"],
    ],
    ["in brackets", "globalThis['Date'].now(); Date[`now`]();", ["1:1 Date.now", "1:27 Date.now"]],
    ["taken out of an object", "const { now, UTC } = Date; now();", ["1:9 Date.now"]],
    ["taken out under another name", "const { now: clock } = performance;", ["1:9 performance.now"]],
    ["taken out of the global object", "const { setTimeout: wait } = globalThis;", ["1:9 setTimeout"]],
    ["taken out in a parameter", "function f({ random } = Math) {}", ["1:14 Math.random"]],
    ["assigned", "let now; ({ now } = Date);", ["1:13 Date.now"]],
    [
      "called something else",
      "const D = Date, G = globalThis; new D(); G.console;",
      ["1:33 new Date()", "1:42 console"],
    ],
    [
      "with a type",
      "(Date as any).now(); new (Date!)(); (<any>Math).random();",
      ["1:1 Date.now", "1:22 new Date()", "1:37 Math.random"],
    ],
    [
      "of the global object, new",
      "new globalThis.Date(); new globalThis.TextDecoder();",
      ["1:1 new Date()", "1:28 TextDecoder"],
    ],
    [
      "in a default",
      "function f(at = new Date()) {} class A { b = Date.now(); }",
      ["1:17 new Date()", "1:46 Date.now"],
    ],
    ["optionally", "Date?.now?.(); setTimeout?.(f);", ["1:1 Date.now", "1:16 setTimeout"]],
    ["beside a parameter of that name", "function f(Date) { Date.now(); } Date.now();", ["1:34 Date.now"]],
    ["beside a variable of that name", "{ const console = a; } console.log(1);", ["1:24 console"]],
    ["declared for the compiler", "declare const console: any; console.log(1);", ["1:29 console"]],
    ["a field", "class A { f = async () => 1; }", ["1:15 async"]],
    ["the default export", "export default async () => 1;", ["1:16 async"]],
    ["a module later", "import('./a.ts');", ["1:1 import()"]],
    ["an array of promises", "Array.fromAsync(a);", ["1:1 Array.fromAsync"]],
    ["using", "export {}; await using a = b;", ["1:12 await using"]],
    ["in an enum", "enum E { A = Math.random() }", ["1:14 Math.random"]],
    ["in a namespace", "namespace N { export async function f() {} }", ["1:22 async"]],
    ["in a decorator", "@(async () => {}) class A {}", ["1:3 async"]],
  ])("however it is written: %s", (_, code, places) => {
    expect(refused(code, "quickjs")).toEqual(places);
  });

  test.each<[string, string, string[]]>([
    ["a date of its own", "new Date(0).toISOString();", ["1:5 Date"]],
    ["a date of now", "const a = Date.now();", ["1:11 Date.now"]],
    ["a promise", "async function f() {}", ["1:1 async"]],
    ["a generator", "function* f() { yield 1; }", ["1:1 function*"]],
    ["a method that is one", "class A { *f() {} }", ["1:11 function*"]],
    ["a BigInt", "const a = 5n;", ["1:11 5n"]],
    ["a BigInt of something", "BigInt(a); new BigInt64Array(1);", ["1:1 BigInt", "1:16 BigInt64Array"]],
    ["a symbol of its own", 'Symbol("a"); Symbol.for("b");', ["1:1 Symbol()", "1:14 Symbol.for"]],
    ["weak references", "new WeakMap(); new WeakRef(a);", ["1:5 WeakMap", "1:20 WeakRef"]],
    ["a proxy", "new Proxy(a, b); Reflect.ownKeys(a);", ["1:5 Proxy", "1:18 Reflect"]],
    ["a language", "Intl.NumberFormat;", ["1:1 Intl"]],
    ["code from text", "eval('1'); new Function('a');", ["1:1 eval", "1:16 Function"]],
    ["JSON from text", "JSON.parse(a);", ["1:1 JSON.parse"]],
    ["an array with a class", "class A extends Array {}", ["1:17 extends Array"]],
    ["a getter of super", "class A extends B { get c() { return super.c; } }", ["1:38 super."]],
    ["lookbehind", "/(?<=a)b/; /(?<!a)b/;", ["1:1 (?<=..)", "1:12 (?<!..)"]],
    ["a named group", "/(?<year>a)/; RegExp('(?<b>c)');", ["1:1 (?<year>..)", "1:15 (?<b>..)"]],
  ])("MicroQuickJS: %s", (_, code, places) => {
    expect(refused(code, "micro")).toEqual(places);
  });

  test("a pattern made of a text", () => {
    expect(refused("new RegExp('\\\\p{L}', 'u'); RegExp('p{L}', 'u');", "starlingmonkey")).toEqual([
      "1:1 \\p{..}",
    ]);
    expect(refused("a['normalize']('NFC');", "starlingmonkey")).toEqual(["1:1 .normalize()"]);
  });

  test("a TypeScript module is read as one, however its name ends", () => {
    const build = () =>
      requireEngineRules("/driver/src/a.mts", "const a: number = Date.now();", "quickjs", folder);
    expect(build).toThrow("src/a.mts:1:19: Date.now:");
  });

  test("the message has the line, and says what to write instead", () => {
    expect(() =>
      requireEngineRules(file, "const a = 1;\nconst b = Date.now();\n", "quickjs", folder),
    ).toThrow(
      "src/part.ts:2:11: Date.now: QuickJS ends the driver for it; measure with nowMs of busbar:board/time, and leave " +
        "the time of day to the program that reads\n2 | const b = Date.now();\n              ^",
    );
  });
});

describe("what works is not", () => {
  test.each([
    ["a given time", "const then = new Date(0), text = new Date(1e12).toISOString();"],
    ["a type", "export function f(a: Promise<Date>): asserts a is Promise<Date> {}"],
    ["a name of one's own", "import { console } from './log.ts'; console.log(1);"],
    [
      "a parameter of that name",
      "function f(setTimeout: () => void, { performance }: B) { setTimeout(); performance.now(); }",
    ],
    [
      "a property of that name",
      "const a = { Promise: 1, console() {} }; a.Promise; a.setTimeout(); a.normalize();",
    ],
    ["a vector's method", "vector.normalize(); vector.normalize(2);"],
    ["one that is asked for first", "if (typeof console !== 'undefined') console.log(1);"],
    ["a word in a text or comment", "// await Date.now()\nconst a = 'await new Date()';"],
    ["a label", "setTimeout: for (;;) { if (a) continue setTimeout; break setTimeout; }"],
    [
      "an enum or a namespace",
      "enum console { a } namespace Promise { export const b = console.a; } Promise.b;",
    ],
    ["an import", "import { setTimeout as a } from './b.ts'; export { c as console } from './d.ts'; a();"],
    ["an export", "const a = 1; export { a as Promise };"],
    ["an old import", "import console = require('a'); console.b;"],
    [
      "types",
      "class A<T> implements Promise<T> { declare a: Promise<T>; } interface B extends Promise<A> { c: Date }",
    ],
    ["a question", "if (a instanceof Promise || b instanceof Date) throw c;"],
    ["a class by its own name", "const A = class Promise { b() { return Promise; } };"],
    [
      "a variable of a loop or a catch",
      "for (const console of a) console.b; try {} catch ({ Promise }) { Promise; }",
    ],
    ["a variable of a function", "function f() { if (a) { var setTimeout = b; } setTimeout(); }"],
    ["other parts of an object", "const { UTC, parse } = Date; const { now } = clock; UTC(1); Math.max(1);"],
    ["what is behind satisfies", "const a = { Promise: 1 } satisfies Record<string, number>; a.Promise;"],
    ["plain regular expressions", "const x = /\\p/.test(a), y = /[\\u{100}]/u;"],
  ])("%s", (_, code) => {
    expect(refused(code, "quickjs")).toEqual([]);
    expect(refused(code, "starlingmonkey")).toEqual([]);
  });

  test.each([
    ["well-known symbols", "class A { [Symbol.dispose]() {} } Symbol.iterator;"],
    ["a class that extends an error", "class A extends RangeError {}"],
    ["a class of one's own name", "class Array {} class A extends Array {}"],
    ["JSON as text", "JSON.stringify(a);"],
    ["a method of super", "class A extends B { c() { return super.c(1); } }"],
    ["other groups", "/(?:a)(?=b)(?!c)/; /\\(?<=/; /[(?<a>]/;"],
    ["collections", "new Map(); new Set(); new DisposableStack();"],
  ])("MicroQuickJS: %s", (_, code) => {
    expect(refused(code, "micro")).toEqual([]);
  });
});
