import type { I2cErrorCode } from "@busbar/guest";
import { type ExpectedTransaction, failAt } from "@busbar/guest/playback";
import { describe, expect, test } from "vitest";
import { bytes, openBME280, openBMP280, readForced } from "./chip.ts";
import { payload, play, wholeSample } from "./play.ts";

const copying: ExpectedTransaction = { write: [0xf3], read: [0b0001] };

/** A register read. */
interface Read {
  readonly write: number[];
  readonly read: number[];
}

const codes: I2cErrorCode[] = [
  { tag: "bus" },
  { tag: "arbitration-loss" },
  { tag: "no-acknowledge", val: "address" },
  { tag: "no-acknowledge", val: "data" },
  { tag: "no-acknowledge", val: "unknown" },
  { tag: "overrun" },
  { tag: "other" },
];
const kinds = [
  "bus",
  "arbitration-loss",
  "no-acknowledge-address",
  "no-acknowledge-data",
  "no-acknowledge",
  "overrun",
  "other",
];

describe("bus errors", () => {
  const open = openBME280();
  test.each(open.flatMap((_, index) => codes.map((code, at) => [index, kinds[at], code] as const)))(
    "transaction %i of open fails with %s, and the next open works",
    (index, kind, code) => {
      play([...failAt(open, index, code), ...open, ...readForced()], (openSensor) => {
        expect(payload(() => openSensor())).toMatchObject({ tag: "bus", val: { kind } });
        expect(openSensor().read()).toEqual(wholeSample);
      });
    },
  );

  test.each(readForced().flatMap((_, index) => codes.map((code, at) => [index, kinds[at], code] as const)))(
    "transaction %i of read fails with %s, and the next read works",
    (index, kind, code) => {
      play([...open, ...failAt(readForced(), index, code), ...readForced()], (openSensor) => {
        const sensor = openSensor();
        expect(payload(() => sensor.read())).toMatchObject({ tag: "bus", val: { kind } });
        expect(sensor.read()).toEqual(wholeSample);
      });
    },
  );

  test("say what the driver was doing", () => {
    play(failAt(open, 0, { tag: "no-acknowledge", val: "address" }), (openSensor) => {
      expect(payload(() => openSensor())).toEqual({
        tag: "bus",
        val: { kind: "no-acknowledge-address", message: "reading 1 byte from register 0xD0 of 0x76" },
      });
    });
  });
});

