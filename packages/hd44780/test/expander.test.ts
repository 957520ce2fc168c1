/** What the pins do, decoded as the controller sees it: at each falling edge of E. */

import { payload } from "@busbar/contract";
import { FIRST_CUSTOM_CHARACTER } from "@busbar/guest";
import { Playback } from "@busbar/guest/playback";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { characterCodes } from "../src/characters.ts";
import { encode, encodeNibble, parsePins } from "../src/expander.ts";
import { HD44780 } from "../src/hd44780.ts";
import { ADDRESS, LIGHT, opened } from "./play.ts";
import vectors from "./vectors/hd44780_pcf8574.json" with { type: "json" };

const usual = parsePins("rs rw e bl d4 d5 d6 d7");

/** The nibbles and RS that the controller takes. */
function latched(states: readonly number[]): [number, number][] {
  const nibbles: [number, number][] = [];
  for (const [index, state] of states.entries()) {
    if (index > 0 && (states[index - 1]! & 0x04) !== 0 && (state & 0x04) === 0)
      nibbles.push([state >> 4, state & 1]);
  }
  return nibbles;
}

function bytes(hexText: string): number[] {
  return Array.from(hexText.matchAll(/../g), ([byte]) => Number.parseInt(byte, 16));
}

describe("vectors", () => {
  const single = vectors.cases.filter(({ backlight }) => backlight !== undefined);
  test.each(single)("$name", ({ input, writes_hex }) => {
    const [, value, rs] = /byte (0x\w\w) RS=(\d)/.exec(input!)!;
    const states = encode([{ rs: rs === "1" ? 1 : 0, value: Number(value) }], usual, LIGHT);
    expect(latched(states)).toEqual(latched(bytes(writes_hex)));
    expect(states.every((state) => (state & LIGHT) !== 0 && (state & 0x02) === 0)).toBe(true);
  });

  test("the start-up begins with the same nibbles: 3, 3, 3, 2, and the function set 0x28", () => {
    const { latched_nibbles } = vectors.cases.find(({ name }) => name === "init_rust")!;
    const states: number[] = [];
    const playback = new Playback(ADDRESS, opened());
    const { target } = playback;
    const recording = Object.assign(Object.create(target) as typeof target, {
      write(written: Uint8Array) {
        states.push(...written);
        target.write(written);
      },
    });
    new HD44780(recording, playback.delay);
    playback.done();
    expect(latched(states).slice(0, 6)).toEqual(latched_nibbles!.slice(0, 6));
    // The rest is the same set of instructions, in the order of figure 24: off, clear, entry mode, on.
    const rest = latched(states).slice(6);
    expect(rest.map(([nibble]) => nibble)).toEqual([0, 8, 0, 1, 0, 6, 0, 0xc]);
  });

  test.each(["backlight_rust"])("%s: the light alone is one byte with E low", (name) => {
    const [on, off] = bytes(vectors.cases.find((each) => each.name === name)!.writes_hex);
    expect([usual.backlight, 0]).toEqual([on, off]);
  });

  test("rows", () => {
    expect(vectors.row_addresses).toEqual([{ display: "16x2", row_addresses: [0x00, 0x40] }]);
  });
});

