/** The built driver in the host, on the model. */

import { join } from "node:path";
import { openBoard } from "@busbar/host-node";
import { simulate, VirtualClock } from "@busbar/sim";
import { describe, expect, test } from "vitest";

const component = join(import.meta.dirname, "../dist/rotary-encoder.wasm");

async function boardWith(
  parameters: object,
  settings: Record<string, number | boolean> = {},
  line: object = {},
) {
  const clock = new VirtualClock(500);
  const input = { chip: "sim", direction: "in", pull: "up", activeLevel: "active-low", ...line } as const;
  const board = await openBoard(
    {
      devices: {
        knob: {
          driver: component,
          gpio: { lines: { a: { ...input, line: 4 }, b: { ...input, line: 5 } } },
          settings,
        },
      },
      simulate: [{ gpio: "sim", lines: { a: 4, b: 5 }, model: "rotary-encoder", ...parameters }],
    },
    { clock, simulate, gpio: [], folder: join(import.meta.dirname, "..") },
  );
  return { board, clock };
}

describe("the component on the model", () => {
  test.each([
    ["up", [[100, 5, 40]], 90],
    ["down", [[100, -3, 40]], -54],
    [
      "up and down",
      [
        [100, 30, 10],
        [1000, -10, 10],
      ],
      360,
    ],
  ] as const)("turned %s, bouncing or not", async (_, turns, angle) => {
    for (const bounceMs of [0, 1.6]) {
      const { board, clock } = await boardWith({ turns, bounceMs });
      await using _board = board;
      const knob = await board.sensor("knob");
      expect((await knob.read()).angle).toBe(0);
      await clock.sleep(5000);
      expect((await knob.read()).angle).toBe(angle);
      expect(knob.channels).toMatchObject([{ quantity: "angle", resolution: 18 }]);
    }
  });

  test.each([1, 2, 4])("with %i steps for a detent, 24 of them in a turn", async (stepsPerDetent) => {
    const { board, clock } = await boardWith(
      { stepsPerDetent, turns: [[100, 7, 20]] },
      { "steps-per-detent": stepsPerDetent, "detents-per-turn": 24, reverse: true },
    );
    await using _ = board;
    const knob = await board.sensor("knob");
    await knob.read();
    await clock.sleep(1000);
    expect((await knob.read()).angle).toBe(-105);
  });

  test("the kernel's debounce takes bounces away before, and it counts the same", async () => {
    const { board, clock } = await boardWith({ turns: [[100, 6, 80]], bounceMs: 1.6 }, {}, { debounceMs: 5 });
    await using _ = board;
    const knob = await board.sensor("knob");
    await knob.read();
    await clock.sleep(5000);
    expect((await knob.read()).angle).toBe(108);
  });

  test("more edges than are kept are an error, once", async () => {
    const { board, clock } = await boardWith({ turns: [[100, 600, 4]] });
    await using _ = board;
    const knob = await board.sensor("knob");
    await knob.read();
    await clock.sleep(5000);
    await expect(knob.read()).rejects.toMatchObject({ code: "protocol" });
    expect((await knob.read()).angle).toBe(0);
  });

  test.each([
    [
      {
        turns: [
          [100, 5, 40],
          [200, 1, 40],
        ],
      },
      "expected the turns one after the other",
    ],
    [{ turns: [[100, 5, 4]], bounceMs: 2 }, "expected each step to take longer than the bouncing"],
    [{ stepsPerDetent: 3 }, '"stepsPerDetent": expected'],
  ])("the model's %j is refused", async (parameters, message) => {
    await expect(boardWith(parameters)).rejects.toThrow(message);
  });
});
