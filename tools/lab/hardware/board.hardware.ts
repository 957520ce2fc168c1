/** On real hardware: every sensor of the operator's board file gives plausible readings. */
import { openBoard, readBoard } from "@busbar/host-node";
import { hardwareBoard } from "@busbar/lab/guest";
import { describe, expect, it } from "vitest";

const file = hardwareBoard();
const names = file === undefined ? [] : Object.keys(readBoard(file).devices);

describe.runIf(file !== undefined)("the board", () => {
  it.each(names)("%s reads values within its channels' ranges", { timeout: 60_000 }, async (name) => {
    await using board = await openBoard(file!);
    await using sensor = await board.sensor(name);
    for (let count = 0; count < 3; count += 1) {
      const reading = await sensor.read();
      for (const { label, minimum, maximum } of sensor.channels) {
        expect(reading[label], label).toBeGreaterThanOrEqual(minimum);
        expect(reading[label], label).toBeLessThanOrEqual(maximum);
      }
      console.log(name, reading);
    }
  });

  it.each(names)("%s closes and opens again", { timeout: 60_000 }, async (name) => {
    await using board = await openBoard(file!);
    for (let count = 0; count < 3; count += 1) {
      await using sensor = await board.sensor(name);
      expect(await sensor.read()).toBeDefined();
    }
  });
});