describe("any bytes on any wiring", () => {
  const signals = ["rs", "rw", "e", "bl", "d4", "d5", "d6", "d7"];
  const wiring = fc.shuffledSubarray(signals, { minLength: 8 });
  const instruction = fc.record({ rs: fc.constantFrom(0 as const, 1 as const), value: fc.nat(255) });

  test("arrive as they are; RS is there before E rises, and R/W is always low", () => {
    fc.assert(
      fc.property(wiring, fc.array(instruction, { maxLength: 8 }), fc.boolean(), (names, sent, lit) => {
        const bit = (name: string) => 1 << names.indexOf(name);
        const states = encode(sent, parsePins(names.join(" ")), lit ? bit("bl") : 0);
        const received: number[] = [];
        let before = 0;
        for (const state of states) {
          expect(state & bit("rw")).toBe(0);
          expect((state & bit("bl")) !== 0).toBe(lit);
          const rises = (state & ~before & bit("e")) !== 0;
          if (rises) expect(state & bit("rs")).toBe(before & bit("rs"));
          if ((before & ~state & bit("e")) !== 0) {
            const nibble = ["d4", "d5", "d6", "d7"].reduce(
              (value, name, index) => value | ((state & bit(name)) !== 0 ? 1 << index : 0),
              (state & bit("rs")) !== 0 ? 0x10 : 0,
            );
            received.push(nibble);
          }
          before = state;
        }
        const expected = sent.flatMap(({ rs, value }) => [
          (rs << 4) | (value >> 4),
          (rs << 4) | (value & 0x0f),
        ]);
        expect(received).toEqual(expected);
      }),
      { seed: 44780, numRuns: 200 },
    );
  });

  test("a nibble alone", () => {
    expect(encodeNibble(0x3, usual, LIGHT)).toEqual([0x38, 0x3c, 0x38]);
  });
});

describe("characters", () => {
  test("ASCII is itself", () => {
    const ascii = Array.from({ length: 0x7e - 0x20 }, (_, index) => 0x20 + index).filter(
      (code) => code !== 0x5c,
    );
    expect(characterCodes(String.fromCharCode(...ascii))).toEqual(ascii);
  });

  test("what else the ROM has", () => {
    expect(characterCodes("21°C")).toEqual([0x32, 0x31, 0xdf, 0x43]);
    expect(characterCodes("¥→←µμΩäöüñ÷█")).toEqual([
      0x5c, 0x7e, 0x7f, 0xe4, 0xe4, 0xf4, 0xe1, 0xef, 0xf5, 0xee, 0xfd, 0xff,
    ]);
    expect(characterCodes("｡ｱﾝﾞﾟ")).toEqual([0xa1, 0xb1, 0xdd, 0xde, 0xdf]);
  });

  test("custom characters", () => {
    const all = Array.from({ length: 8 }, (_, index) => String.fromCharCode(FIRST_CUSTOM_CHARACTER + index));
    expect(characterCodes(all.join(""))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test.each([..."\\~€ß\n\0\x7f日あ", "\u{e008}", "\ud800", "🙂"])("%j is not in the ROM", (character) => {
    expect(payload(() => characterCodes(`a${character}`))).toMatchObject({
      tag: "invalid-argument",
      val: expect.stringContaining("The HD44780 cannot show "),
    });
  });

  test("ROM A02 has ASCII, Latin-1, Greek and Cyrillic", () => {
    const ascii = Array.from({ length: 0x7f - 0x20 }, (_, index) => 0x20 + index);
    expect(characterCodes(String.fromCharCode(...ascii), "A02")).toEqual(ascii);
    expect(characterCodes("°±²³µ·¿ÀÖ×Þßàöøÿ", "A02")).toEqual([
      0xb0, 0xb1, 0xb2, 0xb3, 0xb5, 0xb7, 0xbf, 0xc0, 0xd6, 0xd7, 0xde, 0xdf, 0xe0, 0xf6, 0xf8, 0xff,
    ]);
    expect(characterCodes("▶▼⌂БЭα∩‖ƒЮЯ´₧μωΦ\u2126", "A02")).toEqual([
      0x10, 0x1f, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xa8, 0xac, 0xad, 0xaf, 0xb4, 0xb5, 0xb8, 0xd8, 0x9a,
    ]);
    expect(characterCodes(String.fromCharCode(FIRST_CUSTOM_CHARACTER + 7), "A02")).toEqual([7]);
  });

  test.each([..."€ｱ日\u{a0}\u{a8}\u{ac}\u{b8}\n\x7f"])("%j is not in ROM A02", (character) => {
    expect(payload(() => characterCodes(character, "A02")).tag).toBe("invalid-argument");
  });
});
