import { payload } from "@busbar/contract";
import { type ExpectedUartCall, UartPlayback } from "@busbar/guest/uart-playback";
import { describe, expect, test } from "vitest";
import { MHZ19B, type MHZ19BOptions } from "../src/mh-z19b.ts";

const ask: ExpectedUartCall = { write: [0xff, 0x01, 0x86, 0, 0, 0, 0, 0, 0x79] };
/** The manual's own example: 544 ppm. */
const answer = [0xff, 0x86, 0x02, 0x20, 0, 0, 0, 0, 0x58];
const reading = (...pieces: readonly number[][]): ExpectedUartCall[] => [
  { discard: true },
  ask,
  ...pieces.map((read) => ({ read })),
];

function play<Result>(
  expected: readonly ExpectedUartCall[],
  use: (openSensor: (options?: Partial<MHZ19BOptions>) => MHZ19B, playback: UartPlayback) => Result,
): Result {
  const playback = new UartPlayback(expected);
  const result = use((options) => new MHZ19B(playback.port, playback.timer, options), playback);
  playback.done();
  return result;
}

describe("an MH-Z19B", () => {
  test("is asked, and answers as in the manual", () => {
    play([...reading(answer), ...reading(answer.slice(0, 4), answer.slice(4))], (openSensor) => {
      const sensor = openSensor();
      expect(sensor.info).toEqual({ vendor: "Winsen", model: "MH-Z19B" });
      expect(sensor.channels).toMatchObject([{ quantity: "gas-concentration", maximum: 10_000 }]);
      expect(sensor.read()).toEqual({ co2: 544 });
      sensor.close();
    });
  });

  test("is set as the options say, before it is asked", () => {
    const range: ExpectedUartCall = { write: [0xff, 0x01, 0x99, 0, 0, 0, 0x07, 0xd0, 0x8f] };
    const off: ExpectedUartCall = { write: [0xff, 0x01, 0x79, 0, 0, 0, 0, 0, 0x86] };
    const on: ExpectedUartCall = { write: [0xff, 0x01, 0x79, 0xa0, 0, 0, 0, 0, 0xe6] };
    play([range, off, ...reading(answer)], (openSensor) => {
      const sensor = openSensor({ range: 2000, automaticBaselineCorrection: "off" });
      expect(sensor.channels[0]!.maximum).toBe(2000);
    });
    play([on, ...reading(answer)], (openSensor) => void openSensor({ automaticBaselineCorrection: "on" }));
  });

  test("passes over what is no answer: half of one, an answer to another command, a wrong checksum", () => {
    const other = [0xff, 0x79, 0x01, 0, 0, 0, 0, 0, 0x86];
    const wrong = [...answer.slice(0, 8), 0x59];
    play(reading(answer.slice(5), other, wrong, answer), (openSensor) => void openSensor());
  });

  test("says so where nothing answers, or something else does", () => {
    play(reading([]), (openSensor) => {
      expect(payload(() => openSensor())).toMatchObject({ tag: "timeout" });
    });
    play(reading([0x24, 0x47, 0x50], []), (openSensor) => {
      expect(payload(() => openSensor())).toMatchObject({ tag: "protocol" });
    });
  });

  test("says what was wrong on the line where the answer was lost by that", () => {
    const disturbed: ExpectedUartCall = { read: [], error: { tag: "framing" } };
    play([...reading(answer.slice(0, 3)), disturbed, { read: [] }], (openSensor) => {
      expect(payload(() => openSensor())).toMatchObject({ tag: "bus", val: { kind: "bus" } });
    });
  });

  test("has no readings while it warms up", () => {
    play([...reading(answer), ...reading(answer), ...reading(answer)], (openSensor, { timer }) => {
      const sensor = openSensor({ warmUpS: 180 });
      timer.waitMs(100_000);
      expect(payload(() => sensor.read())).toEqual({
        ...{ tag: "timeout", val: "The MH-Z19B warms up for 80 more seconds; read it then." },
      });
      timer.waitMs(80_000);
      expect(sensor.read()).toEqual({ co2: 544 });
    });
  });

  test.each(["denied", "disconnected", "other"] as const)("%s at each call is an error of its own", (tag) => {
    const kinds = { denied: "access-denied", disconnected: "disconnected", other: "bus" };
    const calls = reading(answer);
    for (const [index, call] of calls.entries()) {
      const expected = [...calls.slice(0, index), { ...call, error: { tag, val: "injected" } }];
      play(expected, (openSensor) => {
        expect(payload(() => openSensor())).toMatchObject({ tag: kinds[tag] });
      });
    }
  });
});
