import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { printable, printableJson, printableText } from "../src/text.ts";

/** Spelled out, independently of Unicode's properties: what a terminal obeys, what turns text around, what hides it. */
const forbidden: readonly (readonly [first: number, last: number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xd800, 0xdfff],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff9, 0xfffb],
  [0xe0000, 0xe0fff],
];

function isForbidden(character: string): boolean {
  const code = character.codePointAt(0)!;
  return forbidden.some(([first, last]) => code >= first && code <= last);
}

const forbiddenCharacter = fc
  .constantFrom(...forbidden)
  .chain(([first, last]) => fc.integer({ min: first, max: last }).map((code) => String.fromCodePoint(code)));

/** Any code units, and often those that matter. */
const hostile = fc
  .array(
    fc.oneof(
      forbiddenCharacter,
      fc.string({ unit: "binary" }),
      fc.integer({ max: 0xffff, min: 0 }).map((code) => String.fromCharCode(code)),
    ),
  )
  .map((parts) => parts.join(""));

describe("text of others", () => {
  test("never holds what a terminal obeys or a reader does not see, and is bounded", () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 0, max: 40 }), (text, maximumLength) => {
        const shown = printable(text, maximumLength);
        expect([...shown].filter(isForbidden)).toEqual([]);
        expect(shown.length).toBeLessThanOrEqual(8 * maximumLength + 1);
      }),
      { numRuns: 2000 },
    );
  });

  test("each of them is escaped by its number", () => {
    for (const [first, last] of forbidden) {
      for (let code = first; code <= last; code += 1) {
        expect(printable(`a${String.fromCodePoint(code)}b`)).toBe(`a\\u{${code.toString(16)}}b`);
      }
    }
  });

  test("what can be read stays as it is", () => {
    for (const text of ["°C, m/s², 温度", "naïve — “quoted” ½", "😀 ok", "שלום", "\\u{1b}"]) {
      expect(printable(text)).toBe(text);
    }
  });

  test("is cut before it is escaped, and not within a character", () => {
    expect(printable("x".repeat(201))).toBe(`${"x".repeat(200)}…`);
    expect(printable("x".repeat(200))).toBe("x".repeat(200));
    expect(printable("\u001b".repeat(3), 2)).toBe("\\u{1b}\\u{1b}…");
    expect(printable("ab😀c", 3)).toBe("ab…");
    expect(printable("ab😀c", 4)).toBe("ab😀…");
    expect(printable("abc", 0)).toBe("…");
    expect(printable("", 0)).toBe("");
  });

  test("a program's text keeps newline and tab, and nothing else", () => {
    expect(printableText("a\n\tb\r\u001b[2J\u202ec")).toBe("a\n\tb\\u{d}\\u{1b}[2J\\u{202e}c");
    fc.assert(
      fc.property(hostile, (text) => {
        expect([...printableText(text, 1000).replace(/[\n\t]/g, "")].filter(isForbidden)).toEqual([]);
      }),
    );
  });

  test("JSON means the same, on one line", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: hostile }), (value) => {
        const line = printableJson(value);
        expect([...line].filter(isForbidden)).toEqual([]);
        expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 1000 },
    );
    expect(printableJson("\u009b\u007f\u2028\u{e0041}")).toBe('"\\u009b\\u007f\\u2028\\udb40\\udc41"');
    expect(printableJson(undefined)).toBe("null");
  });
});
