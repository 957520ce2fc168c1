import { payload, strikes } from "@busbar/contract";
import { failAt } from "@busbar/guest/playback";
import { describe, expect, test } from "vitest";
import { openHTS221, outputs, play, readFirst, sample, status } from "./chip.ts";

describe("bus errors", () => {
  const open = openHTS221();
  test.each(strikes(open))(
    "transaction %i of open fails with %s, and the next open works",
    (index, kind, code) => {
      play([...failAt(open, index, code), ...open, ...readFirst()], (openSensor) => {
        expect(payload(() => openSensor())).toMatchObject({ tag: "bus", val: { kind } });
        expect(openSensor().read()).toEqual(sample);
      });
    },
  );

  test.each(strikes(readFirst()))(
    "transaction %i of read fails with %s, and the next read works",
    (index, kind, code) => {
      play([...open, ...failAt(readFirst(), index, code), ...readFirst()], (openSensor) => {
        const sensor = openSensor();
        expect(payload(() => sensor.read())).toMatchObject({ tag: "bus", val: { kind } });
        expect(sensor.read()).toEqual(sample);
      });
    },
  );

  const read = [outputs, status(0b00), status(0b11), outputs];
  test.each(strikes(read))(
    "transaction %i of read in continuous mode fails with %s, and the next read works",
    (index, kind, code) => {
      play([...openHTS221({ ctrl1: 0x86 }), ...failAt(read, index, code), ...read], (openSensor) => {
        const sensor = openSensor({ mode: "continuous", rateHz: 7 });
        expect(payload(() => sensor.read())).toMatchObject({ tag: "bus", val: { kind } });
        expect(sensor.read()).toEqual(sample);
      });
    },
  );

  test("say what the driver was doing", () => {
    play(failAt(open, 4, { tag: "overrun" }), (openSensor) => {
      expect(payload(() => openSensor())).toEqual({
        tag: "bus",
        val: { kind: "overrun", message: "reading 16 bytes from register 0xB0 of 0x5F" },
      });
    });
  });
});
