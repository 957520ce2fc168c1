/** The component on I2C with the line of DRDY, through the host, on a simulated chip: what it does is in the trace. */

import { join } from "node:path";
import type { Settings } from "@busbar/contract";
import type { BoardEvent } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { simulate, VirtualClock } from "@busbar/sim";
import { describe, expect, test } from "vitest";

const folder = join(import.meta.dirname, "..");

/** How the line is wired. */
interface LineWiring {
  readonly activeLevel?: "active-high" | "active-low";
  readonly pull?: "up" | "down";
}

/** A board with one HTS221 by its package's name, which has the driver for these two buses. */
async function boardWith({
  settings = {},
  parameters = {},
  line = {},
  lines = { "data-ready": { chip: "lines", line: 4 } },
}: {
  readonly settings?: Settings;
  readonly parameters?: object;
  readonly line?: LineWiring;
  readonly lines?: object;
} = {}) {
  const clock = new VirtualClock(1000);
  const events: BoardEvent[] = [];
  const board = await openBoard(
    {
      devices: {
        indoor: {
          driver: "@busbar/hts221",
          i2c: { bus: "sim", address: "0x5F" },
          gpio: { lines: { "data-ready": { chip: "lines", line: 4, direction: "in", ...line } } },
          settings,
        },
      },
      simulate: [{ i2c: "sim", address: "0x5F", model: "hts221", lines, ...parameters }],
    },
    { clock, simulate, i2c: [], gpio: [], folder, onEvent: (event) => events.push(event) },
  );
  return { board, clock, events };
}

/** What was done, as a person reads it: "edge data-ready active (high)", "read 4 bytes of 0xA8". */
function told(events: readonly BoardEvent[]): string[] {
  return events.map((event) => {
    if (event.kind === "gpio") return `${event.operation} ${event.name} ${event.state} (${event.level})`;
    if (event.kind !== "i2c") return event.kind;
    return event.operations
      .map((each) =>
        each.kind === "read" ? `read ${each.length}` : `write ${Buffer.from(each.data).toString("hex")}`,
      )
      .join(", ");
  });
}

describe.each([
  [1, 1000],
  [7, 1000 / 7],
  [12.5, 80],
])("at %d Hz", (rateHz, periodMs) => {
  test.each<[string, LineWiring, Settings, string, string]>([
    ["is high", {}, {}, "high", "low"],
    ["is low", { activeLevel: "active-low" }, {}, "low", "high"],
    ["pulls down", { activeLevel: "active-low", pull: "up" }, { "open-drain": true }, "low", "high"],
  ])(
    "readings come at the part's own rate, and nothing is polled: DRDY %s",
    async (_, line, settings, active, other) => {
      const humidity = { mean: 50, swing: 40, periodSeconds: 60 };
      const { board, clock, events } = await boardWith({
        settings: { "rate-hz": rateHz, ...settings },
        parameters: { humidity },
        line,
      });
      await using _board = board;
      const sensor = await board.sensor("indoor");
      await sensor.read();
      const beginMs = clock.now();
      events.length = 0;
      const values = new Set<number>();
      for (let count = 0; count < 10; count += 1) values.add((await sensor.read()).humidity!);
      expect(clock.now() - beginMs).toBeCloseTo(10 * periodMs, 6);
      expect(values.size).toBe(10);
      // A transaction is told when it ends; the line goes back while it is read.
      const reading = [
        `edge data-ready active (${active})`,
        `edge data-ready inactive (${other})`,
        "write a8, read 4",
      ];
      expect(told(events)).toEqual(Array(10).fill(reading).flat());
      const edges = events.filter((event) => event.kind === "gpio" && event.state === "active");
      for (const [index, { startMs }] of (edges as { startMs: number }[]).entries()) {
        expect(startMs - beginMs).toBeCloseTo((index + 1) * periodMs, 6);
      }
    },
  );
});

test("a program that is late has the newest measurement at once, and then waits for the next", async () => {
  const { board, clock } = await boardWith({
    parameters: { humidity: { mean: 50, swing: 40, periodSeconds: 600 } },
  });
  await using _ = board;
  const sensor = await board.sensor("indoor");
  const first = await sensor.read();
  clock.advance(30_500);
  const lateMs = clock.now();
  const late = await sensor.read();
  expect(clock.now()).toBe(lateMs);
  expect(late.humidity! - first.humidity!).toBeGreaterThan(10);
  const next = await sensor.read();
  expect(clock.now() - lateMs).toBeCloseTo(500, 6);
  expect(next.humidity).toBeGreaterThan(late.humidity!);
});

test("what an earlier user measured is no reading", async () => {
  const { board, clock } = await boardWith({
    parameters: { humidity: { mean: 50, swing: 40, periodSeconds: 40 } },
  });
  await using _ = board;
  const before = await board.sensor("indoor");
  await before.read();
  // A measurement that nobody reads.
  clock.advance(1200);
  await before[Symbol.asyncDispose]();
  const after = await board.sensor("indoor");
  const openedMs = clock.now();
  await after.read();
  expect(clock.now() - openedMs).toBeGreaterThan(0);
});

test("a line that is wired to something else is found when it is opened, or by its silence", async () => {
  const elsewhere = { "data-ready": { chip: "lines", line: 5 } };
  const wrong = await boardWith({ lines: elsewhere });
  await using _ = wrong.board;
  await expect((await wrong.board.sensor("indoor")).read()).rejects.toMatchObject({
    code: "timeout",
    message: expect.stringContaining(
      'The HTS221 at 0x5F says nothing on "data-ready" for 2000 ms; check the wiring of DRDY',
    ),
  });
  const high = await boardWith({ lines: elsewhere, line: { pull: "up" } });
  await using _high = high.board;
  await expect(high.board.sensor("indoor")).rejects.toMatchObject({
    code: "protocol",
    message: expect.stringContaining('has nothing new, and "data-ready" is active'),
  });
});

test("without its line in the entry the same package has the driver for I2C alone", async () => {
  const clock = new VirtualClock();
  await using board = await openBoard(
    {
      devices: {
        indoor: {
          driver: "@busbar/hts221",
          i2c: { bus: "sim", address: "0x5F" },
          settings: { mode: "one-shot" },
        },
      },
      simulate: [{ i2c: "sim", address: "0x5F", model: "hts221" }],
    },
    { clock, simulate, i2c: [], folder },
  );
  expect((await (await board.sensor("indoor")).read()).temperature).toBeCloseTo(22, 1);
});

test.each([
  [{ ready: { chip: "lines", line: 4 } }, 'It has no line "ready"; its lines are data-ready.'],
  [{ "data-ready": { chip: "lines" } }, '"lines.data-ready.line" is missing.'],
  [{ "data-ready": 4 }, '"lines.data-ready": expected Object, not 4.'],
])("the model's lines %j are refused", async (lines, message) => {
  await expect(boardWith({ lines })).rejects.toThrow(`simulate[0] (hts221 at 0x5F): ${message}`);
});
