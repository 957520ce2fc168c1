import { SimulatedI2cBus, VirtualClock } from "@busbar/sim";
import { beforeEach, describe, expect, it } from "vitest";
import { Ht16k33 } from "../src/model.ts";

const ADDRESS = 0x70;

let clock: VirtualClock;
let display: Ht16k33;
let bus: SimulatedI2cBus;

beforeEach(() => {
  clock = new VirtualClock(1000.1);
  display = new Ht16k33(clock);
  bus = new SimulatedI2cBus([[ADDRESS, display]]);
});

function write(...bytes: number[]): void {
  bus.transaction(ADDRESS, [{ kind: "write", data: Uint8Array.from(bytes) }]);
}

function read(length: number, ...command: number[]): number[] {
  const [data] = bus.transaction(ADDRESS, [
    { kind: "write", data: Uint8Array.from(command) },
    { kind: "read", length },
  ]);
  return [...data!];
}

const ram = (...bytes: number[]) => [0x00, ...bytes, ...Array(16 - bytes.length).fill(0)];

/** "12:30." on the four digits. */
const TIME = ram(0x06, 0, 0x5b, 0, 0x02, 0, 0x4f, 0, 0xbf);

describe("the display RAM", () => {
  it("holds garbage at power-on", () => {
    expect(display.ram.filter((byte) => byte !== 0).length).toBeGreaterThan(8);
  });

  it("keeps what is written from an address on, and begins again after its end", () => {
    write(...ram());
    write(0x0e, 1, 2, 3);
    expect([...display.ram]).toEqual([3, ...Array(13).fill(0), 1, 2]);
    expect(read(4, 0x0e)).toEqual([1, 2, 3, 0]);
  });

  it("has no keys pressed", () => {
    expect(read(6, 0x40)).toEqual(Array(6).fill(0));
    expect(read(1, 0x60)).toEqual([0]);
  });
});

describe("commands", () => {
  it("switch it on only together", () => {
    expect(display.state).toEqual({ lit: false, brightness: 16, blinkHertz: 0 });
    write(0x81);
    expect(display.state.lit).toBe(false);
    write(0x21);
    expect(display.state.lit).toBe(true);
    write(0x80);
    expect(display.state.lit).toBe(false);
    write(0x81);
    write(0x20);
    expect(display.state.lit).toBe(false);
  });

  it("dim", () => {
    write(0xe0);
    expect(display.state.brightness).toBe(1);
    write(0xe7);
    expect(display.state.brightness).toBe(8);
  });

  it.each([
    [0x83, 2],
    [0x85, 1],
    [0x87, 0.5],
  ])("%i blinks at %d Hz", (command, hertz) => {
    write(0x21);
    write(command);
    const half = 500 / hertz;
    const lit: boolean[] = [];
    for (const ms of [0, half - 1, 2, half - 2, 2]) {
      clock.advance(ms);
      lit.push(display.state.lit);
    }
    expect(lit).toEqual([true, true, false, false, true]);
    expect(display.state.blinkHertz).toBe(hertz);
  });

  it("are one a message: what follows is lost", () => {
    write(0x21, 0x81);
    expect(display.state.lit).toBe(false);
  });
});

describe("the picture", () => {
  it("is segments, points and the colon", () => {
    write(0x21);
    write(...TIME);
    write(0x81);
    expect(display.render()).toBe(
      [
        "┌───────────────────┐",
        "│      _     _   _  │",
        "│   |  _| .  _| | | │",
        "│   | |_  .  _| |_|.│",
        "└───────────────────┘",
      ].join("\n"),
    );
    expect(bus.render(ADDRESS)).toBe(display.render());
  });

  it("says what else there is to know", () => {
    write(0x21);
    write(...TIME);
    expect(display.render()).toMatch(/│ {19,}│\n.*└─+┘\n off$/s);
    write(0x87);
    write(0xe3);
    expect(display.render()).toMatch(/\n brightness 4\/16, blinking at 0\.5 Hz$/);
  });
});
