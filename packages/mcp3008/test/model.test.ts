import { VirtualClock } from "@busbar/sim";
import { describe, expect, test } from "vitest";
import model, { Mcp3008 } from "../src/model.ts";

/** One selection: what is sent, and what comes. */
function exchange(chip: Mcp3008, ...sent: number[]): number[] {
  chip.select();
  const received = sent.map((byte) => chip.transfer(byte));
  chip.release();
  return received;
}

const at = (...volts: number[]) =>
  new Mcp3008({ inputs: 8, referenceVolts: 5.12, volts: (input) => volts[input] ?? 0 });

describe("a conversion (DS21295D, figures 5-1, 6-1)", () => {
  test("by bytes with the start bit at the end of the first", () => {
    // 2.565 V is code 513.
    expect(exchange(at(2.565), 0x01, 0x80, 0x00)).toEqual([0xff, 0b1111_1010, 0b0000_0001]);
  });

  test("by the fewest clocks: the start bit first; then the result comes back to front, and zeros", () => {
    // Start, SGL, D2 to D0, sample: six clocks; then the null bit and 513.
    expect(exchange(at(2.565), 0b1100_0000, 0, 0, 0, 0)).toEqual([
      0b1111_1101, 0b0000_0000, 0b1000_0000, 0b0100_0000, 0,
    ]);
  });

  test("begins anew with each selection, and never without a start bit", () => {
    const chip = at(5.115);
    exchange(chip, 0x01);
    expect(exchange(chip, 0x00, 0x00, 0x00)).toEqual([0xff, 0xff, 0xff]);
    expect(exchange(chip, 0x01, 0x80, 0x00)).toEqual([0xff, 0xfb, 0xff]);
  });
});

test("by its pins it says bit by bit what it says by bytes", () => {
  const chip = at(2.565);
  chip.select();
  const answers = [0x01, 0x80, 0x00].map((byte) => {
    let answer = 0;
    for (let bit = 7; bit >= 0; bit -= 1) {
      answer = answer * 2 + chip.output;
      chip.clock((byte >> bit) & 1);
    }
    return answer;
  });
  expect(answers).toEqual([0xff, 0b1111_1010, 0b0000_0001]);
});

describe("table 5-1", () => {
  const chip = at(1, 2, 3, 4, 5, 4.5, 3.5, 2.5);
  const millivolts = (second: number) => {
    const [, upper, lower] = exchange(chip, 0x01, second, 0x00);
    return ((upper! % 4) * 256 + lower!) * 5;
  };

  test("single-ended inputs", () => {
    const inputs = Array.from({ length: 8 }, (_, input) => millivolts(0x80 + 16 * input));
    expect(inputs).toEqual([1000, 2000, 3000, 4000, 5000, 4500, 3500, 2500]);
  });

  test("pairs, of which the first is positive; below 0 V is 0", () => {
    const pairs = Array.from({ length: 8 }, (_, pair) => millivolts(16 * pair));
    expect(pairs).toEqual([0, 1000, 0, 1000, 500, 0, 1000, 0]);
  });

  test("an MCP3004 does not care for D2", () => {
    const small = new Mcp3008({ inputs: 4, referenceVolts: 5.12, volts: (input) => input });
    expect(exchange(small, 0x01, 0x80 + 16 * 7, 0x00)).toEqual(exchange(small, 0x01, 0x80 + 16 * 3, 0x00));
  });
});

describe("in the board file", () => {
  const measured = (parameters: object, input = 0) => {
    const clock = new VirtualClock();
    const chip = model.create(parameters, clock) as Mcp3008;
    clock.advance(250);
    const [, upper, lower] = exchange(chip, 0x01, 0x80 + 16 * input, 0x00);
    return (upper! % 4) * 256 + lower!;
  };

  test.each([
    [{}, 0, 0],
    [{ volts: [1.65] }, 0, 512],
    [{ volts: [0, 4] }, 1, 1023],
    [{ volts: [-0.5] }, 0, 0],
    [{ volts: [{ mean: 1, swing: 0.5, periodSeconds: 1 }], referenceVolts: 2 }, 0, 768],
  ])("%j, input %d", (parameters, input, code) => expect(measured(parameters, input)).toBe(code));

  test.each([
    [{ volts: Array(9).fill(0) }, "expected at most 8 inputs"],
    [{ referenceVolts: 0 }, '"referenceVolts": expected a number from 0.25 to 5.5'],
    [{ part: "MCP3208" }, '"part"'],
    [{ volt: [1] }, '"volt" is no parameter of this model; remove it, or correct its spelling.'],
  ])("%j is refused", (parameters, message) => {
    expect(() => model.create(parameters, new VirtualClock())).toThrow(message);
  });
});
