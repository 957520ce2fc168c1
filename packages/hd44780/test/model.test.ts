import { SimulatedI2cBus, VirtualClock } from "@busbar/sim";
import { beforeEach, describe, expect, it } from "vitest";
import { characterOf } from "../src/model/characters.ts";
import model, { type Hd44780, type Hd44780Options } from "../src/model.ts";

const ADDRESS = 0x27;
const LIGHT = 0x08;
const E = 0x04;
const RW = 0x02;
const RS = 0x01;

let clock: VirtualClock;
let display: Hd44780;
let bus: SimulatedI2cBus;

function plug(parameters: Partial<Record<keyof Hd44780Options | "size", unknown>> = {}): void {
  clock = new VirtualClock(1000.1);
  display = model.create(parameters, clock) as Hd44780;
  bus = new SimulatedI2cBus([[ADDRESS, display]]);
}
beforeEach(() => plug());

function send(...states: number[]): void {
  bus.transaction(ADDRESS, [{ kind: "write", data: Uint8Array.from(states) }]);
}

/** The states of the pins that send half a byte. */
const half = (nibble: number, rs = 0) => [
  (nibble << 4) | LIGHT | rs,
  (nibble << 4) | LIGHT | rs | E,
  (nibble << 4) | LIGHT | rs,
];
const whole = (value: number, rs = 0) => [...half(value >> 4, rs), ...half(value & 0x0f, rs)];

function instruct(...values: number[]): void {
  for (const value of values) {
    send(...whole(value));
    clock.advance(3);
  }
}

function type(text: string): void {
  send(...[...text].flatMap((character) => whole(character.charCodeAt(0), RS)));
  clock.advance(1);
}

/** Figure 24, with two lines. */
function startUp(): void {
  send(LIGHT);
  clock.advance(41);
  for (const ms of [4.2, 0.2, 0.2]) {
    send(...half(3));
    clock.advance(ms);
  }
  send(...half(2));
  clock.advance(0.2);
  instruct(0x28, 0x08, 0x01, 0x06, 0x0c);
}

describe("start-up", () => {
  it("by the datasheet works", () => {
    startUp();
    type("hello");
    instruct(0x80 | 0x40);
    type("world");
    expect(display.rows).toEqual(["hello           ", "world           "]);
    expect(display.lost).toBe(0);
  });

  it("works halfway through an instruction of somebody else, too", () => {
    plug({ start: "halfway" });
    expect(display.rows[0]).toBe("left behind     ");
    startUp();
    expect(display.rows).toEqual([" ".repeat(16), " ".repeat(16)]);
    type("hello");
    expect(display.rows[0]).toBe("hello           ");
    expect(display.lost).toBe(0);
  });

  it.each([
    ["power-on", [38, 4.2, 0.2, 0.2]],
    ["the first function set", [41, 3, 0.2, 0.2]],
  ])("too soon after %s loses something, where the supply rose slowly", (_, [powerOn, ...waits]) => {
    plug({ start: "slow-supply" });
    send(LIGHT);
    clock.advance(powerOn!);
    for (const ms of waits) {
      send(...half(3));
      clock.advance(ms);
    }
    expect(display.lost).toBeGreaterThan(0);
  });

  it("the second function set takes 100 µs on a fast bus", () => {
    plug({ busKHz: 400, start: "slow-supply" });
    clock.advance(41);
    send((3 << 4) | E, 3 << 4);
    clock.advance(4.2);
    send((3 << 4) | E, 3 << 4);
    send((3 << 4) | E, 3 << 4);
    expect(display.lost).toBe(1);
  });
});

describe("a program that relies on the chip's own reset", () => {
  /** As the guest of the published proof of concept does it: in 8 bits at first, which its second nibble ends. */
  it("shows its text, in one line", () => {
    clock.advance(100);
    const nibble = (bits: number, rs: number) => {
      send(bits | rs | LIGHT, bits | rs | LIGHT | E);
      clock.advance(2);
      send(bits | rs | LIGHT);
    };
    const byte = (value: number, rs = 0) => {
      nibble(value & 0xf0, rs);
      nibble((value << 4) & 0xf0, rs);
      clock.advance(0.1);
    };
    for (const instruction of [0x02, 0x01, 0x0f]) byte(instruction);
    for (const character of "hello") byte(character.charCodeAt(0), RS);
    expect(display.rows).toEqual(["hello           ", " ".repeat(16)]);
    expect(display.lost).toBe(0);
  });
});

