import { expect, test } from "vitest";
import { parseArguments } from "../src/arguments.ts";

test.each([
  [["ls"], { command: "ls", path: "/", disk: "stick" }],
  [["cat", "a b.txt"], { command: "cat", path: "a b.txt", disk: "stick" }],
  [
    ["--disk", "card", "--partition", "2", "copy", "--x"],
    { command: "copy", path: "--x", disk: "card", partition: 2 },
  ],
])("%j", (words, request) => expect(parseArguments(words)).toEqual(request));

test.each([
  [],
  ["rm", "/"],
  ["cat"],
  ["copy"],
  ["ls", "a", "b"],
  ["--disk"],
  ["--partition", "x", "ls"],
  ["--all", "ls"],
])("%j %j is refused with what there is", (...words) => {
  expect(() => parseArguments(words)).toThrow(
    expect.objectContaining({ payload: expect.objectContaining({ tag: "invalid-argument" }) }),
  );
});
