import { busFaults, payload, strikes } from "@busbar/contract";
import { type ExpectedTransaction, failAt } from "@busbar/guest/playback";
import { describe, expect, test } from "vitest";
import { fetch, noData, openPeriodic, openSHT3x, play, readOnce, result, sample } from "./chip.ts";

describe("bus errors", () => {
  const open = openSHT3x({ heater: true });
  test.each(strikes(open))(
    "transaction %i of open fails with %s, and the next open works",
    (index, kind, code) => {
      play([...failAt(open, index, code), ...open, ...readOnce()], (openSensor) => {
        expect(payload(() => openSensor({ heater: true }))).toMatchObject({ tag: "bus", val: { kind } });
        expect(openSensor({ heater: true }).read()).toEqual(sample);
      });
    },
  );

  test.each(busFaults)("starting periodic measurements fails with $kind", ({ kind, code }) => {
    const periodic = openPeriodic(0x2130);
    play(failAt(periodic, periodic.length - 1, code), (openSensor) => {
      expect(payload(() => openSensor({ mode: "periodic" }))).toMatchObject({ tag: "bus", val: { kind } });
    });
  });

  /** Of these two the part itself is the author, when it has no data yet. */
  const isNoData = (index: number, kind: string) => index === 1 && /^no-acknowledge(-address)?$/.test(kind);

  test.each(strikes(readOnce()).filter(([index, kind]) => !isNoData(index, kind)))(
    "transaction %i of read fails with %s, and the next read works",
    (index, kind, code) => {
      play([...openSHT3x(), ...failAt(readOnce(), index, code), ...readOnce()], (openSensor) => {
        const sensor = openSensor();
        expect(payload(() => sensor.read())).toMatchObject({ tag: "bus", val: { kind } });
        expect(sensor.read()).toEqual(sample);
      });
    },
  );

  test("a copy that needs longer is asked again, up to twice the time", () => {
    const [start] = readOnce() as [ExpectedTransaction];
    play([...openSHT3x(), start, noData, noData, noData, noData, result], (openSensor, { waits }) => {
      const sensor = openSensor();
      const before = waits.length;
      expect(sensor.read()).toEqual(sample);
      const waited = waits.slice(before).map(({ ms }) => ms);
      expect(waited).toEqual([15.5, 15.5 / 4, 15.5 / 4, 15.5 / 4, 15.5 / 4]);
    });
    play([...openSHT3x(), start, ...Array(5).fill(noData), ...readOnce()], (openSensor) => {
      const sensor = openSensor();
      expect(payload(() => sensor.read())).toMatchObject({
        tag: "bus",
        val: { kind: "no-acknowledge-address" },
      });
      expect(sensor.read()).toEqual(sample);
    });
  });

  test("a copy that cannot hold the clock is read once it has measured", () => {
    const stretched: ExpectedTransaction = { ...noData, write: [0x2c, 0x06] };
    play([...openSHT3x(), stretched, result], (openSensor) => {
      expect(openSensor({ clockStretching: true }).read()).toEqual(sample);
    });
  });

  const periodic = [fetch, result];
  test.each(strikes(periodic).filter(([index, kind]) => !isNoData(index, kind)))(
    "transaction %i of read in periodic mode fails with %s, and the next read works",
    (index, kind, code) => {
      play([...openPeriodic(0x2130), ...failAt(periodic, index, code), ...periodic], (openSensor) => {
        const sensor = openSensor({ mode: "periodic" });
        expect(payload(() => sensor.read())).toMatchObject({ tag: "bus", val: { kind } });
        expect(sensor.read()).toEqual(sample);
      });
    },
  );

  test.each(strikes(periodic).filter(([index, kind]) => isNoData(index, kind)))(
    "transaction %i of read in periodic mode that ends in %s is tried again",
    (index, _, code) => {
      play([...openPeriodic(0x2130), ...failAt(periodic, index, code), ...periodic], (openSensor) => {
        expect(openSensor({ mode: "periodic" }).read()).toEqual(sample);
      });
    },
  );

  test.each([
    [0, "sending the command 0x3093, at 0x44"],
    [2, "reading 3 bytes with the command 0xF32D, at 0x44"],
    [6, "reading the result of a measurement, at 0x44"],
  ])("say what the driver was doing in transaction %i", (index, message) => {
    play(failAt([...openSHT3x(), ...readOnce()], index, { tag: "overrun" }), (openSensor) => {
      expect(payload(() => openSensor().read())).toEqual({ tag: "bus", val: { kind: "overrun", message } });
    });
  });
});
