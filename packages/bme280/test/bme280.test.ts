import { i2cOn, sensorOn } from "@busbar/guest";
import { type ExpectedTransaction, failAt, Playback } from "@busbar/guest/playback";
import { describe, expect, test } from "vitest";
import { BME280, bme280Options } from "../src/bme280.ts";
import { bytes, data, openBME280, openBMP280, readForced } from "./chip.ts";
import { ADDRESS, payload, play, sleep, wholeSample } from "./play.ts";

const busy: ExpectedTransaction = { write: [0xf3], read: [0b1000] };

describe("a BME280 in forced mode", () => {
  test("opens, reads, reads again, and sleeps", () => {
    play([...openBME280(), ...readForced(), ...readForced(), sleep], (open, { waits }) => {
      const sensor = open();
      expect(sensor.info).toEqual({ vendor: "Bosch Sensortec", model: "BME280" });
      const first = sensor.read();
      expect(first).toEqual(wholeSample);
      const second = sensor.read();
      expect(second).toEqual(first);
      expect(second).not.toBe(first);
      sensor.close();
      expect(waits).toEqual([
        { ms: 2, afterTransactions: 2 },
        { ms: 9.3, afterTransactions: 10 },
        { ms: 9.3, afterTransactions: 13 },
      ]);
    });
  });

  test("waits for a measurement that is not ready yet", () => {
    const [start, ready, result] = readForced() as [
      ExpectedTransaction,
      ExpectedTransaction,
      ExpectedTransaction,
    ];
    play([...openBME280(), start, busy, busy, ready, result], (open, { waits }) => {
      expect(open().read()).toEqual(wholeSample);
      expect(waits.map(({ ms }) => ms)).toEqual([2, 9.3, 1, 1]);
    });
  });

  test("does not wait for ever, and the next read works", () => {
    // 9.3 ms more, looked at every millisecond, and at the start.
    const [start] = readForced() as [ExpectedTransaction];
    play([...openBME280(), start, ...Array(11).fill(busy), ...readForced()], (open) => {
      const sensor = open();
      expect(payload(() => sensor.read())).toEqual({
        tag: "timeout",
        val: "The BME280 at 0x76 does not finish measuring; check its supply, and open it again.",
      });
      expect(sensor.read()).toEqual(wholeSample);
    });
  });
});

describe("a BME280 in normal mode", () => {
  const openNormal = [...openBME280({ config: 0b001_000_00 }), { write: [0xf4, 0b001_001_11] }];
  const result = { write: [0xf7], read: data };

  test("measures by itself: a read is one transaction, and waits for nothing", () => {
    play([...openNormal, result, result, sleep], (open, { waits }) => {
      const sensor = open({ mode: "normal", standbyMs: 62.5 });
      expect(waits.at(-1)).toEqual({ ms: 9.3, afterTransactions: 10 });
      expect(sensor.read()).toEqual(wholeSample);
      expect(sensor.read()).toEqual(wholeSample);
      sensor.close();
      expect(waits).toHaveLength(2);
    });
  });

  test.each(openNormal.map((_, index) => index))("a bus error in transaction %i of open", (index) => {
    const expected = [...failAt(openNormal, index, { tag: "overrun" }), ...openNormal, result];
    play(expected, (open) => {
      const options = { mode: "normal", standbyMs: 62.5 } as const;
      expect(payload(() => open(options))).toMatchObject({ tag: "bus", val: { kind: "overrun" } });
      expect(open(options).read()).toEqual(wholeSample);
    });
  });

  test("a bus error while it reads", () => {
    play([...openNormal, ...failAt([result], 0, { tag: "bus" }), result], (open) => {
      const sensor = open({ mode: "normal", standbyMs: 62.5 });
      expect(payload(() => sensor.read())).toMatchObject({ tag: "bus", val: { kind: "bus" } });
      expect(sensor.read()).toEqual(wholeSample);
    });
  });
});

