import { VirtualClock } from "@busbar/sim";
import { expect, test } from "vitest";
import model, { type ParticleCounter } from "../src/model.ts";

function counter(parameters: object = {}) {
  const part = model.create(parameters, new VirtualClock(100)) as ParticleCounter;
  const tell = (bytes: readonly number[], atMs: number) => {
    for (const byte of bytes) part.receive(byte, atMs);
  };
  const sent = () => ({ atMs: part.nextMs, bytes: Buffer.from(part.send()).toString("hex") });
  return { part, sent, tell };
}

test("sends a frame each interval, by itself", () => {
  const { sent } = counter({ pm1: 1, pm25: 2, pm10: 300, standardFactor: 2 });
  const { atMs, bytes } = sent();
  expect(atMs).toBe(2400);
  expect(bytes).toBe("424d001c00020004025800010002012c04b0015400370006000200019700031b");
  expect(sent().atMs).toBe(4700);
});

test("answers in passive mode what it is asked, and nothing else", () => {
  const { part, sent, tell } = counter();
  tell([0x42, 0x4d, 0xe2, 0, 0, 0x01, 0x71], 150);
  expect(part.nextMs).toBe(2400);
  tell([0x42, 0x4d, 0xe1, 0, 0, 0x01, 0x70], 200);
  expect(sent()).toEqual({ atMs: 200, bytes: "424d0004e1000174" });
  expect(part.nextMs).toBeUndefined();
  tell([0x42, 0x42, 0x4d, 0xe2, 0, 0, 0x01, 0x71], 300);
  expect(sent().bytes).toHaveLength(64);
  tell([0x42, 0x4d, 0xe2, 0, 0, 0x01, 0x72], 400);
  expect(part.nextMs).toBeUndefined();
});

test("sleeps and wakes up", () => {
  const { part, sent, tell } = counter();
  tell([0x42, 0x4d, 0xe4, 0, 0, 0x01, 0x73], 200);
  expect(sent().bytes).toBe("424d0004e4000177");
  expect([part.isAwake, part.isActive, part.nextMs]).toEqual([false, true, undefined]);
  tell([0x42, 0x4d, 0xe4, 0, 1, 0x01, 0x74], 500);
  sent();
  expect(part.nextMs).toBe(2800);
});

test.each([
  [{ pm1: -1 }, '"pm1"'],
  [{ numbers: [1, 2] }, '"numbers"'],
  [{ more: 1 }, '"more" is no parameter of this model'],
])("%j is refused", (parameters, message) => {
  expect(() => model.create(parameters, new VirtualClock())).toThrow(message);
});