describe("time", () => {
  it("of an instruction is short enough for four bytes each at 100 kHz", () => {
    startUp();
    send(...[..."0123456789"].flatMap((digit) => whole(digit.charCodeAt(0), RS)));
    expect(display.rows[0]).toBe("0123456789      ");
  });

  it("of clearing is not: what follows at once is lost", () => {
    startUp();
    send(...whole(0x01), ...whole(0x41, RS));
    expect(display.lost).toBe(2);
    clock.advance(3);
    type("B");
    expect(display.rows[0]).toBe("B               ");
  });

  it.each([
    [190, 1.52 * (270 / 190)],
    [270, 1.52],
  ])("of clearing at %i kHz", (oscillatorKHz, ms) => {
    plug({ oscillatorKHz });
    startUp();
    // The start and the two bytes up to the falling edge of E take 0.27 ms at 100 kHz, which count.
    send(...whole(0x01));
    clock.advance(ms - 0.27 - 0.01);
    send((4 << 4) | E | RS, (4 << 4) | RS);
    expect(display.lost).toBe(1);
    send((4 << 4) | E | RS, (4 << 4) | RS);
    expect(display.lost).toBe(1);
  });

  it("of characters at 400 kHz is too long for two bytes between, and short enough for three", () => {
    plug({ busKHz: 400 });
    startUp();
    const fast = (value: number) =>
      [value & 0xf0, (value << 4) & 0xf0].flatMap((state) => [state | E | RS, state | RS]);
    send(...fast(0x41), ...fast(0x42));
    expect(display.lost).toBeGreaterThan(0);
    startUp();
    const { lost } = display;
    const slower = (value: number) => [(value & 0xf0) | RS, ...fast(value)];
    send(...slower(0x41), ...slower(0x42));
    expect(display.lost).toBe(lost);
    expect(display.rows[0]).toBe("AB              ");
  });
});

describe("instructions", () => {
  beforeEach(startUp);

  it("clear, and return home", () => {
    type("abc");
    instruct(0x02);
    type("X");
    expect(display.rows[0]).toBe("Xbc             ");
    instruct(0x01);
    expect(display.rows[0]).toBe(" ".repeat(16));
  });

  it("count down, and shift with each character", () => {
    instruct(0x04, 0x80 | 3);
    type("abc");
    expect(display.rows[0]).toBe(" cba            ");
    instruct(0x01, 0x07);
    type("ab");
    expect(display.rows[0]).toBe(" ".repeat(16));
    instruct(0x02);
    expect(display.rows[0]).toBe("ab              ");
  });

  it("move the cursor and the display", () => {
    type("ab");
    instruct(0x10, 0x10, 0x14);
    type("X");
    expect(display.rows[0]).toBe("aX              ");
    instruct(0x18);
    expect(display.rows[0]).toBe("X               ");
    instruct(0x1c, 0x1c);
    expect(display.rows[0]).toBe(" aX             ");
  });

  it("switch off and on without loss", () => {
    type("abc");
    instruct(0x08);
    expect(display.rows[0]).toBe(" ".repeat(16));
    instruct(0x0c);
    expect(display.rows[0]).toBe("abc             ");
  });

  it("go from the first line on to the second and back", () => {
    plug({ size: "40x2" });
    startUp();
    instruct(0x80 | 39);
    type("ab");
    instruct(0x80 | 0x67);
    type("cd");
    expect(display.rows).toEqual([`d${" ".repeat(38)}a`, `b${" ".repeat(38)}c`]);
  });

  it("with one line there is no second row", () => {
    instruct(0x20, 0x80 | 0x4f);
    type("ab");
    expect(display.rows).toEqual([`b${" ".repeat(15)}`, " ".repeat(16)]);
  });

  it("draw custom characters", () => {
    instruct(0x40 | (2 << 3));
    send(...[1, 2, 4, 8, 16, 31, 21, 10].flatMap((dots) => whole(dots, RS)));
    expect(display.customCharacter(2)).toEqual([1, 2, 4, 8, 16, 31, 21, 10]);
    instruct(0x80);
    type("\x02\x0a\x00");
    expect(display.rows[0]).toBe("②②⓪             ");
  });

  it.each([
    ["20x4", ["a", "b", "c", "d"], [0x00, 0x40, 0x14, 0x54]],
    ["16x4", ["a", "b", "c", "d"], [0x00, 0x40, 0x10, 0x50]],
  ] as const)("rows of a %s display", (size, letters, addresses) => {
    plug({ size });
    startUp();
    for (const [row, address] of addresses.entries()) {
      instruct(0x80 | address);
      type(letters[row]!);
    }
    expect(display.rows.map((row) => row.trimEnd())).toEqual(letters);
  });
});

