import { DriverError, type LineEdge } from "@busbar/guest";
import { GpioPlayback } from "@busbar/guest/gpio-playback";
import { describe, expect, test } from "vitest";
import { distanceOf, speedOfSound } from "../src/conversion.ts";
import { HCSR04 } from "../src/hc-sr04.ts";

const edge = (active: boolean, timeMs: number): LineEdge => ({ active, timeMs });

/** Opens one whose ECHO gives these edges, one list for each wait after the first, which takes what is old. */
function open(...waits: (readonly LineEdge[])[]) {
  const playback = new GpioPlayback({ echo: { waits: [[], ...waits] } });
  return { playback, ranger: new HCSR04(playback.lines, playback.time) };
}

function tag(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof DriverError) return error.payload.tag;
    throw error;
  }
  return "nothing was thrown";
}

describe("conversion", () => {
  test("the data sheet's own rule of thumb: microseconds / 58 = centimetres", () => {
    // It counts with 340 m/s and rounds: 58 µs are 0.986 cm at 14.4 °C, where sound has that speed.
    expect(speedOfSound(14.36)).toBeCloseTo(340, 1);
    for (const cm of [2, 10, 100, 400]) {
      expect((distanceOf(cm * 0.058, 14.36) * 100) / (cm * 0.986)).toBeCloseTo(1, 4);
    }
  });

  test.each([-20, 0, 20, 60])("at %i °C it is that of an ideal gas, to 0.3 %%", (celsius) => {
    expect(speedOfSound(celsius) / (331.3 * Math.sqrt(1 + celsius / 273.15))).toBeCloseTo(1, 2);
  });
});

describe("HCSR04", () => {
  test("triggers for at least 10 µs and takes the time between the edges of ECHO", () => {
    const { playback, ranger } = open([edge(true, 1.5)], [edge(false, 1.5 + 5.824)]);
    expect(ranger.read().distance).toBeCloseTo(1, 3);
    expect(playback.calls).toEqual([
      ...["output trigger", "set trigger false", "input echo", "watch echo"],
      ...["wait echo 0", "lost echo", "set trigger true", "pause 1", "set trigger false"],
      ...["wait echo 250", "wait echo 250"],
    ]);
  });

  test("waits until a cycle is over before it measures again", () => {
    const { playback, ranger } = open([edge(true, 2), edge(false, 8)], [], [edge(true, 70), edge(false, 76)]);
    ranger.read();
    ranger.read();
    expect(playback.calls.filter((call) => call.startsWith("pause"))).toEqual([
      "pause 1",
      "pause 60",
      "pause 1",
    ]);
  });

  test.each([
    ["ECHO does not answer", [[]], "timeout"],
    ["ECHO stays high", [[edge(true, 2)], []], "timeout"],
    ["nothing is in range", [[edge(true, 2), edge(false, 40)]], "timeout"],
    ["the edge up is missing", [[edge(false, 2), edge(false, 8)]], "protocol"],
    ["there are more edges than two", [[edge(true, 2)], [edge(false, 3), edge(true, 4)]], "protocol"],
  ] as const)("%s: an error, and the next reading works", (_, waits, expected) => {
    const { ranger } = open(...waits, [], [edge(true, 500), edge(false, 506)]);
    expect(tag(() => ranger.read())).toBe(expected);
    expect(ranger.read().distance).toBeGreaterThan(1);
  });

  test("what is nearer than it can measure is no fault of its driver", () => {
    const { ranger } = open([edge(true, 1.5)], [edge(false, 1.6)]);
    expect(() => ranger.read()).toThrow(
      "Something is nearer to the HC-SR04 than the 0.02 m that it can measure; move it away.",
    );
  });

  test("a line that fails is told, whichever call it is", () => {
    const good = [edge(true, 2), edge(false, 8)];
    for (let call = 0; call < 10; call += 1) {
      const playback = new GpioPlayback({ echo: { waits: [[], good, [], good] } });
      playback.failAt(call);
      const result = tag(() => new HCSR04(playback.lines, playback.time).read());
      // The sixth is a pause, which is no call of a line.
      expect(result).toBe(call === 7 ? "nothing was thrown" : "bus");
    }
  });

  test("an option that is not allowed is refused before a line is taken", () => {
    const { lines, time, calls } = new GpioPlayback();
    expect(tag(() => new HCSR04(lines, time, { airTemperature: 61 }))).toBe("invalid-argument");
    expect(calls).toEqual([]);
  });
});
