/** The driver class on exact transfers: what it checks first, and what it does when the unit refuses. */

import type { ExpectedUsbStep } from "@busbar/guest/usb-playback";
import { describe, expect, test } from "vitest";
import * as scsi from "../src/scsi.ts";
import { failure, open, play } from "./played.ts";
import { mediumSteps, openSteps, recovery, senseSteps, steps } from "./stick.ts";

const block = new Uint8Array(512).map((_, index) => index & 0xff);

const readSteps = (tag: number, first: number, value = 0): ExpectedUsbStep[] =>
  value === 0
    ? steps(tag, scsi.read(first, 1), { in: block })
    : steps(tag, scsi.read(first, 1), { in: new Uint8Array(), length: 512 }, value);

describe("arguments are checked before anything is sent", () => {
  test.each([
    [-1, 1],
    [0, 0],
    [0, 2049],
    [1000, 1],
    [999, 2],
    [2 ** 53 - 1, 1],
  ])("reading from %i, %i blocks", (first, count) => {
    play([], ({ driver }) => expect(failure(() => driver.read(first, count)).tag).toBe("invalid-argument"));
  });

  test.each([0, 1, 511, 513, 2049 * 512])("writing %i bytes", (length) => {
    play([], ({ driver }) =>
      expect(failure(() => driver.write(0, new Uint8Array(length))).tag).toBe("invalid-argument"),
    );
  });

  test("a write-protected medium", () => {
    play([], ({ driver }) => expect(failure(() => driver.write(0, block)).tag).toBe("access-denied"), {
      isProtected: true,
    });
  });

  test("a smaller maximum", () => {
    play([], ({ driver }) => expect(failure(() => driver.read(0, 9)).tag).toBe("invalid-argument"), {
      maximumTransferKib: 4,
    });
  });
});

describe("reading and writing", () => {
  test("a write is flushed by close, once", () => {
    const expected = [...steps(5, scsi.write(7, 1), { out: block }), ...steps(6, scsi.synchronizeCache10())];
    play(expected, ({ driver }) => driver.write(7, block));
  });

  test("a device that knows no SYNCHRONIZE CACHE is asked once", () => {
    const expected = [
      ...steps(5, scsi.write(7, 1), { out: block }),
      ...steps(6, scsi.synchronizeCache10(), undefined, 1),
      ...senseSteps(7, 5, 0x20),
    ];
    play(expected, ({ driver }) => {
      driver.write(7, block);
      driver.flush();
      driver.flush();
    });
  });

  test("a flush that fails in close is an error, and the device is given back all the same", () => {
    const { driver, playback } = open([
      ...openSteps(),
      ...steps(5, scsi.write(7, 1), { out: block }),
      ...[6, 8, 10].flatMap((tag) => [
        ...steps(tag, scsi.synchronizeCache10(), undefined, 1),
        ...senseSteps(tag + 1, 3, 0x0c),
      ]),
    ]);
    driver.write(7, block);
    expect(failure(() => driver.close())).toMatchObject({
      tag: "protocol",
      val: expect.stringContaining("0C/00"),
    });
    playback.done();
    expect(playback.opened).toBe(0);
    driver.close();
  });

  test("less data than asked for are asked for again, and then are an error", () => {
    const short = (tag: number) => steps(tag, scsi.read(7, 1), { in: block.slice(0, 100), length: 512 });
    play([...short(5), ...readSteps(6, 7)], ({ driver }) => expect(driver.read(7, 1)).toEqual(block));
    play([...short(5), ...short(6), ...readSteps(7, 7)], ({ driver }) =>
      expect(driver.read(7, 1)).toEqual(block),
    );
    play([...short(5), ...short(6), ...short(7)], ({ driver }) =>
      expect(failure(() => driver.read(7, 1))).toMatchObject({
        val: expect.stringContaining("100 of 512 bytes"),
      }),
    );
  });

  test.each<[string, number, number, string]>([
    ["medium error", 3, 0x11, "protocol"],
    ["block out of range", 5, 0x21, "invalid-argument"],
    ["unit not supported", 5, 0x25, "not-found"],
    ["another illegal request", 5, 0x24, "unsupported"],
    ["write-protected", 7, 0x27, "access-denied"],
    ["a code of the maker", 9, 0x80, "protocol"],
  ])("%s", (_, key, code, tag) => {
    play([...readSteps(5, 7, 1), ...senseSteps(6, key, code)], ({ driver }) =>
      expect(failure(() => driver.read(7, 1)).tag).toBe(tag),
    );
  });

  test.each([
    ["hardware error", 4, 0x44],
    ["medium error that may pass", 3, 0x0c],
  ])("%s: tried three times, and then the error", (_, key, code) => {
    const failed = (tag: number) => [...readSteps(tag, 7, 1), ...senseSteps(tag + 1, key, code)];
    play([...failed(5), ...failed(7), ...readSteps(9, 7)], ({ driver }) =>
      expect(driver.read(7, 1)).toEqual(block),
    );
    play([...failed(5), ...failed(7), ...failed(9)], ({ driver }) =>
      expect(failure(() => driver.read(7, 1)).tag).toBe("protocol"),
    );
  });

  test("an aborted command, and one without a reason, are repeated", () => {
    const expected = [
      ...readSteps(5, 7, 1),
      ...senseSteps(6, 0x0b, 0x4b),
      ...readSteps(7, 7, 1),
      ...senseSteps(8, 0, 0),
      ...readSteps(9, 7),
    ];
    play(expected, ({ driver }) => expect(driver.read(7, 1)).toEqual(block));
  });
});