describe("the wrong part", () => {
  test.each([0x00, 0x55, 0x61, 0xff])("with the id %i is left alone", (id) => {
    const read: ExpectedTransaction = { write: [0xd0], read: [id] };
    play([read, read], (open) => {
      const found = `0x${id.toString(16).toUpperCase().padStart(2, "0")}`;
      expect(payload(() => open())).toEqual({
        tag: "wrong-device",
        val: `Expected a BME280 (id 0x60) or a BMP280 (0x58) at 0x76, but the device there has the id ${found}; correct the address or the driver in the board file.`,
      });
    });
  });

  test("whose calibration does not get ready", () => {
    const start = openBME280().slice(0, 2);
    play([...start, ...Array(11).fill(copying)], (open, { waits }) => {
      expect(payload(() => open())).toEqual({
        tag: "timeout",
        val: "The BME280 at 0x76 does not finish copying its calibration after a reset; check its supply, and open it again.",
      });
      expect(waits.map(({ ms }) => ms)).toEqual([2, ...Array(10).fill(1)]);
    });
  });

  test("is not one that takes a little longer", () => {
    const open = openBME280();
    play([...open.slice(0, 2), copying, copying, ...open.slice(2)], (openSensor) => openSensor());
  });

  test("is not one whose id was garbled once", () => {
    play([{ write: [0xd0], read: [0xff] }, ...openBME280(), ...readForced()], (openSensor) => {
      expect(openSensor().read()).toEqual(wholeSample);
    });
  });

  test.each([0x56, 0x57])("is not a BMP280 with the id %i, a sample", (id) => {
    play([{ write: [0xd0], read: [id] }, ...openBMP280().slice(1)], (openSensor) => {
      expect(openSensor().info.model).toBe("BMP280");
    });
  });

  const [calib00, calib26] = openBME280().slice(3, 5) as [Read, Read];
  const all = (value: number, { write, read }: Read): Read => {
    return { write, read: Array<number>(read.length).fill(value) };
  };

  test.each([0x00, 0x01, 0xff])("whose calibration is %i everywhere is not opened", (value) => {
    for (const block of [
      [all(value, calib00), calib26],
      [calib00, all(value, calib26)],
    ]) {
      const reads = [...block, ...block, ...block, ...block];
      play([...openBME280().slice(0, 3), ...reads], (open) => {
        expect(payload(() => open())).toEqual({
          tag: "protocol",
          val: "The BME280 at 0x76 gives no calibration, or another one each time; check its wiring and supply, and open it again.",
        });
      });
    }
  });

  test("is not one whose calibration was garbled once", () => {
    const garbled = { ...calib00, read: calib00.read.map((byte, index) => (index === 2 ? byte ^ 4 : byte)) };
    const open = openBME280();
    const expected = [...open.slice(0, 3), garbled, calib26, ...open.slice(3), ...readForced()];
    play(expected, (openSensor) => expect(openSensor().read()).toEqual(wholeSample));
  });

  test.each([0x00, 0xff])("sends %i everywhere: no measurement, and the next read works", (value) => {
    const stuck = readForced({ read: Array<number>(8).fill(value) });
    play([...openBME280(), ...stuck, ...readForced()], (open) => {
      const sensor = open();
      expect(payload(() => sensor.read())).toMatchObject({
        tag: "protocol",
        val: expect.stringContaining("no measurement"),
      });
      expect(sensor.read()).toEqual(wholeSample);
    });
  });

  test("whose calibration allows no pressure gives none", () => {
    const open = openBME280();
    const noPressure = bytes("706b 4367 18fc 0000 43d6 d00b 270b 8c00 f9ff 8c3c f8c6 7017 00 4b");
    play(
      [
        ...open.slice(0, 3),
        ...[{ write: [0x88], read: noPressure }, calib26, { write: [0x88], read: noPressure }],
        ...open.slice(6),
        ...readForced(),
      ],
      (openSensor) => {
        expect(payload(() => openSensor().read())).toEqual({
          tag: "protocol",
          val: "The BME280 at 0x76 has a calibration that allows no pressure; replace the part.",
        });
      },
    );
  });
});

describe("skipped measurements", () => {
  test.each([
    ["pressure", "800000 7eed00 896d"],
    ["temperature", "655ac0 800000 896d"],
    ["humidity", "655ac0 7eed00 8000"],
  ])("of %s, which is on, are an error and no number; the next read works", (channel, text) => {
    play([...openBME280(), ...readForced({ read: bytes(text) }), ...readForced()], (open) => {
      const sensor = open();
      expect(payload(() => sensor.read())).toEqual({
        tag: "protocol",
        val: `The BME280 at 0x76 skipped ${channel}, which is on; if reading again does not help, its supply failed: open it again.`,
      });
      expect(sensor.read()).toEqual(wholeSample);
    });
  });

  test("of pressure and humidity, which are off, are undefined, and no channels", () => {
    const read = bytes("800000 7eed00 8000");
    play([...openBME280({ ctrlHum: 0 }), ...readForced({ ctrlMeas: 0b001_000_01, read })], (open) => {
      const sensor = open({ pressureOversampling: "off", humidityOversampling: "off" });
      expect(sensor.channels.map(({ label }) => label)).toEqual(["temperature"]);
      expect(sensor.read()).toEqual({ ...wholeSample, pressure: undefined, humidity: undefined });
    });
  });

  test("a channel that is off has no value, whatever the registers hold", () => {
    play([...openBME280({ ctrlHum: 0 }), ...readForced({ ctrlMeas: 0b001_000_01 })], (open) => {
      const sensor = open({ pressureOversampling: "off", humidityOversampling: "off" });
      expect(sensor.read()).toEqual({ ...wholeSample, pressure: undefined, humidity: undefined });
    });
  });
});
