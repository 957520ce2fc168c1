import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import type { AppContext } from "../src/app/context.ts";
import { appStdin, appStdout } from "../src/app/wasi/cli.ts";
import { appMonotonicClock } from "../src/app/wasi/clocks.ts";
import { CallBudget } from "../src/instance/budget.ts";
import { wasiPoll } from "../src/interfaces/wasi-poll.ts";
import { FakeClock } from "./fakes.ts";

/** An app whose output is taken when the test says so. */
function app() {
  const controller = new AbortController();
  const printed: string[] = [];
  const takes: PromiseWithResolvers<void>[] = [];
  const clock = new FakeClock();
  const budget = new CallBudget(clock, Number.POSITIVE_INFINITY);
  const abort = (reason: string) => {
    controller.abort(new Error(reason));
    budget.abort(reason);
  };
  const context = {
    clock,
    signal: controller.signal,
    budget,
    output: (bytes: Uint8Array) => {
      printed.push(new TextDecoder().decode(bytes));
      const take = Promise.withResolvers<void>();
      takes.push(take);
      return take.promise;
    },
  } as unknown as AppContext;
  const { getStdout } = appStdout(context);
  return { abort, context, getStdout, printed, takes };
}

const text = (content: string) => new TextEncoder().encode(content);

/** Whether a promise has settled once everything that can go on has gone on. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(
    () => {
      settled = true;
    },
    () => {
      settled = true;
    },
  );
  await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

describe("what an app prints and nobody reads", () => {
  test("is not kept: blocking writes wait, also on another stream to the same place", async () => {
    const { getStdout, printed, takes } = app();
    const first = getStdout().blockingWriteAndFlush(text("one"));
    const second = getStdout().blockingWriteAndFlush(text("two"));
    expect(await isSettled(first)).toBe(false);
    expect(printed).toEqual(["one"]);
    takes[0]!.resolve();
    await first;
    expect(await isSettled(second)).toBe(false);
    expect(printed).toEqual(["one", "two"]);
    takes[1]!.resolve();
    await second;
  });

  test("polling for it, or for input, again and again leaves nothing behind", async () => {
    const { context, getStdout } = app();
    const clock = appMonotonicClock(context);
    const { poll } = wasiPoll(context);
    const stdout = getStdout();
    stdout.write(text("one"));
    const { getStdin } = appStdin({ ...context, input: () => new Promise(() => {}) });
    const waited = [stdout.subscribe(), getStdin().subscribe()];
    for (let round = 0; round < 5; round += 1) {
      expect(await poll([...waited, clock.subscribeDuration(1_000_000n)])).toEqual(Uint32Array.of(2));
    }
    expect(getEventListeners(context.signal, "abort")).toEqual([]);
  });

  test("check-write tells the truth, and a write without room is a trap", async () => {
    const { getStdout, printed, takes } = app();
    const stdout = getStdout();
    expect(stdout.checkWrite()).toBe(4096n);
    stdout.write(text("one"));
    expect(stdout.checkWrite()).toBe(0n);
    expect(() => stdout.write(text("two"))).toThrow("more was written than check-write permits");
    const flushed = stdout.blockingFlush();
    expect(await isSettled(flushed)).toBe(false);
    takes[0]!.resolve();
    await flushed;
    expect(stdout.checkWrite()).toBe(4096n);
    expect(() => stdout.write(new Uint8Array(4097))).toThrow("more was written than check-write permits");
    expect(printed).toEqual(["one"]);
  });

  test("a poll waits for room, or for a clock beside it", async () => {
    const { context, getStdout, takes } = app();
    const { poll } = wasiPoll(context);
    const stdout = getStdout();
    const room = stdout.subscribe();
    expect(await poll([room])).toEqual(Uint32Array.of(0));
    stdout.write(text("one"));
    const polled = poll([room]);
    expect(await isSettled(polled)).toBe(false);
    const clock = appMonotonicClock(context).subscribeDuration(5_000_000n);
    expect(await poll([room, clock])).toEqual(Uint32Array.of(1));
    takes[0]!.resolve();
    expect(await polled).toEqual(Uint32Array.of(0));
    // The wait for room alone was none of time.
    expect(context.clock.now()).toBe(5);
  });

  test("the end of the app ends its waits", async () => {
    const { abort, context, getStdout } = app();
    const stdout = getStdout();
    stdout.write(text("one"));
    const waits = [
      stdout.blockingFlush(),
      stdout.subscribe().block(),
      wasiPoll(context).poll([stdout.subscribe()]),
    ];
    abort("stopped");
    for (const wait of waits) await expect(wait).rejects.toThrow("stopped");
  });

  test("an output that fails is told to whoever waits, and there is room again", async () => {
    const { getStdout, takes } = app();
    const stdout = getStdout();
    const flushed = stdout.blockingWriteAndFlush(text("one"));
    takes[0]!.reject(new Error("no space"));
    await expect(flushed).rejects.toThrow("no space");
    expect(stdout.checkWrite()).toBe(4096n);
  });
});
