/** A bus may be behind a thread, a network or another driver: then the guest waits for it, and sees no difference. */

import { join } from "node:path";
import type { BoardEvent } from "@busbar/host";
import type { I2cAnswer, I2cBackend, I2cOperation } from "@busbar/host/backend";
import { I2cError } from "@busbar/host/backend";
import { nodeClock, openBoard } from "@busbar/host-node";
import { expect, test } from "vitest";

/** What the component exports. */
interface I2cEcho {
  readonly thermometer: { getTemperature(connection: object): number };
}

const component = join(import.meta.dirname, "../dist/i2c-echo.wasm");

/** A TMP102 that shows 25 °C: data sheet, table 8-2. */
const room = Uint8Array.of(0x19, 0x00);

/** A board whose bus gives what `answer` gives. */
async function boardOn(answer: (operations: readonly I2cOperation[]) => I2cAnswer, said = true) {
  const events: BoardEvent[] = [];
  const backend: I2cBackend<I2cAnswer> = {
    name: "far away",
    answersLater: said,
    openI2c: () => ({ transaction: (_, operations) => answer(operations), close() {} }),
  };
  const board = await openBoard(
    {
      devices: {
        outside: {
          driver: component,
          i2c: { bus: "far", address: "0x48" },
          limits: { callMs: 200 },
        },
      },
    },
    { clock: nodeClock, i2c: [backend], onEvent: (event) => events.push(event) },
  );
  const echo = await board.component<I2cEcho>("outside");
  return { board, events, temperature: () => echo.exports.thermometer.getTemperature(echo.i2c) };
}

const afterATurn = () => new Promise<void>((resolve) => setImmediate(resolve));

test("a guest gets what comes later, and the trace has it when it came", async () => {
  const { board, events, temperature } = await boardOn(async () => {
    await afterATurn();
    expect(events.some(({ kind }) => kind === "i2c")).toBe(false);
    return [room.slice()];
  });
  await using _ = board;
  expect(await temperature()).toBe(25);
  expect(events.at(-1)).toMatchObject({ kind: "i2c", device: "outside", results: [room] });
});

test("one that answers at once all the same is taken as it is", async () => {
  const { board, temperature } = await boardOn(() => [room.slice()]);
  await using _ = board;
  expect(await temperature()).toBe(25);
});

test("an error that comes later is the guest's error, and in the trace", async () => {
  const { board, events, temperature } = await boardOn(async () => {
    await afterATurn();
    throw new I2cError({ tag: "no-acknowledge", val: "address" }, "nobody is there");
  });
  await using _ = board;
  await expect(temperature()).rejects.toMatchObject({ payload: { tag: "no-acknowledge", val: "address" } });
  expect(events.at(-1)).toMatchObject({ error: { message: "nobody is there" } });
});

test("an answer that never comes takes no longer than a call may take", async () => {
  const { board, temperature } = await boardOn(() => new Promise(() => undefined));
  await using _ = board;
  await expect(temperature()).rejects.toMatchObject({ code: "timeout" });
});

test("a backend that did not say so ends its driver with the reason", async () => {
  const { board, temperature } = await boardOn(() => Promise.resolve([room.slice()]), false);
  await using _ = board;
  await expect(temperature()).rejects.toThrow("a function of the host wants to wait where it must not");
});
