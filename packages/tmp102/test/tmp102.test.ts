import { payload } from "@busbar/contract";
import { failAt } from "@busbar/guest/playback";
import { describe, expect, test } from "vitest";
import {
  DEFAULT,
  openContinuous,
  openTMP102,
  play,
  read,
  readOnce,
  sample,
  shutDown,
  write,
} from "./chip.ts";

const converting = read(1, DEFAULT | 0x6120);

describe("a TMP102 in one-shot mode", () => {
  test("opens, reads, reads again, and shuts down", () => {
    play([...openTMP102(), ...readOnce(), ...readOnce(), shutDown], (open, { waits }) => {
      const sensor = open();
      expect(sensor.info).toEqual({ vendor: "Texas Instruments", model: "TMP102" });
      const first = sensor.read();
      expect(first).toEqual(sample);
      const second = sensor.read();
      expect(second).toEqual(first);
      expect(second).not.toBe(first);
      sensor.close();
      expect(waits).toEqual([
        { ms: 35, afterTransactions: 6 },
        { ms: 35, afterTransactions: 9 },
      ]);
    });
  });

  test("waits for a conversion that is not ready yet", () => {
    const [start, ready, result] = readOnce();
    play([...openTMP102(), start!, converting, converting, ready!, result!], (open, { waits }) => {
      expect(open().read()).toEqual(sample);
      expect(waits.map(({ ms }) => ms)).toEqual([35, 5, 5]);
    });
  });

  test("does not wait for ever, and the next read works", () => {
    const [start] = readOnce();
    const never = Array.from({ length: 8 }, () => converting);
    play([...openTMP102(), start!, ...never, ...readOnce()], (open, { waits }) => {
      const sensor = open();
      expect(payload(() => sensor.read())).toEqual({
        tag: "timeout",
        val: "The TMP102 at 0x48 does not finish measuring; check its supply, and open it again.",
      });
      expect(waits.map(({ ms }) => ms)).toEqual([35, ...Array(7).fill(5)]);
      expect(sensor.read()).toEqual(sample);
    });
  });

  test("reads below zero", () => {
    play([...openTMP102(), ...readOnce({ content: 0xe700 })], (open) => {
      expect(open().read()).toEqual({ temperature: -25 });
    });
  });
});

describe("a TMP102 in continuous mode", () => {
  test("converts by itself: a read is one transaction, and waits for nothing", () => {
    play([...openContinuous(), read(0, 0x1910), read(0, 0xffc0), shutDown], (open, { waits }) => {
      const sensor = open({ mode: "continuous" });
      expect(waits).toEqual([{ ms: 35, afterTransactions: 6 }]);
      expect(sensor.read()).toEqual(sample);
      expect(sensor.read()).toEqual({ temperature: -0.25 });
      sensor.close();
      expect(waits).toHaveLength(1);
    });
  });
});

describe("a TMP102 in extended mode", () => {
  const configuration = DEFAULT | 0x0010;
  const limits = { low: 0x4b0 << 3, high: 0x500 << 3 };

  test("reads above 128 °C", () => {
    const result = readOnce({ configuration, content: 0x4b01 });
    play([...openTMP102({ configuration, ...limits }), ...result], (open) => {
      const sensor = open({ extendedMode: true });
      expect(sensor.channels[0]!.maximum).toBe(150);
      expect(sensor.read()).toEqual({ temperature: 150 });
    });
  });

  test.each([0x4b00, 0x4b03, 0x4b05])("a content of %i is not of that mode", (content) => {
    const result = readOnce({ configuration, content });
    play([...openTMP102({ configuration, ...limits }), ...result], (open) => {
      expect(payload(() => open({ extendedMode: true }).read()).tag).toBe("protocol");
    });
  });
});

test("a part that lost its settings is a protocol error and no number; the next read works", () => {
  play([...openTMP102(), ...readOnce({ content: 0x1911 }), ...readOnce()], (open) => {
    const sensor = open();
    expect(payload(() => sensor.read())).toEqual({
      tag: "protocol",
      val: "The TMP102 at 0x48 has 0x1911 in its temperature register, which is not the format that was set; if its supply failed, open it again.",
    });
    expect(sensor.read()).toEqual(sample);
  });
});

describe("the wrong part", () => {
  test.each([
    ["without R1", 0x20a0, "0x20A0"],
    ["without R0", 0x40a0, "0x40A0"],
    ["with a low bit", 0x60a1, "0x60A1"],
    ["of one byte", 0x6060, undefined],
    ["of nothing", 0x0000, "0x0000"],
    ["held high", 0xffff, "0xFFFF"],
  ])("a configuration register %s", (_, identity, shown) => {
    if (shown === undefined) {
      // R1, R0 and the low four bits are right, by chance: it is found out when it does not keep its settings.
      play([...openTMP102({ identity }).slice(0, 4), read(1, 0x6060), read(1, 0x6060)], (open) => {
        expect(payload(() => open())).toEqual({
          tag: "protocol",
          val: "The TMP102 at 0x48 does not keep its settings: its configuration is 0x6060; check that it is a TMP102.",
        });
      });
      return;
    }
    // Twice, because one could be garbled.
    play([read(1, identity), read(1, identity)], (open) => {
      expect(payload(() => open())).toEqual({
        tag: "wrong-device",
        val: `Expected a TMP102 at 0x48, but the device there has ${shown} in its configuration register, which no TMP102 has; correct the address or the driver in the board file.`,
      });
    });
  });

  test("is not one whose configuration was garbled once", () => {
    const [identity, ...rest] = openTMP102();
    play([read(1, 0xffff), identity!, ...rest.slice(0, 3), read(1, 0), ...rest.slice(3)], (open) => open());
  });

  test("is not one that an earlier user set up otherwise", () => {
    play(openTMP102({ identity: 0xffd0 }), (open) => open());
  });

  test("is not one whose alert is active, or that has converted before", () => {
    play([...openTMP102().slice(0, 4), read(1, 0xe180)], (open) => open());
  });
});

describe("close", () => {
  test("twice is legal, and nothing works afterwards", () => {
    play([...openTMP102(), shutDown], (open) => {
      const sensor = open();
      sensor.close();
      sensor.close();
      expect(payload(() => sensor.read())).toEqual({
        tag: "disconnected",
        val: "The TMP102 at 0x48 is closed; open it again.",
      });
    });
  });

  test("keeps the other settings, of which the ALERT pin depends", () => {
    const configuration = 0x1e40;
    play([...openContinuous({ configuration }), write(1, 0x1f40)], (open) => {
      open({
        mode: "continuous",
        rateHz: 1,
        faultQueue: 6,
        thermostatMode: "interrupt",
        alertPolarity: "active-high",
      }).close();
    });
  });

  test("does not mind a part that is gone", () => {
    const gone = failAt([shutDown], 0, { tag: "no-acknowledge", val: "address" });
    play([...openTMP102(), ...gone], (open) => expect(() => open().close()).not.toThrow());
  });
});
