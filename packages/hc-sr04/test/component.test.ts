/** The built driver in the host, on the model. */

import { join } from "node:path";
import { openBoard } from "@busbar/host-node";
import { simulate, VirtualClock } from "@busbar/sim";
import { describe, expect, test } from "vitest";

const component = join(import.meta.dirname, "../dist/hc-sr04.wasm");

function board(parameters: object = {}, settings: Record<string, number> = {}) {
  const lines = {
    trigger: { chip: "sim", line: 4, direction: "out" },
    echo: { chip: "sim", line: 5, direction: "in" },
  } as const;
  return openBoard(
    {
      devices: { ranger: { driver: component, gpio: { lines }, settings } },
      simulate: [{ gpio: "sim", lines: { trigger: 4, echo: 5 }, model: "hc-sr04", ...parameters }],
    },
    { clock: new VirtualClock(), simulate, gpio: [], folder: join(import.meta.dirname, "..") },
  );
}

describe("the component on the model", () => {
  test.each([0.02, 0.5, 1, 3.95])("measures %d m, again and again", async (distance) => {
    await using opened = await board({ distance });
    await using ranger = await opened.sensor("ranger");
    expect(ranger.channels).toMatchObject([{ quantity: "distance", minimum: 0.02, maximum: 4 }]);
    for (let count = 0; count < 3; count += 1) {
      expect(Math.abs((await ranger.read()).distance! - distance)).toBeLessThan(distance * 0.002);
    }
  });

  test("reckons with the temperature of the air", async () => {
    await using opened = await board({ distance: 2, airTemperature: 40 }, { "air-temperature": 40 });
    await using ranger = await opened.sensor("ranger");
    expect((await ranger.read()).distance).toBeCloseTo(2, 1);
    await using cold = await board({ distance: 2, airTemperature: 40 });
    await using wrong = await cold.sensor("ranger");
    expect((await wrong.read()).distance).toBeLessThan(1.95);
  });

  test.each([38, 200])(
    "where nothing echoes and the module is silent after %i ms, it says so",
    async (silenceMs) => {
      await using opened = await board({ distance: null, silenceMs });
      await using ranger = await opened.sensor("ranger");
      await expect(ranger.read()).rejects.toMatchObject({
        code: "timeout",
        message: expect.stringContaining("hears no echo"),
      });
    },
  );

  test("nearer than it can see is an error, and no reading", async () => {
    await using opened = await board({ distance: 0.01 });
    await using ranger = await opened.sensor("ranger");
    await expect(ranger.read()).rejects.toMatchObject({ code: "protocol" });
  });

  test("the line's faults are the reading's, and it goes on", async () => {
    const faults = [{ line: "trigger", fault: "hardware-fault", operation: 2 }];
    await using opened = await board({ distance: 1, faults });
    await using ranger = await opened.sensor("ranger");
    await expect(ranger.read()).rejects.toMatchObject({ code: "bus" });
    expect((await ranger.read()).distance).toBeCloseTo(1, 2);
  });
});
