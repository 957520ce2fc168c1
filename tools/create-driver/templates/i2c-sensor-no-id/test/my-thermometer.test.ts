/** The driver class on recorded transactions: exact bytes, and a fault at each. */

import { payload, strikes } from "@busbar/contract";
import { failAt } from "@busbar/guest/playback";
import { describe, expect, test } from "vitest";
import { closed, opened, play, reading } from "./chip.ts";

test("opens, reads, reads again, and goes to sleep", () => {
  play([...opened(), reading(0x0ac0), reading(0xec00), closed], (open, { waits }) => {
    const sensor = open();
    expect(sensor.read()).toEqual({ temperature: 21.5 });
    expect(sensor.read()).toEqual({ temperature: -40 });
    sensor.close();
    sensor.close();
    expect(payload(() => sensor.read()).tag).toBe("disconnected");
    expect(waits).toEqual([{ ms: 50, afterTransactions: 1 }]);
  });
});

test.each([
  [1, 0x80],
  [4, 0x81],
  [16, 0x82],
] as const)("%i conversions a second", (rateHz, control) => {
  play(opened({ control }), (open) => open({ rateHz }));
});

test("a result that the part cannot measure is an error, and the next one is read", () => {
  play([...opened(), reading(0x7fff), reading(0)], (open) => {
    const sensor = open();
    expect(payload(() => sensor.read()).tag).toBe("protocol");
    expect(sensor.read()).toEqual({ temperature: 0 });
  });
});

describe("bus errors", () => {
  test.each(strikes(opened()))("transaction %i of open fails with %s", (index, kind, code) => {
    play([...failAt(opened(), index, code), ...opened()], (open) => {
      expect(payload(() => open())).toMatchObject({ tag: "bus", val: { kind } });
      open();
    });
  });

  test.each(strikes([reading(0)]))("transaction %i of read fails with %s", (_, kind, code) => {
    play([...opened(), ...failAt([reading(0)], 0, code), reading(0)], (open) => {
      const sensor = open();
      expect(payload(() => sensor.read())).toMatchObject({ tag: "bus", val: { kind } });
      expect(sensor.read()).toEqual({ temperature: 0 });
    });
  });
});
