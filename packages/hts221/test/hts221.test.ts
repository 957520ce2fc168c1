import { bytes, payload } from "@busbar/contract";
import { type ExpectedTransaction, failAt } from "@busbar/guest/playback";
import { describe, expect, test } from "vitest";
import {
  booting,
  openHTS221,
  outputs,
  play,
  powerDown,
  readFirst,
  readOnce,
  sample,
  status,
} from "./chip.ts";
import vectors from "./vectors/hts221.json" with { type: "json" };

describe("an HTS221 in one-shot mode", () => {
  test("opens, reads, reads again, and powers down", () => {
    play([...openHTS221(), ...readFirst(), ...readOnce(), powerDown], (open, { waits }) => {
      const sensor = open();
      expect(sensor.info).toEqual({ vendor: "STMicroelectronics", model: "HTS221" });
      const first = sensor.read();
      expect(first).toEqual(sample);
      const second = sensor.read();
      expect(second).toEqual(first);
      expect(second).not.toBe(first);
      sensor.close();
      expect(waits).toEqual([]);
    });
  });

  test("waits until both values are there", () => {
    const [leftover, start, , result] = readFirst();
    const waiting = [status(0b00), status(0b01), status(0b10), status(0b11)];
    play([...openHTS221(), leftover!, start!, ...waiting, result!], (open, { waits }) => {
      expect(open().read()).toEqual(sample);
      expect(waits.map(({ ms }) => ms)).toEqual([5, 5, 5]);
    });
  });

  test("does not wait for ever, and the next read works", () => {
    const [leftover, start] = readFirst();
    // A second, looked at every 5 ms, and at the start.
    const never = Array.from({ length: 201 }, () => status(0b01));
    play([...openHTS221(), leftover!, start!, ...never, ...readFirst()], (open) => {
      const sensor = open();
      expect(payload(() => sensor.read())).toEqual({
        tag: "timeout",
        val: "The HTS221 at 0x5F does not finish measuring; check its supply, and open it again.",
      });
      expect(sensor.read()).toEqual(sample);
    });
  });

  test("does not take what an earlier measurement left for its own", () => {
    const failing = failAt(readOnce(), 2, { tag: "bus" });
    play([...openHTS221(), ...readFirst(), ...failing, ...readFirst(), ...readOnce()], (open) => {
      const sensor = open();
      expect(sensor.read()).toEqual(sample);
      expect(payload(() => sensor.read()).tag).toBe("bus");
      expect(sensor.read()).toEqual(sample);
      expect(sensor.read()).toEqual(sample);
    });
  });
});

describe("an HTS221 in continuous mode", () => {
  test.each([
    [1, 0x85, 100],
    [7, 0x86, 1000 / 70],
    [12.5, 0x87, 8],
  ] as const)("at %d Hz waits for the next measurement, ten times a period", (rateHz, ctrl1, everyMs) => {
    const waiting = [status(0b00), status(0b00), status(0b11)];
    play([...openHTS221({ ctrl1 }), outputs, ...waiting, outputs, powerDown], (open, { waits }) => {
      const sensor = open({ mode: "continuous", rateHz });
      expect(sensor.read()).toEqual(sample);
      expect(waits.map(({ ms }) => ms)).toEqual([expect.closeTo(everyMs, 5), expect.closeTo(everyMs, 5)]);
      sensor.close();
    });
  });

  test("waits for two periods at most", () => {
    const never = Array.from({ length: 21 }, () => status(0b00));
    play([...openHTS221({ ctrl1: 0x85 }), outputs, ...never], (open, { waits }) => {
      const sensor = open({ mode: "continuous" });
      expect(payload(() => sensor.read()).tag).toBe("timeout");
      expect(waits.reduce((sum, { ms }) => sum + ms, 0)).toBe(2000);
    });
  });
});

describe("boot", () => {
  test("is waited for", () => {
    const open = openHTS221();
    play([...open.slice(0, 3), booting, booting, ...open.slice(3)], (openSensor, { waits }) => {
      openSensor();
      expect(waits).toEqual([
        { ms: 5, afterTransactions: 4 },
        { ms: 5, afterTransactions: 5 },
      ]);
    });
  });

  test("is not waited for for ever", () => {
    const never = Array.from({ length: 21 }, () => booting);
    play([...openHTS221().slice(0, 3), ...never], (open, { waits }) => {
      expect(payload(() => open())).toEqual({
        tag: "timeout",
        val: "The HTS221 at 0x5F does not finish booting; check its supply, and open it again.",
      });
      expect(waits.map(({ ms }) => ms)).toEqual(Array(20).fill(5));
    });
  });
});

