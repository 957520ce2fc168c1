import { describe, expect, test } from "vitest";
import { safeName, uniqueName } from "../src/safe-name.ts";

describe("names for files here", () => {
  test.each([
    ["photo.jpg", "photo.jpg"],
    ["Grüße, 日本語 😀.txt", "Grüße, 日本語 😀.txt"],
    ["..", "_"],
    [".", "_"],
    ["", "_"],
    ["...", "_"],
    ["../../etc/passwd", ".._.._etc_passwd"],
    ["a/b\\c:d", "a_b_c_d"],
    ["a\0b\u001b[2Jc\n", "a_b_[2Jc_"],
    ["evil\u202egpj.exe", "evil_gpj.exe"],
    ["\ud800x", "_x"],
    ['a*?"<>|', "a______"],
    ["name. . ", "name"],
    [".hidden", ".hidden"],
    ["con", "_con"],
    ["NUL.txt", "_NUL.txt"],
    ["Com1", "_Com1"],
    ["console", "console"],
  ])("%j is %j", (name, expected) => expect(safeName(name)).toBe(expected));

  test("are short enough in UTF-8, and keep their extension", () => {
    for (const name of [
      "日".repeat(255),
      `${"日".repeat(251)}.jpg`,
      `${"a".repeat(100)}.${"b".repeat(155)}`,
    ]) {
      expect(Buffer.byteLength(safeName(name))).toBeLessThanOrEqual(240);
    }
    expect(safeName(`${"日".repeat(251)}.jpg`)).toMatch(/日\.jpg$/);
    expect(safeName("a".repeat(240))).toBe("a".repeat(240));
  });

  test("do not meet", () => {
    const taken = new Set<string>();
    expect(["a?.txt", "a*.txt", "A_.TXT", "..", ".", "x"].map((name) => uniqueName(name, taken))).toEqual([
      "a_.txt",
      "a_~2.txt",
      "A_~3.TXT",
      "_",
      "_~2",
      "x",
    ]);
  });
});