describe("another medium", () => {
  test("is told once, and then the driver goes on with it", () => {
    const expected = [
      ...readSteps(5, 7, 1),
      ...senseSteps(6, 6, 0x28),
      ...mediumSteps(7, 1999),
      ...steps(10, scsi.testUnitReady()),
    ];
    play(expected, ({ driver }) => {
      expect(failure(() => driver.read(7, 1)).tag).toBe("disconnected");
      expect(driver.info().blockCount).toBe(2000);
    });
  });

  test("none, and then another one: not-found as long as there is none, then disconnected once", () => {
    const absent = (tag: number) => [
      ...steps(tag, scsi.testUnitReady(), undefined, 1),
      ...senseSteps(tag + 1, 2, 0x3a),
    ];
    const expected = [
      ...readSteps(5, 7, 1),
      ...senseSteps(6, 2, 0x3a),
      ...absent(7),
      ...absent(9),
      ...steps(11, scsi.testUnitReady(), undefined, 1),
      ...senseSteps(12, 6, 0x28),
      ...mediumSteps(13, 499),
      ...readSteps(16, 7),
    ];
    play(expected, ({ driver }) => {
      expect(failure(() => driver.read(7, 1)).tag).toBe("not-found");
      expect(failure(() => driver.flush()).tag).toBe("not-found");
      expect(failure(() => driver.info()).tag).toBe("not-found");
      expect(failure(() => driver.read(7, 1)).tag).toBe("disconnected");
      expect(driver.read(7, 1)).toEqual(block);
    });
  });

  test("a reset of the device is none", () => {
    const expected = [...readSteps(5, 7, 1), ...senseSteps(6, 6, 0x29), ...readSteps(7, 7)];
    play(expected, ({ driver }) => expect(driver.read(7, 1)).toEqual(block));
  });
});

