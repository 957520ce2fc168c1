/** The built driver in the host, on the model. */

import { join } from "node:path";
import type { BoardEvent } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { simulate, VirtualClock } from "@busbar/sim";
import { describe, expect, test } from "vitest";

const component = join(import.meta.dirname, "../dist/dht22.wasm");

async function boardWith(parameters: object = {}, line: object = {}) {
  const clock = new VirtualClock(1234.5);
  const events: BoardEvent[] = [];
  const data = {
    chip: "sim",
    line: 4,
    direction: "in-out",
    pull: "up",
    activeLevel: "active-low",
    drive: "open-drain",
    ...line,
  } as const;
  const board = await openBoard(
    {
      devices: { cellar: { driver: component, gpio: { lines: { data } } } },
      simulate: [{ gpio: "sim", lines: { data: 4 }, model: "dht22", ...parameters }],
    },
    {
      ...{ clock, simulate, gpio: [], folder: join(import.meta.dirname, "..") },
      onEvent: (event) => events.push(event),
    },
  );
  return { board, clock, events };
}

describe("the component on the model", () => {
  test.each([
    [22, 45],
    [-40, 0],
    [80, 99.9],
    [-0.1, 0.1],
    [25.6, 51.2],
  ])(
    "reads %d °C and %d %%RH, again and again, each 2 s after the one before",
    async (temperature, humidity) => {
      const { board, clock } = await boardWith({ temperature, humidity });
      await using _ = board;
      await using sensor = await board.sensor("cellar");
      const beginMs = clock.now();
      for (let count = 0; count < 3; count += 1) {
        expect(await sensor.read()).toEqual({ temperature, humidity });
      }
      expect(clock.now() - beginMs).toBeGreaterThanOrEqual(4000);
      expect(clock.now() - beginMs).toBeLessThan(4100);
    },
  );

  test("pulls the line for 2 ms and lets it go; nothing is ever driven high", async () => {
    const { board, events } = await boardWith();
    await using _ = board;
    await using sensor = await board.sensor("cellar");
    events.length = 0;
    await sensor.read();
    const told = events.flatMap((event) => (event.kind === "gpio" ? [event] : []));
    expect(told.filter(({ operation }) => operation === "set").map(({ level }) => level)).toEqual([
      "low",
      "high",
    ]);
    // The host's own two, and 84 of the part: its response and 40 bits.
    expect(told.filter(({ operation }) => operation === "edge")).toHaveLength(86);
  });

  test.each([
    [{ sumError: 1 }, {}, "protocol", "sum that is wrong"],
    [{ shortestPulseUs: 30 }, {}, "protocol", "edges of its line are missing"],
    [{ shortestPulseUs: 100 }, {}, "protocol", "edges of its line are missing"],
    [{}, { line: 5 }, "timeout", "does not answer"],
  ] as const)("%j on the line %j is an error, and no reading", async (parameters, line, code, message) => {
    const { board } = await boardWith(parameters, line);
    await using _ = board;
    await using sensor = await board.sensor("cellar");
    for (let count = 0; count < 2; count += 1) {
      await expect(sensor.read()).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    }
  });

  test("a line that rests low is refused before it is used", async () => {
    const { board } = await boardWith({}, { activeLevel: "active-high" });
    await using _ = board;
    await expect(board.sensor("cellar")).rejects.toMatchObject({
      code: "invalid-argument",
      message: expect.stringContaining('"activeLevel"'),
    });
  });

  test("a value that moves is the one of the question before", async () => {
    const { board } = await boardWith({ temperature: { mean: 20, swing: 10, periodSeconds: 40 } });
    await using _ = board;
    await using sensor = await board.sensor("cellar");
    const [first, second, third] = [await sensor.read(), await sensor.read(), await sensor.read()];
    expect(first!.temperature).toBe(20);
    expect(second!.temperature).toBeLessThan(third!.temperature!);
  });
});
