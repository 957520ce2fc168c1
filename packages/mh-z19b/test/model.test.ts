import { VirtualClock } from "@busbar/sim";
import { expect, test } from "vitest";
import model, { type InfraredCo2 } from "../src/model.ts";

const ask = [0xff, 0x01, 0x86, 0, 0, 0, 0, 0, 0x79];

function part(parameters: object) {
  const clock = new VirtualClock(1000);
  const made = model.create(parameters, clock) as InfraredCo2;
  const tell = (bytes: readonly number[], atMs: number) => {
    for (const byte of bytes) made.receive(byte, atMs);
    if (made.nextMs === undefined) return undefined;
    return { atMs: made.nextMs, bytes: [...made.send()] };
  };
  return { made, tell };
}

test("answers as in the manual, and only that", () => {
  const { tell } = part({ co2: 544, answerMs: 30 });
  expect(tell(ask, 2000)).toEqual({ atMs: 2030, bytes: [0xff, 0x86, 0x02, 0x20, 0, 0, 0, 0, 0x58] });
  expect(tell([...ask.slice(0, 8), 0x78], 2000)).toBeUndefined();
  expect(tell([1, 2, 3, ...ask], 2000)).toBeDefined();
  expect(tell([0xff, 0x02, 0x86, 0, 0, 0, 0, 0, 0x78], 2000)).toBeUndefined();
});

test("keeps its range and its self-calibration", () => {
  const { made, tell } = part({ co2: 8000 });
  expect(tell(ask, 2000)!.bytes.slice(2, 4)).toEqual([0x13, 0x88]);
  expect(tell([0xff, 0x01, 0x99, 0, 0, 0, 0x27, 0x10, 0x2f], 2000)).toBeUndefined();
  expect(made.range).toBe(10_000);
  expect(tell(ask, 2000)!.bytes.slice(2, 4)).toEqual([0x1f, 0x40]);
  expect(made.selfCalibration).toBe(true);
  tell([0xff, 0x01, 0x79, 0, 0, 0, 0, 0, 0x86], 2000);
  expect(made.selfCalibration).toBe(false);
});

test("gives 410 ppm for three minutes where it is cold", () => {
  const { tell } = part({ co2: 900, warm: false });
  expect(tell(ask, 180_999)!.bytes.slice(2, 4)).toEqual([0x01, 0x9a]);
  expect(tell(ask, 181_000)!.bytes.slice(2, 4)).toEqual([0x03, 0x84]);
});

test.each([
  [{ co2: -1 }, '"co2"'],
  [{ range: 3000 }, '"range"'],
  [{ more: 1 }, '"more" is no parameter of this model'],
])("%j is refused", (parameters, message) => {
  expect(() => model.create(parameters, new VirtualClock())).toThrow(message);
});
