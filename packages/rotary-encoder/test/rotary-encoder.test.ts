import { payload } from "@busbar/contract";
import type { LineEdge } from "@busbar/guest";
import { GpioPlayback, type PlayedInput } from "@busbar/guest/gpio-playback";
import { describe, expect, test } from "vitest";
import { RotaryEncoder, type RotaryEncoderOptions } from "../src/rotary-encoder.ts";

const edge = (active: boolean, timeMs: number): LineEdge => ({ active, timeMs });
/** One detent up, from a time on. */
const up = (fromMs: number) => ({
  a: [edge(true, fromMs), edge(false, fromMs + 20)],
  b: [edge(true, fromMs + 10), edge(false, fromMs + 30)],
});

function open(
  inputs: { readonly a?: PlayedInput; readonly b?: PlayedInput },
  options: Partial<RotaryEncoderOptions> = {},
) {
  const playback = new GpioPlayback({ ...inputs });
  const encoder = new RotaryEncoder(playback.lines, playback.time, options);
  return { playback, encoder, at: (ms: number) => playback.time.waitMs(ms - playback.time.nowMs()) };
}

describe("a reading", () => {
  test("is what was turned since it was opened, and waits for nothing", () => {
    const { playback, encoder, at } = open({
      a: { waits: [[], up(100).a, []] },
      b: { waits: [[], up(100).b, []] },
    });
    expect(encoder.channels).toEqual([
      { quantity: "angle", label: "angle", minimum: -3.6e8, maximum: 3.6e8, resolution: 18 },
    ]);
    expect(playback.calls).toEqual([
      ...["input a", "watch a", "input b", "watch b", "read a", "read b", "wait a 0", "wait b 0"],
    ]);
    at(1000);
    expect(encoder.read()).toEqual({ angle: 18 });
    expect(encoder.read()).toEqual({ angle: 18 });
    encoder.close();
  });

  test.each([
    [{ stepsPerDetent: 1, detentsPerTurn: 100 }, 14.4],
    [{ stepsPerDetent: 2, detentsPerTurn: 24 }, 30],
    [{ reverse: true }, -18],
  ] as const)("with %j", (options, angle) => {
    const { encoder, at } = open({ a: { waits: [[], up(100).a] }, b: { waits: [[], up(100).b] } }, options);
    at(1000);
    expect(encoder.read().angle).toBeCloseTo(angle, 9);
  });

  test("on the way to the next detent it is in the last, and back again it has not moved", () => {
    const { encoder, at } = open({
      a: { waits: [[], [edge(true, 100)], [], [edge(false, 130)]] },
      b: { waits: [[], [edge(true, 110)], [edge(false, 120)], []] },
    });
    at(1000);
    expect([encoder.read(), encoder.read(), encoder.read()].map(({ angle }) => angle)).toEqual([0, 0, 0]);
  });

  test("an edge after it began waits for the next, because one of the other line may have been before it", () => {
    const { a, b } = up(100);
    // B's are told first.
    const { encoder, at } = open({ a: { waits: [[], [], a] }, b: { waits: [[], b, []] } });
    at(99);
    expect(encoder.read()).toEqual({ angle: 0 });
    at(1000);
    expect(encoder.read()).toEqual({ angle: 18 });
  });

  test.each([
    ["nobody took them", { a: { lost: [1] }, b: {} }],
    ["nobody took them of B", { a: {}, b: { lost: [7] } }],
    [
      "a controller missed one",
      { a: { waits: [[], [edge(true, 1), edge(true, 3)]] }, b: { waits: [[], [edge(true, 2)]] } },
    ],
  ])("where edges are lost because %s it is an error once, and counts from 0 again", (_, { a, b }) => {
    const more = up(100);
    const then = (input: PlayedInput, edges: readonly LineEdge[]): PlayedInput => ({
      ...input,
      waits: [...(input.waits ?? [[], []]), [], edges],
    });
    const { encoder, at } = open({ a: then(a, more.a), b: then(b, more.b) });
    at(50);
    expect(payload(() => encoder.read())).toEqual({
      tag: "protocol",
      val: expect.stringContaining("it counts from 0 again"),
    });
    at(1000);
    expect(encoder.read()).toEqual({ angle: 18 });
  });

  test("an edge between its opening and its first look says what it was before", () => {
    const { encoder, at } = open({
      a: { reads: [true], waits: [[edge(true, 1)], up(1).a.slice(1)] },
      b: { waits: [[], up(1).b] },
    });
    at(1000);
    expect(encoder.read()).toEqual({ angle: 18 });
  });

  test("a line that fails is the reading's error", () => {
    const { playback, encoder } = open({});
    playback.failAt(playback.calls.length);
    expect(payload(() => encoder.read()).tag).toBe("bus");
  });
});

test.each([{ detentsPerTurn: 0 }, { stepsPerDetent: 3 }, { reverse: 1 }, { bounce: 1 }])(
  "%j is refused",
  (options) => {
    expect(payload(() => open({}, options as object)).tag).toBe("invalid-argument");
  },
);