describe("read-ahead", () => {
  const ahead = (tag: number, first: number) => readSteps(tag, first);

  test("begins with the second read in a row", () => {
    // Block 7, then 8; 9 is sent for, then asked for, and 10 is sent for.
    const expected = [...readSteps(5, 7), ...readSteps(6, 8), ...ahead(7, 9), ...ahead(8, 10)];
    const { driver, playback } = open([...openSteps(), ...expected]);
    for (const first of [7, 8, 9]) expect(driver.read(first, 1)).toEqual(block);
    expect(playback.pending).toBe(3);
    playback.done();
  });

  test("ends at the last block, and can be turned off", () => {
    play([...readSteps(5, 997), ...readSteps(6, 998), ...ahead(7, 999)], ({ driver }) => {
      for (const first of [997, 998, 999]) driver.read(first, 1);
    });
    play(
      [7, 8, 9].flatMap((first, index) => readSteps(5 + index, first)),
      ({ driver }) => {
        for (const first of [7, 8, 9]) driver.read(first, 1);
      },
      { readAhead: false },
    );
  });

  test("is of no use where other blocks are read, or more of them", () => {
    const elsewhere = [...readSteps(8, 20), ...readSteps(9, 21), ...ahead(10, 22)];
    const more = steps(11, scsi.read(22, 2), { in: new Uint8Array(1024) });
    const expected = [...readSteps(5, 7), ...readSteps(6, 8), ...ahead(7, 9), ...elsewhere, ...more];
    const { driver, playback } = open([...openSteps(), ...expected, ...aheadOfTwo(12, 24)]);
    for (const first of [7, 8, 20, 21]) expect(driver.read(first, 1)).toEqual(block);
    expect(driver.read(22, 2)).toEqual(new Uint8Array(1024));
    playback.done();
  });

  const aheadOfTwo = (tag: number, first: number) =>
    steps(tag, scsi.read(first, 2), { in: new Uint8Array(1024) });

  test("is over before a write, which what was read ahead does not survive", () => {
    const expected = [
      ...readSteps(5, 7),
      ...readSteps(6, 8),
      ...ahead(7, 9),
      ...steps(8, scsi.write(9, 1), { out: block }),
      ...readSteps(9, 9),
      ...steps(10, scsi.synchronizeCache10()),
    ];
    play(expected, ({ driver }) => {
      driver.read(7, 1);
      driver.read(8, 1);
      driver.write(9, block);
      driver.read(9, 1);
    });
  });

  test("with queue 2 the next command is sent before the first one ends", () => {
    const [commandA, dataA, statusA] = ahead(7, 9);
    const expected = [
      ...readSteps(5, 7),
      ...readSteps(6, 8),
      ...[commandA!, dataA!, statusA!],
      ...ahead(8, 10),
      ...ahead(9, 11),
    ];
    const { driver, playback } = open([...openSteps(), ...expected], { queue: 2 });
    for (const first of [7, 8, 9, 10]) expect(driver.read(first, 1)).toEqual(block);
    playback.done();
  });

  test("what it fails for comes up when its blocks are read", () => {
    const expected = [
      ...readSteps(5, 7),
      ...readSteps(6, 8),
      ...readSteps(7, 9, 1),
      ...senseSteps(8, 3, 0x11),
      ...readSteps(9, 9, 1),
      ...senseSteps(10, 3, 0x11),
    ];
    play(expected, ({ driver }) => {
      driver.read(7, 1);
      driver.read(8, 1);
      expect(failure(() => driver.read(9, 1)).tag).toBe("protocol");
    });
  });

  test("another medium that it finds is told of", () => {
    const expected = [
      ...readSteps(5, 7),
      ...readSteps(6, 8),
      ...readSteps(7, 9, 1),
      ...senseSteps(8, 6, 0x28),
      ...mediumSteps(9, 99),
    ];
    play(expected, ({ driver }) => {
      driver.read(7, 1);
      driver.read(8, 1);
      expect(failure(() => driver.write(20, block)).tag).toBe("disconnected");
      expect(failure(() => driver.read(100, 1)).tag).toBe("invalid-argument");
    });
  });

  test("a reason that the next command has overwritten may have been another medium", () => {
    const [next] = [ahead(8, 10)];
    const expected = [
      ...readSteps(5, 7),
      ...readSteps(6, 8),
      ...readSteps(7, 9, 1),
      ...next,
      ...senseSteps(9, 0, 0),
      ...readSteps(10, 9),
    ];
    play(
      expected,
      ({ driver }) => {
        driver.read(7, 1);
        driver.read(8, 1);
        expect(failure(() => driver.read(9, 1)).tag).toBe("disconnected");
      },
      { queue: 2 },
    );
  });

  test("what a reset recovery ended is read anew", () => {
    const broken = ahead(7, 9).map((step, index) =>
      index === 2 ? { ...step, in: new Uint8Array(4) } : step,
    );
    const expected = [...readSteps(5, 7), ...readSteps(6, 8), ...broken, ...recovery, ...readSteps(8, 9)];
    const { driver, playback } = open([...openSteps(), ...expected, ...ahead(9, 10)] as ExpectedUsbStep[]);
    for (const first of [7, 8, 9]) expect(driver.read(first, 1)).toEqual(block);
    playback.done();
  });
});
