import { VirtualClock } from "@busbar/sim";
import { describe, expect, test } from "vitest";
import model, { Max31855, type Max31855Options } from "../src/model.ts";

const POWER_UP_MS = 200;
const CONVERSION_MS = 100;

function read(chip: Pick<Max31855, "select" | "transfer" | "release">, length = 4): number[] {
  chip.select();
  const received = Array.from({ length }, () => chip.transfer());
  chip.release();
  return received;
}

function powered(options: Partial<Max31855Options> = {}) {
  const clock = new VirtualClock(1000.1);
  const chip = new Max31855({ thermocouple: () => 100, internal: () => 400, ...options }, clock);
  return { clock, chip };
}

describe("a MAX31855", () => {
  test("measures 200 ms after it was powered, and has nothing before", () => {
    const early = powered();
    early.clock.advance(POWER_UP_MS - 1);
    expect(read(early.chip)).toEqual([0, 0, 0, 0]);
    const { clock, chip } = powered();
    clock.advance(POWER_UP_MS);
    expect(read(chip)).toEqual([0x01, 0x90, 0x19, 0x00]);
  });

  test("read before a conversion has ended it has the one before: for ever, where that is never waited for", () => {
    const { clock, chip } = powered({ thermocouple: (elapsedMs) => Math.round(elapsedMs) });
    clock.advance(POWER_UP_MS);
    const first = read(chip);
    for (let round = 0; round < 5; round++) {
      clock.advance(CONVERSION_MS - 1);
      expect(read(chip)).toEqual(first);
    }
    clock.advance(CONVERSION_MS);
    expect(read(chip)).not.toEqual(first);
  });

  test("left alone it goes on converting", () => {
    const { clock, chip } = powered({ thermocouple: (elapsedMs) => Math.round(elapsedMs) });
    clock.advance(POWER_UP_MS + 3 * CONVERSION_MS + 50);
    // 500 ms: 0x01F4 in the upper 14 bits.
    expect(read(chip).slice(0, 2)).toEqual([0x07, 0xd0]);
  });

  test("sends zeros after its 32 bits, and begins at the first again", () => {
    const { clock, chip } = powered();
    clock.advance(POWER_UP_MS);
    expect(read(chip, 6)).toEqual([0x01, 0x90, 0x19, 0x00, 0, 0]);
    expect(read(chip, 2)).toEqual([0x01, 0x90]);
  });

  test.each([
    ["open", [0x01, 0x91, 0x19, 0x01]],
    ["ground", [0x01, 0x91, 0x19, 0x02]],
    ["supply", [0x01, 0x91, 0x19, 0x04]],
  ] as const)("with a thermocouple that is %s", (fault, frame) => {
    const { clock, chip } = powered({ fault });
    clock.advance(POWER_UP_MS);
    expect(read(chip)).toEqual(frame);
  });
});

describe("in the board file", () => {
  const frameOf = (parameters: object) => {
    const clock = new VirtualClock();
    const chip = model.create(parameters, clock) as Max31855;
    clock.advance(POWER_UP_MS);
    return read(chip);
  };

  test.each([
    [{}, [0x01, 0x90, 0x16, 0x00]],
    // Tables 4 and 5.
    [{ thermocouple: -250, internal: -55 }, [0xf0, 0x60, 0xc9, 0x00]],
    [{ thermocouple: 1600, internal: 127 }, [0x64, 0x00, 0x7f, 0x00]],
    [{ fault: "open" }, [0x01, 0x91, 0x16, 0x01]],
  ])("%j", (parameters, frame) => expect(frameOf(parameters)).toEqual(frame));

  test.each([
    [{ thermocouple: 1801 }, '"thermocouple": expected a number from -270 to 1800'],
    [{ fault: "short" }, '"fault"'],
    [{ celsius: 1 }, '"celsius" is no parameter of this model; remove it, or correct its spelling.'],
  ])("%j is refused", (parameters, message) => {
    expect(() => model.create(parameters, new VirtualClock())).toThrow(message);
  });
});
