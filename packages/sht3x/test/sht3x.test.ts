import { bytes, payload } from "@busbar/contract";
import { failAt } from "@busbar/guest/playback";
import { describe, expect, test } from "vitest";
import { breaks, fetch, noData, openPeriodic, openSHT3x, play, readOnce, result, sample } from "./chip.ts";

describe("an SHT3x in single-shot mode", () => {
  test("opens, reads, and reads again; it sleeps by itself", () => {
    play([...openSHT3x(), ...readOnce(), ...readOnce()], (open, { waits }) => {
      const sensor = open();
      expect(sensor.info).toEqual({ vendor: "Sensirion", model: "SHT3x" });
      const first = sensor.read();
      expect(first).toEqual(sample);
      const second = sensor.read();
      expect(second).toEqual(first);
      expect(second).not.toBe(first);
      sensor.close();
      expect(waits).toEqual([
        { ms: 1.5, afterTransactions: 0 },
        { ms: 1, afterTransactions: 1 },
        { ms: 1.5, afterTransactions: 2 },
        { ms: 15.5, afterTransactions: 6 },
        { ms: 15.5, afterTransactions: 8 },
      ]);
    });
  });

  test.each([
    ["high", 0x2400, 15.5],
    ["medium", 0x240b, 6.5],
    ["low", 0x2416, 4.5],
  ] as const)("with %s repeatability sends %i and waits %d ms", (repeatability, command, ms) => {
    play([...openSHT3x(), ...readOnce({ command })], (open, { waits }) => {
      expect(open({ repeatability }).read()).toEqual(sample);
      expect(waits.at(-1)).toEqual({ ms, afterTransactions: 6 });
    });
  });

  test.each([
    ["high", [0x2c, 0x06]],
    ["medium", [0x2c, 0x0d]],
    ["low", [0x2c, 0x10]],
  ] as const)("with clock stretching and %s repeatability does not wait", (repeatability, write) => {
    play([...openSHT3x(), { write, read: bytes("6666 93 3333 88") }], (open, { waits }) => {
      expect(open({ repeatability, clockStretching: true }).read()).toEqual(sample);
      expect(waits).toHaveLength(3);
    });
  });
});

describe("an SHT3x in periodic mode", () => {
  test.each([
    [0.5, "high", 0x2032],
    [0.5, "medium", 0x2024],
    [0.5, "low", 0x202f],
    [1, "high", 0x2130],
    [1, "medium", 0x2126],
    [1, "low", 0x212d],
    [2, "high", 0x2236],
    [2, "medium", 0x2220],
    [2, "low", 0x222b],
    [4, "high", 0x2334],
    [4, "medium", 0x2322],
    [4, "low", 0x2329],
    [10, "high", 0x2737],
    [10, "medium", 0x2721],
    [10, "low", 0x272a],
  ] as const)("%d times a second with %s repeatability starts with %i", (rateHz, repeatability, command) => {
    const waiting = [fetch, noData, fetch, noData];
    play([...openPeriodic(command), fetch, result, ...waiting, fetch, result, breaks], (open, { waits }) => {
      const sensor = open({ mode: "periodic", rateHz, repeatability });
      const ms = { low: 4.5, medium: 6.5, high: 15.5 }[repeatability];
      expect(waits.at(-1)).toEqual({ ms, afterTransactions: 6 });
      expect(sensor.read()).toEqual(sample);
      expect(sensor.read()).toEqual(sample);
      // Twice a tenth of the period.
      expect(waits.slice(4).map(({ ms }) => ms)).toEqual([100 / rateHz, 100 / rateHz]);
      sensor.close();
    });
  });

  test("or with accelerated response time, four times a second", () => {
    play([...openPeriodic(0x2b32), fetch, noData, fetch, result, breaks], (open, { waits }) => {
      const sensor = open({ mode: "accelerated" });
      expect(sensor.read()).toEqual(sample);
      expect(waits.at(-1)!.ms).toBe(25);
      sensor.close();
    });
  });

  test("waits for two periods at most, and the next read works", () => {
    const never = Array.from({ length: 21 }, () => [fetch, noData]).flat();
    play([...openPeriodic(0x2130), ...never, fetch, result], (open, { waits }) => {
      const sensor = open({ mode: "periodic" });
      expect(payload(() => sensor.read())).toEqual({
        tag: "timeout",
        val: "The SHT3x at 0x44 does not finish measuring; check its supply, and open it again.",
      });
      expect(waits.slice(4).reduce((sum, { ms }) => sum + ms, 0)).toBe(2000);
      expect(sensor.read()).toEqual(sample);
    });
  });

  test("a part that is gone is no part without data", () => {
    const gone = failAt([fetch], 0, { tag: "no-acknowledge", val: "address" });
    play([...openPeriodic(0x2130), ...gone], (open) => {
      const sensor = open({ mode: "periodic" });
      expect(payload(() => sensor.read())).toMatchObject({
        tag: "bus",
        val: { kind: "no-acknowledge-address" },
      });
    });
  });
});

