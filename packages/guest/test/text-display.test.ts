import { describe, expect, test } from "vitest";
import {
  type Board,
  brightnessLevel,
  cannotShow,
  checkBlinkRate,
  checkCustomCharacter,
  checkFits,
  DriverError,
  flag,
  type I2cBoard,
  type I2cTarget,
  i2cOn,
  type TextDisplayCapabilities,
  type TextDisplayDriver,
  textDisplayOn,
} from "../src/index.ts";

const size = { rows: 2, columns: 16 };
const capabilities: TextDisplayCapabilities = {
  brightnessLevels: 16,
  blinkRates: [2, 1, 0.5],
  customCharacters: { count: 8, rows: 8, columns: 5 },
};
const plain: TextDisplayCapabilities = { brightnessLevels: 0, blinkRates: [] };

function payload(body: () => unknown): unknown {
  try {
    body();
  } catch (error) {
    return error instanceof DriverError ? error.payload : error;
  }
  throw new Error("nothing was thrown");
}

const invalid = (val: string) => ({ tag: "invalid-argument", val });

describe("arguments", () => {
  test("a text fits up to the last column", () => {
    expect(() => checkFits(size, 1, 0, 16)).not.toThrow();
    expect(() => checkFits(size, 0, 15, 1)).not.toThrow();
    expect(() => checkFits(size, 0, 15, 0)).not.toThrow();
  });

  test.each([
    [2, 0, 1, "There is no row 2; this display has rows 0 to 1."],
    [-1, 0, 1, "There is no row -1; this display has rows 0 to 1."],
    [0.5, 0, 1, "There is no row 0.5; this display has rows 0 to 1."],
    [0, 16, 0, "There is no column 16; this display has columns 0 to 15."],
    [0, Number.NaN, 0, "There is no column NaN; this display has columns 0 to 15."],
    [0, 12, 5, "The text is 5 characters wide, but only 4 fit from column 12 on; shorten it."],
  ])("row %d, column %d, width %i do not", (row, column, width, message) => {
    expect(payload(() => checkFits(size, row, column, width))).toEqual(invalid(message));
  });

  test("of one row", () => {
    const message = "There is no row 1; this display has row 0 only.";
    expect(payload(() => checkFits({ rows: 1, columns: 4 }, 1, 0, 1))).toEqual(invalid(message));
  });

  test.each([
    [0, 0],
    [0.001, 1],
    [1 / 16, 1],
    [0.5, 8],
    [0.99, 16],
    [1, 16],
  ])("brightness %d is level %i", (brightness, level) => {
    expect(brightnessLevel(capabilities, brightness)).toBe(level);
  });

  test.each([-0.1, 1.1, Number.NaN, Number.POSITIVE_INFINITY])("brightness %d is none", (brightness) => {
    const message = `The brightness is ${brightness}, but must be from 0 to 1.`;
    expect(payload(() => brightnessLevel(capabilities, brightness))).toEqual(invalid(message));
    expect(payload(() => brightnessLevel(plain, brightness))).toEqual(invalid(message));
  });

  test("blink rates", () => {
    for (const hertz of [0, 0.5, 1, 2]) expect(() => checkBlinkRate(capabilities, hertz)).not.toThrow();
    expect(() => checkBlinkRate(plain, 0)).not.toThrow();
    expect(payload(() => checkBlinkRate(capabilities, 3))).toEqual(
      invalid("The blink rate is 3 hertz, but must be one of 0, 2, 1, 0.5."),
    );
  });

  test.each([
    [8, Array(8).fill(0), "There is no custom character 8; this display has 0 to 7."],
    [-1, Array(8).fill(0), "There is no custom character -1; this display has 0 to 7."],
    [0, Array(7).fill(0), "A custom character of this display has 8 rows of dots, not 7."],
    [
      0,
      [0, 0, 0, 0, 0, 0, 0, 32],
      "A row of dots is 32, but must be from 0 to 31: this display has 5 in a row.",
    ],
  ])("custom character %i drawn as %j is refused", (index, rows, message) => {
    expect(payload(() => checkCustomCharacter(capabilities, index, rows))).toEqual(invalid(message));
  });

  test("a custom character", () => {
    expect(() =>
      checkCustomCharacter(capabilities, 7, Uint8Array.of(0, 4, 14, 31, 31, 14, 4, 0)),
    ).not.toThrow();
  });

  test.each([
    () => brightnessLevel(plain, 1),
    () => checkBlinkRate(plain, 1),
    () => checkCustomCharacter(plain, 0, []),
  ])("what a display does not have is unsupported", (body) => {
    expect(payload(body)).toMatchObject({ tag: "unsupported" });
  });

  test.each([
    ["€", '"€" (U+20AC)'],
    ["\n", "U+000A"],
    ["\ud800", "U+D800"],
    ["\u{e003}", "U+E003"],
    ["🙂", '"🙂" (U+1F642)'],
  ])("%j cannot be shown", (character, shown) => {
    expect(cannotShow("HT16K33", character).payload).toEqual(
      invalid(`The HT16K33 cannot show ${shown}; leave it out, or write something else.`),
    );
  });
});

