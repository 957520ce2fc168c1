import { DriverError } from "@busbar/guest";
import { GpioPlayback, type PlayedInput } from "@busbar/guest/gpio-playback";
import { describe, expect, test } from "vitest";
import { Button } from "../src/button.ts";

const edge = (active: boolean, timeMs: number) => ({ active, timeMs });

function open(button: PlayedInput) {
  const playback = new GpioPlayback({ button });
  return { playback, button: new Button(playback.lines, playback.time) };
}

describe("Button", () => {
  test("begins to watch before it reads, and so misses nothing", () => {
    const { playback, button } = open({ reads: [true] });
    expect(playback.calls).toEqual(["input button", "watch button", "read button", "wait button 0"]);
    expect(button.isClosed()).toBe(true);
  });

  test("an edge while it was opened is a change, whether it was read before or after", () => {
    for (const read of [false, true]) {
      const { playback, button } = open({ reads: [read], waits: [[edge(true, 5)], [edge(false, 9)]] });
      expect(button.nextChanges(100)).toEqual({ changes: [{ closed: true, timeMs: 5 }], lost: false });
      expect(button.nextChanges(100)).toEqual({ changes: [{ closed: false, timeMs: 9 }], lost: false });
      expect(playback.calls.filter((call) => call.startsWith("wait"))).toEqual([
        "wait button 0",
        "wait button 100",
      ]);
    }
  });

  test("a second edge to the same state is no change, from the start on", () => {
    const waits = [[], [edge(false, 1), edge(true, 2), edge(true, 3), edge(false, 4)], [edge(false, 5)]];
    const { button } = open({ reads: [false], waits });
    expect(button.nextChanges(100).changes).toEqual([
      { closed: true, timeMs: 2 },
      { closed: false, timeMs: 4 },
    ]);
    expect(button.nextChanges(100).changes).toEqual([]);
  });

  test("says once that changes were lost", () => {
    const { button } = open({ waits: [[], [edge(true, 1)]], lost: [3] });
    expect(button.nextChanges(100)).toMatchObject({ lost: true });
    expect(button.nextChanges(100)).toMatchObject({ lost: false });
  });

  test.each([0, 1, 2, 3])("call %i that fails fails the opening", (call) => {
    const playback = new GpioPlayback();
    playback.failAt(call);
    expect(() => new Button(playback.lines)).toThrow(DriverError);
  });

  test("a failure later is told, and the next call works", () => {
    const { playback, button } = open({ reads: [true] });
    playback.failAt(4);
    expect(() => button.isClosed()).toThrow(DriverError);
    expect(button.isClosed()).toBe(true);
    button.close();
    button.close();
  });
});
