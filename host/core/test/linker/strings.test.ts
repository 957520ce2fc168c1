/** Strings in the three encodings of the canonical ABI. */

import { describe, expect, test } from "vitest";
import { echo, inRoom, room, start } from "./harness.ts";

const encodings = ["utf8", "utf16", "latin1+utf16"];

describe.each(encodings)("%s", (encoding) => {
  async function through(text: string): Promise<{ seen: string; returned: string }> {
    let seen = "";
    const host = (value: { constructor: string }) => {
      seen = value.constructor;
      return value;
    };
    const { f } = await start(await echo("string", encoding), { "test:x/h": { f: host } });
    const { constructor: returned } = await f({ constructor: text });
    return { seen, returned: String(returned) };
  }

  test.each([
    ["nothing", ""],
    ["ASCII", "plain"],
    ["24 characters, the most that a loop copies", "x".repeat(24)],
    ["25 characters", "x".repeat(25)],
    ["Latin 1", "Gr\u00fc\u00dfe \u00ff\u0080\u009f"],
    ["Latin 1, long", "\u00e9".repeat(5000)],
    ["one character beyond Latin 1", `${"a".repeat(30)}\u0100`],
    ["pairs of surrogates", "🙂".repeat(20)],
    ["zeros, and a mark of order in front", "\ufeffa\u0000b\u0000"],
  ])("%s", async (_, text) => {
    expect(await through(text)).toEqual({ seen: text, returned: text });
  });

  test("a lone surrogate goes in as U+FFFD", async () => {
    const expected = "a\ufffdb\ufffd";
    expect(await through("a\ud800b\udfff")).toEqual({ seen: expected, returned: expected });
  });
});

describe("what a component gives for a string", () => {
  /** Where the text lies: at 16, with this length. */
  const returning = (encoding: string, data: string, length: number, at = 16) =>
    start(`(component ${room(1)}
      (core module $code
        (import "" "memory" (memory 1))
        (data (i32.const 16) "${data}")
        (func (export "f") (result i32)
          (i32.store (i32.const 8) (i32.const ${at}))
          (i32.store (i32.const 12) (i32.const ${length}))
          (i32.const 8)))
      (core instance $running (instantiate $code (with "" (instance $room))))
      (func (export "f") (result string)
        (canon lift (core func $running "f") ${inRoom} string-encoding=${encoding})))`);
  const tagged = 2 ** 31;

  test.each([
    ["utf8", "\\c3\\bc", 2, "\u00fc"],
    ["utf16", "\\3d\\d8\\42\\de", 2, "🙂"],
    ["latin1+utf16", "\\fc\\80", 2, "\u00fc\u0080"],
    ["latin1+utf16", "\\3d\\d8\\42\\de", tagged + 2, "🙂"],
    ["latin1+utf16", "", tagged, ""],
  ])("%s: %s", async (encoding, data, length, text) => {
    expect(await (await returning(encoding, data, length)).f()).toBe(text);
  });

  test.each([
    ["utf8", "half a character", "\\c3", 1, "a string is not UTF-8"],
    ["utf8", "half a character behind much text", `${"x".repeat(40)}\\e2\\82`, 42, "a string is not UTF-8"],
    ["utf8", "an overlong zero", "\\c0\\80", 2, "a string is not UTF-8"],
    ["utf8", "a surrogate", "\\ed\\a0\\80", 3, "a string is not UTF-8"],
    ["utf16", "the first half of a pair", "\\3d\\d8", 1, "a string is not UTF-16"],
    ["utf16", "the second half of a pair", "\\42\\de", 1, "a string is not UTF-16"],
    ["latin1+utf16", "half a pair", "\\3d\\d8", tagged + 1, "a string is not UTF-16"],
    ["utf16", "2^31 units", "", tagged, "a pointer leads out of the memory"],
    ["latin1+utf16", "2^31 - 1 units", "", tagged + (2 ** 31 - 1), "a pointer leads out of the memory"],
  ])("%s: %s is a trap", async (encoding, _, data, length, message) => {
    await expect((await returning(encoding, data, length)).f()).rejects.toThrow(message);
  });

  test.each(["utf16", "latin1+utf16"])("%s at an odd address is a trap", async (encoding) => {
    await expect((await returning(encoding, "aaaa", 1, 17)).f()).rejects.toThrow("a pointer is not aligned");
  });
});