describe("a BMP280", () => {
  const dry = { ...wholeSample, humidity: undefined };

  test("is a sensor without humidity", () => {
    play([...openBMP280(), ...readForced({ read: data.slice(0, 6) }), sleep], (open, { waits }) => {
      const sensor = open();
      expect(sensor.info.model).toBe("BMP280");
      expect(sensor.channels.map(({ label }) => label)).toEqual(["temperature", "pressure"]);
      expect(sensor.read()).toEqual(dry);
      sensor.close();
      expect(waits.map(({ ms }) => ms)).toEqual([2, 6.425]);
    });
  });

  test("in normal mode has its own standby times", () => {
    const normal = { write: [0xf4, 0b001_001_11] };
    const result = { write: [0xf7], read: data.slice(0, 6) };
    play([...openBMP280({ config: 0b111_000_00 }), normal, result], (open) => {
      expect(open({ mode: "normal", standbyMs: 4000 }).read()).toEqual(dry);
    });
  });

  test.each([
    [
      0x58,
      10,
      "The option standby-ms of a BMP280 cannot be 10; it is one of 0.5, 62.5, 125, 250, 500, 1000, 2000, 4000.",
    ],
    [
      0x60,
      2000,
      "The option standby-ms of a BME280 cannot be 2000; it is one of 0.5, 10, 20, 62.5, 125, 250, 500, 1000.",
    ],
  ] as const)("id %i with a standby time of the other part is left alone", (id, standbyMs, val) => {
    play([{ write: [0xd0], read: [id] }], (open) => {
      expect(payload(() => open({ standbyMs }))).toEqual({ tag: "invalid-argument", val });
    });
  });
});

describe("close", () => {
  test("twice is legal, and nothing works afterwards", () => {
    play([...openBME280(), sleep], (open) => {
      const sensor = open();
      sensor.close();
      sensor.close();
      expect(payload(() => sensor.read())).toEqual({
        tag: "disconnected",
        val: "The BME280 at 0x76 is closed; open it again.",
      });
    });
  });

  test("does not mind a part that is gone", () => {
    play([...openBME280(), ...failAt([sleep], 0, { tag: "no-acknowledge", val: "address" })], (open) => {
      expect(() => open().close()).not.toThrow();
    });
  });
});

describe("as busbar:device/sensor", () => {
  function exportOn(playback: Playback, settings: readonly (readonly [string, string])[]) {
    const board = {
      open: () => ({ bus: playback.bus, address: ADDRESS }),
      openDelay: () => ({ delayNs() {}, [Symbol.dispose]() {} }),
      getSettings: () => settings,
    };
    return sensorOn(board, { bus: i2cOn(board), options: bme280Options, driver: BME280 });
  }

  test("reads one value a channel, with the settings of the board file", () => {
    const read = bytes("800000 7eed00 896d");
    const playback = new Playback(ADDRESS, [
      ...openBME280({ config: 0b101_010_00, ctrlHum: 0b011 }),
      ...readForced({ ctrlMeas: 0b001_000_01, read }),
      { write: [0xf4, 0b001_000_00] },
    ]);
    const device = exportOn(playback, [
      ["filter", "4"],
      ["pressure-oversampling", "off"],
      ["humidity-oversampling", "4"],
    ]).open("indoor");
    expect(device.channels().map(({ quantity }) => quantity)).toEqual(["temperature", "relative-humidity"]);
    expect(device.read()).toEqual([wholeSample.temperature, wholeSample.humidity]);
    device.close();
    playback.done();
  });

  test.each([
    [["filter", "3"]],
    [
      ["filter", "off"],
      ["filter", "off"],
    ],
    [["temperature-oversampling", "off"]],
    [["standby-ms", "1"]],
    [["altitude", "100"]],
  ] as [string, string][][])("a bad setting touches no bus", (...settings) => {
    const playback = new Playback(ADDRESS, []);
    let thrown: unknown;
    try {
      exportOn(playback, settings).open("indoor");
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toEqual({ tag: "invalid-argument", val: expect.stringContaining(' of "indoor" ') });
    playback.done();
  });
});
