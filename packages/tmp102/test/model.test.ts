import { wire } from "@busbar/contract";
import { simulatedBuses, VirtualClock } from "@busbar/sim";
import { describe, expect, it } from "vitest";
import model, { Tmp102, type Tmp102Options } from "../src/model.ts";

const ADDRESS = 0x48;
const MAXIMUM_MS = 35;

function plug(options: Partial<Tmp102Options> = {}) {
  const source = () => 25 * 16;
  const wires = wire(ADDRESS, (clock) => new Tmp102({ source, ...options }, clock));
  const read16 = (register: number) => {
    const [high, low] = wires.read([register], 2);
    return high! * 256 + low!;
  };
  return {
    ...wires,
    read16,
    write16: (register: number, content: number) => wires.write(register, content >> 8, content & 0xff),
    temperature: () => read16(0),
    configuration: () => read16(1),
  };
}

describe("registers", () => {
  it("have the contents of the datasheet after power-up, 0 °C before the first conversion", () => {
    const { read16 } = plug();
    expect([0, 1, 2, 3].map(read16)).toEqual([0x0000, 0x60a0, 0x4b00, 0x5000]);
  });

  it("keep what can be written", () => {
    const { read16, write16 } = plug();
    write16(1, 0x0000);
    expect(read16(1)).toBe(0x6020);
    write16(1, 0xffff & ~0x8400);
    expect(read16(1)).toBe(0x7bf0);
    // With the polarity inverted AL reads 0 without an alert, whatever was written.
    write16(1, 0x7fff);
    expect(read16(1)).toBe(0x7fd0);
    write16(2, 0x1234);
    write16(3, 0x5678);
    write16(0, 0x9999);
    // 0 °C in extended mode.
    expect([read16(2), read16(3), read16(0)]).toEqual([0x1234, 0x5678, 0x0001]);
  });

  it("are written byte by byte, and the pointer stays where it was", () => {
    const { write, receive, read16 } = plug();
    write(2, 0x12);
    expect(read16(2)).toBe(0x1200);
    expect(receive(2)).toEqual([0x12, 0x00]);
    expect(receive(4)).toEqual([0x12, 0x00, 0x12, 0x00]);
    write(2, 0x12, 0x34, 0x56);
    expect(read16(2)).toBe(0x1234);
    // Only the lowest two bits of the pointer count.
    expect(read16(6)).toBe(0x1234);
  });
});

describe("conversion", () => {
  it.each([
    ["typical", 26],
    ["maximum", 35],
  ] as const)("begins at power-up and takes the %s time", (conversionTime, ms) => {
    const { clock, temperature } = plug({ conversionTime });
    clock.advance(ms - 0.1);
    expect(temperature()).toBe(0);
    clock.advance(0.1);
    expect(temperature()).toBe(0x1900);
  });

  it.each([
    [0x00, 4000],
    [0x40, 1000],
    [0x80, 250],
    [0xc0, 125],
  ])("with %i comes each %d ms", (rate, periodMs) => {
    let count = 0;
    const { clock, write16, temperature } = plug({ source: () => ++count });
    write16(1, 0x0100);
    clock.advance(100);
    write16(1, rate);
    count = 0;
    clock.advance(MAXIMUM_MS);
    for (let index = 1; index < 4; index++) {
      expect(temperature()).toBe(index * 16);
      clock.advance(periodMs - 0.1);
      expect(temperature()).toBe(index * 16);
      clock.advance(0.1);
    }
  });

  it("in shutdown comes for each OS, which tells when it is done", () => {
    const { clock, write16, temperature, configuration } = plug();
    write16(1, 0x0180);
    clock.advance(MAXIMUM_MS);
    expect(temperature()).toBe(0x1900);
    write16(1, 0x8180);
    expect(configuration()).toBe(0x61a0);
    clock.advance(MAXIMUM_MS);
    expect(configuration()).toBe(0xe1a0);
  });

  it("that runs is finished by shutdown; then there are no more", () => {
    let value = 16;
    const { clock, write16, temperature } = plug({ source: () => value });
    clock.advance(10);
    write16(1, 0x0180);
    clock.advance(MAXIMUM_MS - 10);
    expect(temperature()).toBe(0x0100);
    value = 32;
    clock.advance(10_000);
    expect(temperature()).toBe(0x0100);
  });

  it("between two conversions shutdown is at once", () => {
    let value = 16;
    const { clock, write16, temperature, configuration } = plug({ source: () => value });
    clock.advance(MAXIMUM_MS + 10);
    expect(temperature()).toBe(0x0100);
    write16(1, 0x0180);
    value = 32;
    clock.advance(10_000);
    expect(temperature()).toBe(0x0100);
    expect(configuration() & 0x8000).toBe(0);
  });
});

