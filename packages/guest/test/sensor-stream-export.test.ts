import { describe, expect, test } from "vitest";
import {
  type FutureReadable,
  type FutureWritable,
  type Reading,
  type SensorExport,
  type StreamEngine,
  type StreamOutcome,
  type StreamReadable,
  type StreamWritable,
  sensorStreamOn,
} from "../src/index.ts";

/**
 * An engine whose host writes down what happens, and does what a reader would: `reads` how many readings before it drops the
 * stream. Writing waits a turn, as in a guest.
 */
function setUp({ reads = 3, fail }: { reads?: number; fail?: { at: number; with: unknown } } = {}) {
  const log: string[] = [];
  const outcome = Promise.withResolvers<StreamOutcome | undefined>();
  let taken = 0;
  let measured = 0;
  let isDropped = false;
  const gone = () => taken >= reads;
  const writable: StreamWritable<Reading> = {
    write: async (items) => {
      if (isDropped) throw new TypeError("already dropped");
      expect(items).toEqual([]);
      isDropped = gone();
      return 0;
    },
    writeOne: async (reading) => {
      log.push(`send ${reading}`);
      taken += 1;
      return 1;
    },
    drop: () => void log.push("end"),
    [Symbol.dispose]: () => {},
  };
  const told: FutureWritable<StreamOutcome> = {
    write: async (value) => {
      outcome.resolve(value);
      return true;
    },
    drop: () => outcome.resolve(undefined),
    [Symbol.dispose]: () => {},
  };
  const engine: StreamEngine = {
    afterMs: (ms) => {
      log.push(`timer ${ms}`);
      return {
        read: async () => ms,
        drop: () => void log.push("timer dropped"),
        [Symbol.dispose]: () => {},
      };
    },
    makeStream: () => ({ readable: {} as StreamReadable<Reading>, writable }),
    makeOutcome: () => ({ readable: {} as FutureReadable<StreamOutcome>, writable: told }),
  };
  const sensor = {
    Device: undefined as unknown as SensorExport["Device"],
    open: (name: string) => ({
      info: () => ({ vendor: "Nobody", model: name }),
      channels: () => [],
      read: () => {
        measured += 1;
        if (fail !== undefined && measured === fail.at) throw fail.with;
        return [measured];
      },
      close: () => void log.push("close"),
      [Symbol.dispose]: () => {},
    }),
  } satisfies SensorExport;
  return { log, outcome: outcome.promise, exported: sensorStreamOn(engine, sensor) };
}

describe("readings", () => {
  test("come once a period until the reader stops, and what was made for them is dropped", async () => {
    const { log, outcome, exported } = setUp({ reads: 2 });
    const device = await exported.open("indoor");
    await device.readings(50);
    expect(await outcome).toEqual({ tag: "ok" });
    expect(log).toEqual([
      "timer 50",
      "send 1",
      "timer dropped",
      "timer 50",
      "send 2",
      // Nobody waits for the next period.
      "timer dropped",
      "end",
    ]);
  });

  test("end with the error of the one that fails", async () => {
    const error = { tag: "protocol", val: "It sent nonsense." } as const;
    const { log, outcome, exported } = setUp({ fail: { at: 2, with: error } });
    await (await exported.open("indoor")).readings(50);
    expect(await outcome).toEqual({ tag: "err", val: error });
    expect(log.filter((line) => line.startsWith("send"))).toEqual(["send 1"]);
    expect(log.at(-1)).toBe("end");
  });

  test("end without an outcome after a bug in the driver", async () => {
    const { log, outcome, exported } = setUp({ fail: { at: 2, with: new Error("a bug in the driver") } });
    await (await exported.open("indoor")).readings(50);
    expect(await outcome).toBeUndefined();
    expect(log.at(-1)).toBe("end");
  });

  test("are refused every 0 ms and less often than once a day", async () => {
    const { exported } = setUp();
    const device = await exported.open("indoor");
    // The engine's own form of 2^32 - 1 is the last.
    for (const everyMs of [0, 86_400_001, -1]) {
      await expect(device.readings(everyMs)).rejects.toEqual({
        tag: "invalid-argument",
        val: `Readings cannot come every ${everyMs >>> 0} ms; ask for one every 1 to 86400000 ms.`,
      });
    }
  });
});

test("the sensor is the one of the plain export", async () => {
  const { log, exported } = setUp();
  const device = await exported.open("indoor");
  expect(device.info()).toEqual({ vendor: "Nobody", model: "indoor" });
  expect(device.channels()).toEqual([]);
  expect(await device.read()).toEqual([1]);
  device.close();
  expect(log).toEqual(["close"]);
});

test("a failed read is the WIT error", async () => {
  const error = { tag: "timeout", val: "It does not answer." } as const;
  const { exported } = setUp({ fail: { at: 1, with: error } });
  const device = await exported.open("indoor");
  await expect(device.read()).rejects.toEqual(error);
});
