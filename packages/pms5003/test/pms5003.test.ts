import { payload } from "@busbar/contract";
import { type ExpectedUartCall, UartPlayback } from "@busbar/guest/uart-playback";
import { describe, expect, test } from "vitest";
import { ParticleCounter } from "../src/model.ts";
import { PMS5003, type PMS5003Options } from "../src/pms5003.ts";

const air = {
  pm1: 5,
  pm25: 12,
  pm10: 20,
  standardFactor: 1,
  numbers: [1200, 340, 55, 6, 2, 1],
  intervalMs: 800,
};
const frame = [...new ParticleCounter(air, 0).send()];
const discard: ExpectedUartCall = { discard: true };
const command = (code: number, data: number): ExpectedUartCall => ({
  write: [0x42, 0x4d, code, 0, data, 0x01, (0x8f + code + data) & 0xff],
});
const answer = (code: number, data: number) => [
  0x42,
  0x4d,
  0,
  4,
  code,
  data,
  0x01,
  (0x93 + code + data) & 0xff,
];

function play<Result>(
  expected: readonly ExpectedUartCall[],
  use: (openSensor: (options?: Partial<PMS5003Options>) => PMS5003, playback: UartPlayback) => Result,
): Result {
  const playback = new UartPlayback(expected);
  const result = use((options) => new PMS5003(playback.port, playback.timer, options), playback);
  playback.done();
  return result;
}

describe("a PMS5003", () => {
  test("that is active is only listened to: what came before a reading is not of it", () => {
    play([discard, { read: frame }, discard, { read: frame.slice(20) }, { read: frame }], (openSensor) => {
      const sensor = openSensor();
      expect(sensor.channels.map(({ label }) => label)).toEqual(["pm1", "pm2.5", "pm10"]);
      expect(sensor.read()).toMatchObject({ pm1: 5, "pm2.5": 12, pm10: 20, "pm1-standard": undefined });
      sensor.close();
    });
  });

  test("that is passive is asked, and made active again in the end", () => {
    const calls = [
      ...[command(0xe1, 0), discard, command(0xe2, 0), { read: [...answer(0xe1, 0), ...frame] }],
      ...[discard, command(0xe2, 0), { read: frame }, command(0xe1, 1)],
    ];
    play(calls, (openSensor) => {
      const sensor = openSensor({ mode: "passive", numbers: true });
      expect(sensor.read()).toMatchObject({ pm10: 20, "beyond-0.3um": 12_000_000, "beyond-10um": 10_000 });
      sensor.close();
      sensor.close();
    });
  });

  test("is woken up, has no readings while its fan settles, and goes to sleep", () => {
    const calls = [
      ...[command(0xe4, 1), discard, { read: [...answer(0xe4, 1), ...frame] }],
      ...[discard, { read: frame }, discard, { read: frame }, command(0xe4, 0)],
    ];
    play(calls, (openSensor, { timer }) => {
      const sensor = openSensor({ sleep: true });
      timer.waitMs(10_000);
      expect(payload(() => sensor.read())).toEqual({
        ...{
          tag: "timeout",
          val: "The fan of the PMS5003 needs 20 more seconds after its sleep; read it then.",
        },
      });
      timer.waitMs(20_000);
      expect(sensor.read()).toMatchObject({ pm1: 5 });
      sensor.close();
    });
  });

  test("closing does not mind that it is gone", () => {
    const gone: ExpectedUartCall = { ...command(0xe4, 0), error: { tag: "disconnected", val: "gone" } };
    play([command(0xe4, 1), discard, { read: frame }, gone], (openSensor) =>
      openSensor({ sleep: true }).close(),
    );
  });

  test("nothing, and something else, are told apart", () => {
    const text = (use: () => unknown) => JSON.stringify(payload(use));
    play([discard, { read: [] }], (openSensor) => {
      expect(text(() => openSensor())).toContain("The PMS5003 sends nothing; ");
    });
    play([command(0xe1, 0), discard, command(0xe2, 0), { read: [] }], (openSensor) => {
      expect(text(() => openSensor({ mode: "passive" }))).toContain("The PMS5003 does not answer; ");
    });
    play([discard, { read: [0x24, 0x47] }, { read: [] }], (openSensor) => {
      expect(payload(() => openSensor())).toMatchObject({ tag: "wrong-device" });
    });
  });
});