describe("the wrong part", () => {
  test.each([0x00, 0xbd, 0xff])("with the id %i is left alone", (id) => {
    // Twice, because one could be garbled.
    play(Array(2).fill({ write: [0x0f], read: [id] }), (open) => {
      const found = `0x${id.toString(16).toUpperCase().padStart(2, "0")}`;
      expect(payload(() => open())).toEqual({
        tag: "wrong-device",
        val: `Expected an HTS221 (WHO_AM_I 0xBC) at 0x5F, but the device there says ${found}; correct the address or the driver in the board file.`,
      });
    });
  });

  test("is not one whose id was garbled once", () => {
    play([{ write: [0x0f], read: [0x3c] }, ...openHTS221()], (open) => open());
  });

  test.each([
    ["measured at the same humidity", "3a 85 a6 16 00 c4 f3ff 0000 f3ff fdff fb02"],
    ["measured at the same temperature", "3a 85 a6 16 00 c4 f3ff 0000 88cf fdff fdff"],
    ["of the same humidity", "3a 3a a6 16 00 c4 f3ff 0000 88cf fdff fb02"],
    ["of the same temperature", "3a 85 a6 a6 00 c0 f3ff 0000 88cf fdff fb02"],
    ["all zeros", "00".repeat(16)],
    ["all ones", "ff".repeat(16)],
  ])("whose calibration has two points %s is not opened", (_, calibration) => {
    const read: ExpectedTransaction = { write: [0xb0], read: bytes(calibration) };
    play([...openHTS221().slice(0, 4), ...Array(40).fill(read)], (open, { waits }) => {
      expect(payload(() => open())).toEqual({
        tag: "protocol",
        val: "The HTS221 at 0x5F has a calibration that allows no values; check its supply, and if that does not help, replace it.",
      });
      expect(waits.map(({ ms }) => ms)).toEqual(Array(40).fill(5));
    });
  });

  test("is not one whose calibration is zeros for 100 ms after power-on", () => {
    const open = openHTS221();
    const zeros: ExpectedTransaction = { write: [0xb0], read: bytes("00".repeat(16)) };
    play([...open.slice(0, 4), ...Array(20).fill(zeros), ...open.slice(4), ...readFirst()], (openSensor) => {
      expect(openSensor().read()).toEqual(sample);
    });
  });

  test("is not one whose calibration was garbled once", () => {
    const open = openHTS221();
    const garbled: ExpectedTransaction = {
      write: [0xb0],
      read: bytes("3a 85 a7 16 00 c4 f3ff 0000 88cf fdff fb02"),
    };
    play([...open.slice(0, 4), garbled, ...open.slice(4), ...readFirst()], (openSensor) => {
      expect(openSensor().read()).toEqual(sample);
    });
  });
});

describe("an output of 0x8000", () => {
  test.each(["0080 5802", "1ee8 0080"])("is no measurement: %s; the next read works", (data) => {
    play([...openHTS221(), ...readFirst({ read: bytes(data) }), ...readOnce()], (open) => {
      const sensor = open();
      expect(payload(() => sensor.read())).toMatchObject({
        tag: "protocol",
        val: expect.stringContaining("0x8000"),
      });
      expect(sensor.read()).toEqual(sample);
    });
  });
});

test.each(vectors.cases)("vector $name", ({ input, raw, recomputed }) => {
  const read = bytes(input.registers_0x30_0x3F);
  const data = bytes(input.registers_0x28_0x2B);
  play([...openHTS221({ read }), ...readFirst({ read: data })], (open) => {
    const sensor = open();
    if (raw.H_OUT === -0x8000) {
      expect(payload(() => sensor.read()).tag).toBe("protocol");
      return;
    }
    expect(sensor.read()).toEqual({
      humidity: expect.closeTo(recomputed.humidity_RH_clamped, 9),
      temperature: expect.closeTo(recomputed.temperature_C, 9),
    });
  });
});

describe("close", () => {
  test("twice is legal, and nothing works afterwards", () => {
    play([...openHTS221(), powerDown], (open) => {
      const sensor = open();
      sensor.close();
      sensor.close();
      expect(payload(() => sensor.read())).toEqual({
        tag: "disconnected",
        val: "The HTS221 at 0x5F is closed; open it again.",
      });
    });
  });

  test("switches the heater off", () => {
    const open = openHTS221({ ctrl2: 0x02 });
    play([...open, ...readFirst({ ctrl2: 0x03 }), { write: [0x21, 0] }, powerDown], (openSensor) => {
      const sensor = openSensor({ heater: true });
      expect(sensor.read()).toEqual(sample);
      sensor.close();
    });
  });

  test("does not mind a part that is gone", () => {
    const gone = failAt([powerDown], 0, { tag: "no-acknowledge", val: "address" });
    play([...openHTS221(), ...gone], (open) => expect(() => open().close()).not.toThrow());
  });
});
