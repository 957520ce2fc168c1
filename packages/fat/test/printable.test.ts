/** What is safe to show, on engines that do not know the properties of characters by name. */

import { expect, test } from "vitest";
import { printable, UNPRINTABLE } from "../src/printable.ts";

test("the ranges are those of Unicode", () => {
  const ranges = new RegExp(`^[${UNPRINTABLE}]$`, "u");
  const properties = /^[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]$/u;
  for (let code = 0; code <= 0x10ffff; code++) {
    const character = String.fromCodePoint(code);
    if (ranges.test(character) !== properties.test(character)) expect.fail(`U+${code.toString(16)}`);
  }
});

test("what is not printable becomes its code, once for each character", () => {
  expect(printable("a\u{1b}[2J\u{202e}gpj\u{e0041}.txt\u{2028}\u{d800}é😀")).toBe(
    "a\\u{1b}[2J\\u{202e}gpj\\u{e0041}.txt\\u{2028}\\u{d800}é😀",
  );
});
