import { payload } from "@busbar/contract";
import { type ExpectedSpiTransaction, SpiPlayback } from "@busbar/guest/spi-playback";
import { describe, expect, test } from "vitest";
import { MAX31855, type MAX31855Options } from "../src/max31855.ts";

const frame = (...read: number[]): ExpectedSpiTransaction => ({ operations: [{ read }] });
/** 25 °C and 22.5 °C. */
const warm = frame(0x01, 0x90, 0x16, 0x80);
/** -250 °C and -20 °C. */
const cold = frame(0xf0, 0x60, 0xec, 0x00);
const open = frame(0x01, 0x91, 0x16, 0x81);
const high = frame(0xff, 0xff, 0xff, 0xff);

function play<Result>(
  expected: readonly ExpectedSpiTransaction[],
  use: (openSensor: (options?: Partial<MAX31855Options>) => MAX31855, playback: SpiPlayback) => Result,
): Result {
  const playback = new SpiPlayback(expected);
  const result = use((options) => new MAX31855(playback.device, playback.timer, options), playback);
  playback.done();
  return result;
}

describe("a MAX31855", () => {
  test("is given the time of a conversion before each reading, and no more", () => {
    play([warm, warm, cold], (openSensor, { timer, waits }) => {
      const sensor = openSensor();
      expect(sensor.info).toEqual({ vendor: "Maxim", model: "MAX31855K" });
      expect(sensor.read()).toEqual({ thermocouple: 25, internal: 22.5 });
      timer.waitMs(70);
      expect(sensor.read()).toEqual({ thermocouple: -250, internal: -20 });
      sensor.close();
      expect(waits).toEqual([
        { ms: 200, afterTransactions: 0 },
        { ms: 100, afterTransactions: 1 },
        { ms: 70, afterTransactions: 2 },
        { ms: 30, afterTransactions: 2 },
      ]);
    });
  });

  test("does not wait where nobody asked for long", () => {
    play([warm, warm], (openSensor, { timer, waits }) => {
      const sensor = openSensor({ thermocouple: "J" });
      expect(sensor.info.model).toBe("MAX31855J");
      timer.waitMs(5000);
      sensor.read();
      expect(waits.map(({ ms }) => ms)).toEqual([200, 5000]);
    });
  });

  test("opens with a thermocouple that is not there, and says so in each reading", () => {
    play([open, open, warm], (openSensor) => {
      const sensor = openSensor();
      expect(payload(() => sensor.read())).toEqual({
        tag: "protocol",
        val: "The thermocouple of the MAX31855K is open; check its wires.",
      });
      expect(sensor.read()).toEqual({ thermocouple: 25, internal: 22.5 });
    });
  });

  test("reads once more what was garbled, after another conversion", () => {
    play([high, warm, high, cold, high, high, warm], (openSensor, { waits }) => {
      const sensor = openSensor();
      expect(sensor.read()).toEqual({ thermocouple: -250, internal: -20 });
      expect(payload(() => sensor.read())).toEqual({
        tag: "protocol",
        val: "The MAX31855K sends what is no measurement; check its wiring and supply.",
      });
      sensor.read();
      expect(waits.slice(1).every(({ ms }) => ms === 100)).toBe(true);
    });
  });

  test("is another part where all it sends is no frame", () => {
    play([high, high], (openSensor) => {
      expect(payload(() => openSensor())).toEqual({
        tag: "wrong-device",
        val: "Expected a MAX31855K, but what answers is none; correct the chip select or the driver in the board file.",
      });
    });
  });

  test("waits for a conversion after a read that failed, too: the part was selected", () => {
    const error = { tag: "overrun" } as const;
    play([warm, { ...warm, error }, warm], (openSensor, { waits }) => {
      const sensor = openSensor();
      expect(payload(() => sensor.read())).toMatchObject({ tag: "bus", val: { kind: "overrun" } });
      sensor.read();
      expect(waits.map(({ ms }) => ms)).toEqual([200, 100, 100]);
    });
  });

  test("is disconnected when it was closed", () => {
    play([warm], (openSensor) => {
      const sensor = openSensor();
      sensor.close();
      sensor.close();
      expect(payload(() => sensor.read())).toEqual({
        tag: "disconnected",
        val: "The MAX31855K is closed; open it again.",
      });
    });
  });

  test("has no thermocouple of type B", () => {
    play([], (openSensor) => {
      expect(payload(() => openSensor({ thermocouple: "B" } as object)).tag).toBe("invalid-argument");
    });
  });
});
