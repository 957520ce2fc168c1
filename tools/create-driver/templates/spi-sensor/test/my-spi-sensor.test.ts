/** The driver class on recorded transactions: exact bytes, and a fault at each. */

import { payload } from "@busbar/contract";
import { expect, test } from "vitest";
import { closed, opened, play, reading } from "./chip.ts";

test("opens, reads, reads again, and goes to sleep", () => {
  play([...opened(), reading(0x0ac0), reading(0xec00), closed], (open, { waits }) => {
    const sensor = open();
    expect(sensor.read()).toEqual({ temperature: 21.5 });
    expect(sensor.read()).toEqual({ temperature: -40 });
    sensor.close();
    sensor.close();
    expect(payload(() => sensor.read()).tag).toBe("disconnected");
    expect(waits).toEqual([{ ms: 50, afterTransactions: 2 }]);
  });
});

test.each([
  [1, 0x80],
  [4, 0x81],
  [16, 0x82],
] as const)("%i conversions a second", (rateHz, control) => {
  play(opened({ control }), (open) => open({ rateHz }));
});

test("another part is the wrong device", () => {
  play(opened({ identity: 0x60 }).slice(0, 1), (open) => {
    expect(payload(() => open())).toEqual({
      tag: "wrong-device",
      val: expect.stringMatching(/^Expected a .*, but .* as 0x60; correct the chip select or the driver/),
    });
  });
});

test("a result that the part cannot measure is an error, and the next one is read", () => {
  play([...opened(), reading(0x7fff), reading(0)], (open) => {
    const sensor = open();
    expect(payload(() => sensor.read()).tag).toBe("protocol");
    expect(sensor.read()).toEqual({ temperature: 0 });
  });
});

test("a bus that fails while it is read is that error, and the next reading works", () => {
  const error = { tag: "overrun" } as const;
  play([...opened(), { ...reading(0), error }, reading(0)], (open) => {
    const sensor = open();
    expect(payload(() => sensor.read())).toMatchObject({ tag: "bus", val: { kind: "overrun" } });
    expect(sensor.read()).toEqual({ temperature: 0 });
  });
});
