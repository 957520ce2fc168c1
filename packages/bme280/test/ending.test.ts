/** The ends of a real component: in the middle of a wait, by its limit and from outside. */

import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type BoardEvent, type BoardFile, DeviceError } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { simulate, VirtualClock } from "@busbar/sim";
import { expect, test } from "vitest";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** The longest measurement waits 113 ms (9.1); opening waits 2 ms. */
const settings = {
  "temperature-oversampling": 16,
  "pressure-oversampling": 16,
  "humidity-oversampling": 16,
};

async function openWith(callMs: number) {
  const file: BoardFile = {
    devices: {
      indoor: {
        driver: join(import.meta.dirname, "../dist/bme280.wasm"),
        i2c: { bus: "sim", address: "0x76" },
        limits: { callMs },
        settings,
      },
    },
    simulate: [{ i2c: "sim", address: "0x76", model: "bme280", temperature: 21 }],
  };
  const events: BoardEvent[] = [];
  const clock = new VirtualClock();
  const board = await openBoard(file, { simulate, clock, onEvent: (event) => events.push(event) });
  return { board, clock, events };
}

test("a wait that is longer than the call's limit ends in timeout, and the driver is started again", async () => {
  const { board, clock, events } = await openWith(50);
  const sensor = await board.sensor("indoor");
  const startMs = clock.now();
  await expect(sensor.read()).rejects.toMatchObject({ code: "timeout" });
  expect(clock.now() - startMs).toBeCloseTo(50, 6);
  await expect(sensor.read()).rejects.toMatchObject({ code: "disconnected" });
  await board.sensor("indoor");
  expect(events.flatMap((event) => (event.kind === "lifecycle" ? [event.event] : []))).toEqual([
    "started",
    "trapped",
    "started",
  ]);
  await board[Symbol.asyncDispose]();
});

test("closing the board ends a reading that waits", async () => {
  const { board } = await openWith(5000);
  const sensor = await board.sensor("indoor");
  const reading = sensor.read().catch((error: unknown) => error);
  await Promise.resolve();
  await board[Symbol.asyncDispose]();
  const error = await reading;
  expect(error).toBeInstanceOf(DeviceError);
  expect((error as DeviceError).code).toBe("disconnected");
});

test("drivers that end in the middle of a wait leave nothing behind", async () => {
  const { board, clock } = await openWith(50);
  // Not in an async function that stays on the stack, or with expect: both keep what they have seen.
  const lives = async (count: number) => {
    let timeouts = 0;
    for (let life = 0; life < count; life += 1) {
      const sensor = await board.sensor("indoor");
      // Healthy long enough that the wait before a restart does not grow.
      clock.advance(61_000);
      await sensor.read().catch((error: DeviceError) => {
        if (error.code === "timeout") timeouts += 1;
      });
    }
    return timeouts;
  };
  const heapMiB = () => {
    collectGarbage();
    return process.memoryUsage().heapUsed / 1024 / 1024;
  };
  expect(await lives(50)).toBe(50);
  const before = heapMiB();
  expect(await lives(50)).toBe(50);
  // Beside its memory an instance that stays has 0.3 MiB of JavaScript: fifty would be fifteen.
  expect(heapMiB() - before).toBeLessThan(5);
  await board[Symbol.asyncDispose]();
});
