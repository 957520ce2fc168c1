import { payload } from "@busbar/contract";
import { describe, expect, test } from "vitest";
import type { HD44780Options } from "../src/hd44780.ts";
import { byte, closed, instructions, LIGHT, nibble, opened, play, text } from "./play.ts";

describe("a display", () => {
  test("starts with the waits of the data sheet, shows, and is off and dark afterwards", () => {
    play([...opened(), ...text(0x40, "hello"), closed], (open, { waits }) => {
      const display = open();
      expect(display.info).toEqual({ vendor: "Hitachi", model: "HD44780" });
      expect(display.size).toEqual({ rows: 2, columns: 16 });
      expect(waits).toEqual([
        { ms: 41, afterTransactions: 1 },
        { ms: 4.2, afterTransactions: 2 },
        { ms: 0.11, afterTransactions: 3 },
        { ms: 0.11, afterTransactions: 4 },
        { ms: 2.2, afterTransactions: 5 },
      ]);
      display.write(1, 0, "hello");
      display.close();
      expect(waits).toHaveLength(5);
    });
  });

  test("clears, and waits for it", () => {
    play([...opened(), instructions(0x01)], (open, { waits }) => {
      open().clear();
      expect(waits.at(-1)).toEqual({ ms: 2.2, afterTransactions: 7 });
    });
  });

  test("sends no more than 30 bytes at a time", () => {
    const row = "0123456789abcdefghijklmnopqrstuvwxyzABCD";
    play([...opened(), ...text(0x00, row)], (open) => open({ size: "40x2" }).write(0, 0, row));
    for (const { write } of text(0x00, row) as { write: number[] }[])
      expect(write.length).toBeLessThanOrEqual(30);
  });

  const codes = (characters: string) => Array.from(characters, (each) => byte(each.charCodeAt(0), { rs: 1 }));

  test.each([
    [0, "left right!", [byte(0x80), ...codes("left rig"), byte(0xc0), ...codes("ht!")]],
    [5, "abc", [byte(0x85), ...codes("abc")]],
    [8, "abc", [byte(0xc0), ...codes("abc")]],
    [15, "z", [byte(0xc7), ...codes("z")]],
    [7, "ab", [byte(0x87), ...codes("a"), byte(0xc0), ...codes("b")]],
  ] as const)("one row of 16 is two halves of 8: column %i, %j", (column, characters, bytes) => {
    const writes = [];
    const left = [...bytes];
    while (left.length > 0) writes.push({ write: left.splice(0, 6).flat() });
    play([...opened(), ...writes], (open) => {
      const display = open({ size: "16x1" });
      expect(display.size).toEqual({ rows: 1, columns: 16 });
      display.write(0, column, characters);
    });
  });

  test.each(["8x1", "16x1-one-line", "20x1"] as const)("%s has one line, and says so", (size) => {
    const [light, first, second, third, , settings] = opened() as { write: number[] }[];
    const four = { write: [...nibble(2), ...byte(0x20), ...byte(0x08), ...byte(0x01)] };
    play([light!, first!, second!, third!, four, settings!, ...text(0x02, "abc")], (open) => {
      open({ size }).write(0, 2, "abc");
    });
  });

  test.each([
    ["8x2", [0x00, 0x40]],
    ["16x2", [0x00, 0x40]],
    ["20x2", [0x00, 0x40]],
    ["40x2", [0x00, 0x40]],
    ["16x4", [0x00, 0x40, 0x10, 0x50]],
    ["20x4", [0x00, 0x40, 0x14, 0x54]],
  ] as const)("rows of a %s display begin at %j", (size, addresses) => {
    const expected = addresses.flatMap((address) => text(address + 3, "x"));
    play([...opened(), ...expected], (open) => {
      const display = open({ size });
      for (let row = 0; row < display.size.rows; row += 1) display.write(row, 3, "x");
      expect(`${display.size.columns}x${display.size.rows}`).toBe(size);
    });
  });

  test.each([
    [0, 0, "12345678901234567"],
    [1, 15, "ab"],
    [2, 0, "a"],
    [0, 16, ""],
    [-1, 0, "a"],
    [0, 0, "€"],
    [0, 0, "a\nb"],
  ])("row %i, column %i, %j is refused, and nothing reaches the bus", (row, column, characters) => {
    play(opened(), (open) => {
      const display = open();
      expect(payload(() => display.write(row, column, characters)).tag).toBe("invalid-argument");
    });
  });

  test("draws custom characters, and shows them", () => {
    const bell = [0x04, 0x0e, 0x0e, 0x0e, 0x1f, 0x00, 0x04, 0x00];
    const drawn = [byte(0x78), ...bell.map((row) => byte(row, { rs: 1 }))];
    const writes = [{ write: drawn.slice(0, 6).flat() }, { write: drawn.slice(6).flat() }];
    play([...opened(), ...writes, ...text(0x00, [0x07, 0x00])], (open) => {
      const display = open();
      display.defineCharacter(7, bell);
      display.write(0, 0, "\u{e007}\u{e000}");
    });
  });

  test.each([
    [8, Array(8).fill(0)],
    [0, Array(7).fill(0)],
    [0, Array(8).fill(32)],
  ])("custom character %i as %j is refused, and nothing reaches the bus", (index, rows) => {
    play(opened(), (open) => {
      const display = open();
      expect(payload(() => display.defineCharacter(index, rows)).tag).toBe("invalid-argument");
    });
  });

  test("does not blink", () => {
    play(opened(), (open) => {
      const display = open();
      expect(() => display.setBlinkRate(0)).not.toThrow();
      expect(payload(() => display.setBlinkRate(1)).tag).toBe("unsupported");
    });
  });
});