describe("the export", () => {
  function setUp() {
    const log: string[] = [];
    const state = { fail: undefined as unknown };
    const note = (line: string) => {
      log.push(line);
      if (state.fail !== undefined) throw state.fail;
    };
    class Driver implements TextDisplayDriver {
      readonly info = { vendor: "Nobody", model: "LCD" };
      readonly size = size;
      readonly capabilities = capabilities;
      constructor(target: I2cTarget, _: unknown, options: { readonly light: boolean }) {
        note(`construct at ${target.address} ${JSON.stringify(options)}`);
      }
      clear = () => note("clear");
      write = (row: number, column: number, text: string) => note(`write ${row} ${column} ${text}`);
      setBrightness = (brightness: number) => note(`brightness ${brightness}`);
      setBlinkRate = (hertz: number) => note(`blink ${hertz}`);
      defineCharacter = (index: number, rows: readonly number[] | Uint8Array) =>
        note(`define ${index} ${rows}`);
      close = () => void log.push("close");
    }
    const handle = (name: string) => ({ [Symbol.dispose]: () => void log.push(`release ${name}`) });
    const board: Board & I2cBoard = {
      open: () => ({
        bus: { ...handle("bus"), read: never, write: never, writeRead: never, transaction: never },
        address: 0x27,
      }),
      openDelay: () => ({ ...handle("delay"), delayNs: never }),
      getSettings: () => [["light", "true"]],
    };
    return {
      ...textDisplayOn(board, { bus: i2cOn(board), options: { light: flag(false) }, driver: Driver }),
      log,
      state,
    };
  }

  function never(): never {
    throw new Error("no driver of this test uses the bus");
  }

  test("passes everything on, a large u32 as the number that it is", () => {
    const { open, Device, log } = setUp();
    const display = open("panel");
    expect(display).toBeInstanceOf(Device);
    expect(Device.name).toBe("Device");
    expect([display.info(), display.size(), display.capabilities()]).toEqual([
      { vendor: "Nobody", model: "LCD" },
      size,
      capabilities,
    ]);
    display.clear();
    display.write(1, -1, "hello");
    display.setBrightness(0.5);
    display.setBlinkRate(2);
    display.defineCharacter(-2, Uint8Array.of(1, 2));
    expect(log).toEqual([
      'construct at 39 {"light":true}',
      "clear",
      "write 1 4294967295 hello",
      "brightness 0.5",
      "blink 2",
      "define 4294967294 1,2",
    ]);
  });

  test("throws the WIT error, and works afterwards", () => {
    const { open, state } = setUp();
    const display = open("panel");
    state.fail = DriverError.bus("overrun", "writing");
    const error = { tag: "bus", val: { kind: "overrun", message: "writing" } };
    expect(payload(() => display.write(0, 0, "x"))).toStrictEqual(error);
    state.fail = undefined;
    expect(() => display.write(0, 0, "x")).not.toThrow();
  });

  test.each(["close", Symbol.dispose] as const)("after %s everything is disconnected", (method) => {
    const { open, log } = setUp();
    const display = open("panel");
    log.length = 0;
    display[method]();
    display[method]();
    expect(log).toEqual(["close", "release delay", "release bus"]);
    const closed = { tag: "disconnected", val: '"panel" is closed; open it again.' };
    for (const use of [
      () => display.clear(),
      () => display.write(0, 0, ""),
      () => display.setBrightness(1),
      () => display.setBlinkRate(0),
      () => display.defineCharacter(0, new Uint8Array(8)),
    ]) {
      expect(payload(use)).toStrictEqual(closed);
    }
    expect(display.size()).toEqual(size);
    expect(log).toHaveLength(3);
  });
});