describe("formats", () => {
  it.each([
    [127.9375, 0x7ff0, 0x3ff9],
    [25, 0x1900, 0x0c81],
    [0, 0x0000, 0x0001],
    [-0.25, 0xffc0, 0xffe1],
    [-55, 0xc900, 0xe481],
    [150, 0x7ff0, 0x4b01],
    [-256, 0x8000, 0x8001],
  ])("%d °C", (celsius, normal, extended) => {
    const { clock, write16, temperature } = plug({ source: () => celsius * 16 });
    clock.advance(MAXIMUM_MS);
    expect(temperature()).toBe(normal);
    write16(1, 0x0190);
    expect(temperature()).toBe(extended);
    write16(1, 0x8190);
    clock.advance(MAXIMUM_MS);
    expect(temperature()).toBe(extended);
  });
});

describe("the alert", () => {
  function alertPlug() {
    let celsius = 20;
    const plugged = plug({ source: () => celsius * 16 });
    return {
      ...plugged,
      /** One conversion at this temperature; whether AL is set. */
      at: (next: number, configuration: number) => {
        celsius = next;
        plugged.write16(1, configuration | 0x8100);
        plugged.clock.advance(MAXIMUM_MS);
        return (plugged.configuration() & 0x20) !== 0;
      },
    };
  }

  it("begins at T_HIGH and ends below T_LOW; AL is the level of an active-low pin", () => {
    const { clock, write16, at } = alertPlug();
    write16(1, 0x0100);
    clock.advance(MAXIMUM_MS);
    expect([79, 80, 90, 75, 74, 79].map((celsius) => at(celsius, 0))).toEqual([
      true,
      false,
      false,
      false,
      true,
      true,
    ]);
  });

  it("with the polarity inverted is the other way round", () => {
    const { at } = alertPlug();
    expect([20, 80, 74].map((celsius) => at(celsius, 0x0400))).toEqual([false, true, false]);
  });

  it.each([
    [0x0000, 1],
    [0x0800, 2],
    [0x1000, 4],
    [0x1800, 6],
  ])("with %i needs %i results in a row", (queue, count) => {
    const { at } = alertPlug();
    at(20, queue);
    for (let index = 1; index < count; index++) expect(at(85, queue)).toBe(true);
    if (count > 1) expect(at(20, queue)).toBe(true);
    for (let index = 1; index < count; index++) expect(at(85, queue)).toBe(true);
    expect(at(85, queue)).toBe(false);
  });

  it("compares in the format of extended mode, and below zero", () => {
    const { write16, at } = alertPlug();
    write16(2, 0xf600);
    write16(3, 0x4600);
    expect([139, 140, -19, -21].map((celsius) => at(celsius, 0x0010))).toEqual([true, false, false, true]);
  });

  it("counts conversions that nobody looked at", () => {
    let celsius = 20;
    const { clock, write16, configuration } = plug({ source: () => celsius * 16 });
    write16(1, 0x18c0);
    celsius = 90;
    clock.advance(10_000);
    expect(configuration() & 0x20).toBe(0);
  });
});

describe("in the board file", () => {
  const measured = (parameters: object) => {
    const clock = new VirtualClock(1000.1);
    const entry = { i2c: "sim", address: ADDRESS, model: "tmp102", ...parameters };
    const bus = simulatedBuses([entry], clock, new Map([["tmp102", model]])).get("sim")!;
    clock.advance(MAXIMUM_MS);
    const [data] = bus.transaction(ADDRESS, [
      { kind: "write", data: Uint8Array.of(0) },
      { kind: "read", length: 2 },
    ]);
    return data![0]! * 256 + data![1]!;
  };

  it.each([
    [{}, 0x1600],
    [{ temperature: -0.26 }, 0xffc0],
    [{ raw: 1 }, 0x0010],
    [{ temperature: 150, conversionTime: "typical" }, 0x7ff0],
  ])("%j is measured", (parameters, content) => expect(measured(parameters)).toBe(content));

  it.each([
    [{ raw: 4096 }, '"raw": expected a whole number from -4096 to 4095.'],
    [{ raw: 0, temperature: 1 }, 'expected either "raw" or temperature, not both.'],
    [
      { temperature: 151 },
      '"temperature": expected a number from -55 to 150, or { mean, swing, periodSeconds } that stays there.',
    ],
    [{ humidity: 5 }, '"humidity" is no parameter of this model; remove it, or correct its spelling.'],
  ])("%j is refused", (parameters, message) => {
    expect(() => measured(parameters)).toThrow(`simulate[0] (tmp102 at 0x48): ${message}`);
  });
});
