import { DeviceError, type DeviceErrorPayload, HostError, type Sensor } from "@busbar/host";
import { BackendError } from "@busbar/host/backend";
import { describe, expect, test } from "vitest";
import { type Attempt, keepReading } from "../src/kept-sensor.ts";
import { FakeClock } from "./support/clock.ts";

const fault: DeviceErrorPayload = { tag: "bus", val: { kind: "bus", message: "reading" } };

/** A sensor that does what a script says: a number is a reading, an error is thrown by `read` or, before, `open`. */
function scripted(script: (number | Error | { open: Error })[]) {
  const log: string[] = [];
  const open = async () => {
    log.push("open");
    const next = script[0];
    if (typeof next === "object" && "open" in next) {
      script.shift();
      throw next.open;
    }
    return {
      read: async () => {
        const step = script.shift();
        if (step instanceof Error) throw step;
        return { value: step };
      },
      [Symbol.asyncDispose]: async () => {
        log.push("close");
        if (script.length === 0) throw new DeviceError("indoor", fault);
      },
    } as unknown as Sensor;
  };
  return { open, log };
}

const failing = () => new DeviceError("indoor", fault);

async function run(script: (number | Error | { open: Error })[], times: number) {
  const clock = new FakeClock();
  const { open, log } = scripted(script);
  const attempts: (number | string)[] = [];
  const { signal } = new AbortController();
  for await (const attempt of keepReading({ open, clock, everyMs: 500, times, signal })) {
    attempts.push(describeAttempt(attempt));
  }
  return { attempts, log, sleeps: clock.sleeps };
}

function describeAttempt(attempt: Attempt): number | string {
  return attempt.kind === "reading" ? attempt.reading.value! : `retry in ${attempt.retryMs}`;
}

describe("a kept sensor", () => {
  test("is read at fixed times and closed at the end, even where closing fails", async () => {
    expect(await run([1, 2, 3], 3)).toEqual({
      attempts: [1, 2, 3],
      log: ["open", "close"],
      sleeps: [500, 500],
    });
  });

  test("is opened again after a failure, with waits that grow to a minute and start anew after a success", async () => {
    const { attempts, log, sleeps } = await run(
      [1, ...Array.from({ length: 8 }, failing), 2, failing(), 3],
      12,
    );
    const waits = [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000];
    expect(attempts).toEqual([1, ...waits.map((ms) => `retry in ${ms}`), 2, "retry in 1000", 3]);
    expect(log.filter((entry) => entry === "open")).toHaveLength(10);
    expect(log.filter((entry) => entry === "close")).toHaveLength(10);
    expect(sleeps.slice(1, 9)).toEqual(waits);
  });

  test("may be missing at first: a device that does not answer yet is waited for", async () => {
    const { attempts } = await run([{ open: failing() }, 1], 2);
    expect(attempts).toEqual(["retry in 1000", 1]);
  });

  test("an adapter that goes away later is waited for", async () => {
    const { attempts } = await run([1, failing(), { open: new BackendError("unplugged") }, 2], 4);
    expect(attempts).toEqual([1, "retry in 1000", "retry in 2000", 2]);
  });

  test("what is wrong with the board from the start ends it", async () => {
    const setting = new DeviceError("indoor", { tag: "invalid-argument", val: "bad filter" });
    const grant = new HostError("not-granted", "add it");
    const board = new HostError("board", "no sensor");
    for (const error of [setting, grant, board]) {
      await expect(run([{ open: error }], 5)).rejects.toBe(error);
      // Not only the first attempt: nothing has worked yet.
      await expect(run([{ open: failing() }, { open: error }], 5)).rejects.toBe(error);
    }
  });

  test("what may come by itself is waited for from the start: a bus, a driver that does not start", async () => {
    const { attempts } = await run(
      [{ open: new BackendError("no such bus") }, { open: new HostError("component", "it trapped") }, 1],
      3,
    );
    expect(attempts).toEqual(["retry in 1000", "retry in 2000", 1]);
  });

  test("a setting that was good before is waited for: somebody edits it", async () => {
    const setting = new DeviceError("indoor", { tag: "invalid-argument", val: "bad filter" });
    expect((await run([1, failing(), { open: setting }, 2], 4)).attempts).toEqual([
      1,
      "retry in 1000",
      "retry in 2000",
      2,
    ]);
  });

  test("a bug is not retried", async () => {
    await expect(run([1, new TypeError("oops")], 5)).rejects.toThrow("oops");
  });

  test("ends when it is told to, and is closed", async () => {
    const controller = new AbortController();
    const { open, log } = scripted([1, 2, 3]);
    const clock = new FakeClock();
    let count = 0;
    for await (const _ of keepReading({ open, clock, everyMs: 500, signal: controller.signal })) {
      count += 1;
      if (count === 2) controller.abort();
    }
    expect(count).toBe(2);
    expect(log).toEqual(["open", "close"]);
  });
});
