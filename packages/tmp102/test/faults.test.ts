import { busFaults, payload, strikes } from "@busbar/contract";
import { failAt } from "@busbar/guest/playback";
import { describe, expect, test } from "vitest";
import { openContinuous, openTMP102, play, read, readOnce, sample } from "./chip.ts";

describe("bus errors", () => {
  const open = openContinuous();
  const result = read(0, 0x1910);
  test.each(strikes(open))(
    "transaction %i of open fails with %s, and the next open works",
    (index, kind, code) => {
      play([...failAt(open, index, code), ...open, result], (openSensor) => {
        expect(payload(() => openSensor({ mode: "continuous" }))).toMatchObject({
          tag: "bus",
          val: { kind },
        });
        expect(openSensor({ mode: "continuous" }).read()).toEqual(sample);
      });
    },
  );

  test.each(busFaults)(
    "a read in continuous mode fails with $kind, and the next one works",
    ({ kind, code }) => {
      play([...open, ...failAt([result], 0, code), result], (openSensor) => {
        const sensor = openSensor({ mode: "continuous" });
        expect(payload(() => sensor.read())).toMatchObject({ tag: "bus", val: { kind } });
        expect(sensor.read()).toEqual(sample);
      });
    },
  );

  test.each(strikes(readOnce()))(
    "transaction %i of read fails with %s, and the next read works",
    (index, kind, code) => {
      play([...openTMP102(), ...failAt(readOnce(), index, code), ...readOnce()], (openSensor) => {
        const sensor = openSensor();
        expect(payload(() => sensor.read())).toMatchObject({ tag: "bus", val: { kind } });
        expect(sensor.read()).toEqual(sample);
      });
    },
  );

  test("say what the driver was doing", () => {
    play(failAt(open, 2, { tag: "overrun" }), (openSensor) => {
      expect(payload(() => openSensor({ mode: "continuous" }))).toEqual({
        tag: "bus",
        val: { kind: "overrun", message: "writing 2 bytes to register 0x02 of 0x48" },
      });
    });
  });
});