describe("reading", () => {
  /** One byte, in two halves; the data pins are high so that the controller can drive them. */
  function readByte(rs: number): number {
    const pins = 0xf0 | RW | rs | LIGHT;
    let value = 0;
    for (let nibble = 0; nibble < 2; nibble += 1) {
      const [state] = bus.transaction(ADDRESS, [
        { kind: "write", data: Uint8Array.of(pins, pins | E) },
        { kind: "read", length: 1 },
        { kind: "write", data: Uint8Array.of(pins) },
      ]);
      value = (value << 4) | (state![0]! >> 4);
    }
    return value;
  }

  it("gives the busy flag with the address, and characters", () => {
    startUp();
    type("abc");
    instruct(0x80 | 1);
    expect(readByte(0)).toBe(0x01);
    expect(readByte(RS)).toBe(0x62);
    clock.advance(1);
    expect(readByte(0)).toBe(0x02);
    send(...whole(0x01));
    expect(readByte(0)).toBe(0x80);
    clock.advance(3);
    expect(readByte(0)).toBe(0x00);
  });

  it("without the controller gives the pins as they were written", () => {
    send(0xa8);
    expect(bus.transaction(ADDRESS, [{ kind: "read", length: 2 }])).toEqual([Uint8Array.of(0xa8, 0xa8)]);
  });
});

describe("the backpack", () => {
  it("lights", () => {
    expect(display.lit).toBe(true);
    send(0x00);
    expect(display.lit).toBe(false);
    plug({ backlightActive: "low" });
    expect(display.lit).toBe(false);
    send(0x00);
    expect(display.lit).toBe(true);
    plug({ pins: "rs rw e nc d4 d5 d6 d7" });
    send(0x00);
    expect(display.lit).toBe(true);
  });

  it("can be wired another way", () => {
    plug({ pins: "d4 d5 d6 d7 rs rw e bl" });
    send(0x80);
    clock.advance(41);
    const swapped = (nibble: number, rs: number) =>
      [nibble, nibble | 0x40, nibble].map((state) => state | 0x80 | (rs << 4));
    for (const ms of [4.2, 0.2, 0.2]) {
      send(...swapped(3, 0));
      clock.advance(ms);
    }
    send(...swapped(2, 0));
    for (const value of [0x28, 0x0c, 0x01, 0x06]) {
      send(...swapped(value >> 4, 0), ...swapped(value & 0xf, 0));
      clock.advance(3);
    }
    send(...swapped(4, 1), ...swapped(1, 1));
    expect(display.rows[0]).toBe("A               ");
  });
});

describe("the picture", () => {
  it("is the rows in a frame, and what else there is to know", () => {
    plug({ size: "8x2" });
    startUp();
    type("21");
    send(...whole(0xdf, RS));
    type("C");
    expect(bus.render(ADDRESS)).toBe(
      ["┌──────────┐", "│ 21°C     │", "│          │", "└──────────┘"].join("\n"),
    );
    instruct(0x08);
    send(0x00);
    expect(display.render()).toMatch(/┘\n off, backlight off$/);
  });

  it("has one character for each code", () => {
    const all = Array.from({ length: 256 }, (_, code) => characterOf(code));
    expect(all.every((character) => [...character].length === 1)).toBe(true);
    expect(all.slice(0x41, 0x5b).join("")).toBe("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    expect([0x5c, 0x7e, 0x7f, 0xb1, 0xdf, 0xe1, 0xf4, 0xff].map((code) => all[code]).join("")).toBe(
      "¥→←ｱ°äΩ█",
    );
  });
});

describe("parameters", () => {
  it.each([
    { size: "16x3" },
    { pins: "rs rw e" },
    { pins: "rs rw e bl d4 d5 d6 d8" },
    { oscillatorKHz: 100 },
    { busKHz: 0 },
    { start: "warm" },
    { rows: 2 },
  ])("%o is refused", (parameters) => {
    expect(() => plug(parameters as never)).toThrow();
  });
});
