import { expect, test } from "vitest";
import { isPrintable, printable } from "../src/index.ts";

test("what does not show as itself is what Unicode says, of all characters", () => {
  const wrong: number[] = [];
  for (let code = 0; code < 0x11_0000; code += 1) {
    const expected = !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(String.fromCodePoint(code));
    if (isPrintable(code) !== expected) wrong.push(code);
  }
  expect(wrong).toEqual([]);
});

test("what does not becomes its code", () => {
  expect(printable("a\u001b[2J\u202eb😀\ud800\u{e0041}")).toBe("a\\u{1b}[2J\\u{202e}b😀\\u{d800}\\u{e0041}");
});