describe("the wrong part", () => {
  test.each([
    ["no reset", "8000 a2", "0x8000"],
    ["a reserved bit", "8018 58", "0x8018"],
    ["another reserved bit", "c010 68", "0xC010"],
  ])("with %s in its status is left alone", (_, identity, shown) => {
    play(openSHT3x({ identity: bytes(identity) }).slice(0, 3), (open) => {
      expect(payload(() => open())).toEqual({
        tag: "wrong-device",
        val: `Expected an SHT3x at 0x44, but the status of the device there is ${shown}, which no SHT3x has after a reset; correct the address or the driver in the board file.`,
      });
    });
  });

  test("whose status has a wrong checksum is a protocol error", () => {
    const opening = openSHT3x({ identity: bytes("8010 e0") });
    play([...opening.slice(0, 3), opening[2]!], (open) => {
      expect(payload(() => open()).tag).toBe("protocol");
    });
  });

  test("is not one whose status was garbled once", () => {
    const garbled = openSHT3x({ identity: bytes("ffff ff") })[2]!;
    const opening = openSHT3x();
    play([...opening.slice(0, 2), garbled, ...opening.slice(2, 4), garbled, ...opening.slice(4)], (open) =>
      open(),
    );
  });

  test("reserved bits that can be anything are ignored", () => {
    play(openSHT3x({ identity: bytes("83f0 0d") }), (open) => open());
  });

  test.each([
    ["kept its reset flag", "0010 c2"],
    ["did not take a command", "0002 e3"],
    ["heats without being told", "2000 5d"],
  ])("that %s is a protocol error", (_, status) => {
    play(openSHT3x({ status: bytes(status) }), (open) => {
      expect(payload(() => open())).toMatchObject({
        tag: "protocol",
        val: expect.stringMatching(/^The SHT3x at 0x44 does not do what it is told, its status is 0x/),
      });
    });
  });
});

describe("a wrong checksum", () => {
  test.each([
    ["of the temperature", "6666 92 3333 88"],
    ["of the humidity", "6666 93 3333 89"],
    ["in the temperature", "6667 93 3333 88"],
    ["of a line that is held high", "ffff ff ffff ff"],
    ["of a line that is held low", "0000 00 0000 00"],
  ])("%s is a protocol error and no number; the next read works", (_, text) => {
    play([...openSHT3x(), ...readOnce({ read: bytes(text) }), ...readOnce()], (open) => {
      const sensor = open();
      expect(payload(() => sensor.read())).toEqual({
        tag: "protocol",
        val: "The SHT3x at 0x44 sent data with a wrong checksum; if it happens again, check the wiring and that it is an SHT3x.",
      });
      expect(sensor.read()).toEqual(sample);
    });
  });
});

describe("close", () => {
  test("twice is legal, and nothing works afterwards", () => {
    play([...openPeriodic(0x2130), breaks], (open) => {
      const sensor = open({ mode: "periodic" });
      sensor.close();
      sensor.close();
      expect(payload(() => sensor.read())).toEqual({
        tag: "disconnected",
        val: "The SHT3x at 0x44 is closed; open it again.",
      });
    });
  });

  test("switches the heater off", () => {
    const off = { write: [0x30, 0x66] };
    play([...openSHT3x({ heater: true }), ...readOnce(), off], (open) => {
      const sensor = open({ heater: true });
      expect(sensor.read()).toEqual(sample);
      sensor.close();
    });
  });

  test("does not mind a part that is gone", () => {
    const gone = failAt([breaks], 0, { tag: "no-acknowledge", val: "address" });
    play([...openPeriodic(0x2130), ...gone], (open) => {
      expect(() => open({ mode: "periodic" }).close()).not.toThrow();
    });
  });
});
