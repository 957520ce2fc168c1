import { DriverError } from "@busbar/guest";
import { GpioPlayback } from "@busbar/guest/gpio-playback";
import { describe, expect, test } from "vitest";
import { Relay } from "../src/relay.ts";

describe("Relay", () => {
  test("is switched off when it is opened, set, and switched off once when it is closed", () => {
    const { lines, time, calls } = new GpioPlayback();
    const relay = new Relay(lines, time);
    expect(relay.isOn()).toBe(false);
    relay.set(true);
    expect(relay.isOn()).toBe(true);
    relay.close();
    relay.close();
    expect(calls).toEqual(["output relay", "set relay false", "set relay true", "set relay false"]);
  });

  test("a line that is not there, or cannot be set, is told; what it was set to before stays", () => {
    for (const call of [0, 1]) {
      const playback = new GpioPlayback();
      playback.failAt(call);
      expect(() => new Relay(playback.lines)).toThrow(DriverError);
    }
    const playback = new GpioPlayback();
    const relay = new Relay(playback.lines);
    playback.failAt(2);
    expect(() => relay.set(true)).toThrow(DriverError);
    expect(relay.isOn()).toBe(false);
  });

  test("closing does not fail where the line does", () => {
    const playback = new GpioPlayback();
    const relay = new Relay(playback.lines);
    playback.failAt(2);
    relay.close();
    expect(playback.calls.at(-1)).toBe("set relay false");
  });

  test("an option that there is not is refused before anything is opened", () => {
    const { lines, time, calls } = new GpioPlayback();
    expect(() => new Relay(lines, time, { inverted: true } as object)).toThrow(
      'There is no option "inverted".',
    );
    expect(calls).toEqual([]);
  });
});