describe("the backlight", () => {
  test("goes off and on, and stays so with what follows", () => {
    const dark = { write: [byte(0x80, { light: 0 }), byte(0x61, { rs: 1, light: 0 })].flat() };
    play([...opened(), { write: [0x00] }, dark, { write: [LIGHT] }, ...text(0, "b")], (open) => {
      const display = open();
      expect(display.capabilities.brightnessLevels).toBe(1);
      display.setBrightness(0);
      display.write(0, 0, "a");
      display.setBrightness(0.2);
      display.write(0, 0, "b");
    });
  });

  test("is off from the start where it is set so", () => {
    play(opened({ light: 0 }), (open) => open({ backlight: false }));
  });

  test("is lit by a low level where it is set so", () => {
    play([...opened({ light: 0 }), { write: [LIGHT] }], (open) => {
      open({ backlightActive: "low" }).setBrightness(0);
    });
  });

  test("cannot be changed where it is not connected", () => {
    play(opened({ light: 0 }), (open) => {
      const display = open({ pins: "rs rw e nc d4 d5 d6 d7" });
      expect(display.capabilities.brightnessLevels).toBe(0);
      expect(payload(() => display.setBrightness(1)).tag).toBe("unsupported");
    });
  });
});

describe("options", () => {
  test("another wiring of the expander", () => {
    // P0 to P3 are D4 to D7, P4 RS, P5 R/W, P6 E, P7 the backlight.
    const swap = ({ write }: { write: number[] }) => ({
      write: write.map((state) => {
        const [rs, e, light] = [state & 0x01, (state >> 2) & 0x01, (state >> 3) & 0x01];
        return (state >> 4) | (rs << 4) | (e << 6) | (light << 7);
      }),
    });
    const expected = [...opened(), ...text(0x45, "Hi")] as { write: number[] }[];
    play(expected.map(swap), (open) => open({ pins: "d4 d5 d6 d7 rs rw e bl" }).write(1, 5, "Hi"));
  });

  test.each([
    { size: "16x3" },
    { backlight: "on" },
    { backlightActive: true },
    { afterClose: "clear" },
    { pins: "" },
    { pins: "rs rw e bl d4 d5 d6" },
    { pins: "rs rw e bl d4 d5 d6 d6" },
    { pins: "rs rs e bl d4 d5 d6 d7" },
    { pins: "nc rw e bl d4 d5 d6 d7" },
    { pins: "rs rw en bl d4 d5 d6 d7" },
    { pins: "rs rw e bl d4 d5 d6 d7 nc" },
    { pins: 7 },
    { rows: 2 },
  ])("%o is refused, and nothing reaches the bus", (options) => {
    play([], (open) => {
      expect(payload(() => open(options as unknown as Partial<HD44780Options>)).tag).toBe("invalid-argument");
    });
  });

  test("to keep the text when it is closed", () => {
    play(opened(), (open) => open({ afterClose: "keep" }).close());
  });
});
