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
    ["plain regular expressions", "const x = /\\p/.test(a), y = /[\\u{100}]/u;"],
  ])("%s", (_, code) => {
    expect(refused(code, "quickjs")).toEqual([]);
    expect(refused(code, "starlingmonkey")).toEqual([]);
  });
});
