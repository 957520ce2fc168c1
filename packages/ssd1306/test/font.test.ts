import { payload } from "@busbar/contract";
import { expect, test } from "vitest";
import { CHARACTERS, glyphsOf } from "../src/font.ts";

test("all of ASCII is there and what a measurement is written with, and no two look alike", () => {
  const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(0x20 + index));
  expect([...CHARACTERS].sort()).toEqual([...ascii, ..."°µ±²³Ω"].sort());
  const looks = new Set([...CHARACTERS].map((character) => glyphsOf(character, 6).toString()));
  expect(looks.size).toBe(CHARACTERS.size);
});

test("what is beside the five dots of a character is dark, and only tails are in its lowest row", () => {
  for (const character of CHARACTERS) {
    const [narrow, wide] = [glyphsOf(character, 6), glyphsOf(character, 8)];
    expect(narrow[5]).toBe(0);
    expect([wide[0], wide[6], wide[7]]).toEqual([0, 0, 0]);
    expect(wide.subarray(1, 6)).toEqual(narrow.subarray(0, 5));
    if (narrow.some((column) => column >= 0x80)) expect(",;_gjpqyµ").toContain(character);
  }
});

test.each(["€", "\n", "\ud83d\ude00", "\ud83d"])("%j cannot be shown", (text) => {
  expect(payload(() => glyphsOf(`ok ${text}`, 6)).tag).toBe("invalid-argument");
});
