import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { nodeClock } from "../src/clock.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Whether a promise has settled, and how. */
function watched(promise: Promise<void>) {
  const state = { over: false, failed: undefined as unknown };
  promise.then(
    () => {
      state.over = true;
    },
    (reason) => {
      state.failed = reason;
    },
  );
  return state;
}

describe("a sleep", () => {
  test.each([24.8, 24.9, 49.8, 400])("of %d days waits", async (days) => {
    const sleep = watched(nodeClock.sleep(days * DAY_MS));
    await vi.advanceTimersByTimeAsync(days * DAY_MS - 1000);
    expect(sleep.over).toBe(false);
    await vi.advanceTimersByTimeAsync(2000);
    expect(sleep.over).toBe(true);
  });

  test("without end ends only with its signal", async () => {
    const stop = new AbortController();
    const sleep = watched(nodeClock.sleep(Number.POSITIVE_INFINITY, stop.signal));
    await vi.advanceTimersByTimeAsync(400 * DAY_MS);
    expect(sleep).toEqual({ over: false, failed: undefined });
    stop.abort("enough");
    await vi.advanceTimersByTimeAsync(0);
    expect(sleep.failed).toBe("enough");
    expect(vi.getTimerCount()).toBe(0);
  });

  test("that is aborted after months leaves no timer", async () => {
    const stop = new AbortController();
    const sleep = watched(nodeClock.sleep(100 * DAY_MS, stop.signal));
    await vi.advanceTimersByTimeAsync(60 * DAY_MS);
    stop.abort("enough");
    await vi.advanceTimersByTimeAsync(0);
    expect(sleep.failed).toBe("enough");
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([0, -1, Number.NEGATIVE_INFINITY])("of %d is over at once", async (ms) => {
    await nodeClock.sleep(ms);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("of NaN is refused", async () => {
    await expect(nodeClock.sleep(Number.NaN)).rejects.toThrow(RangeError);
  });
});
