/** The driver class: exact reports, a fault at each of them, and chips that answer nonsense. */

import { outcome, steppingTime, usbPlayerOf } from "@busbar/contract";
import { UsbDevice } from "@busbar/guest";
import { type ExpectedUsbStep, type PlaybackDevice, UsbPlayback } from "@busbar/guest/usb-playback";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CP2112 } from "../src/cp2112.ts";
import { parseData, parseStatus, parseVersion } from "../src/reports.ts";

const interrupt = 3;
const device: PlaybackDevice = {
  interfaces: [
    {
      interfaceClass: 0x03,
      endpoints: [
        { endpointAddress: 0x81, attributes: interrupt, maxPacketSize: 64 },
        { endpointAddress: 0x01, attributes: interrupt, maxPacketSize: 64 },
      ],
    },
  ],
};

const bytes = (...values: number[]) => Uint8Array.from(values);

function report(...values: number[]): Uint8Array {
  const all = new Uint8Array(64);
  all.set(values);
  return all;
}

const out = (...values: number[]): ExpectedUsbStep => ({ endpoint: 0x01, out: report(...values) });
const answer = (...values: number[]): ExpectedUsbStep => ({
  endpoint: 0x81,
  in: report(...values),
  length: 64,
});

/** A status, asked for and answered. */
const status = (...values: number[]) => [out(0x15, 1), answer(0x16, ...values)];
const complete = status(2, 5);

const version = (number: number): ExpectedUsbStep => ({
  control: [0xa1, 0x01, 0x0305, 0],
  in: [0x05, 0x0c, number],
  length: 3,
});
/** 100 kHz, 500 ms to write and to read, a clock that is held low is a fault, one retry. */
const configuration = [0x06, 0x00, 0x01, 0x86, 0xa0, 0x02, 0x00, 0x01, 0xf4, 0x01, 0xf4, 0x01, 0x00, 0x01];
const opening = (number = 3): readonly ExpectedUsbStep[] => [
  version(number),
  { control: [0x21, 0x09, 0x0306, 0], out: configuration },
  out(0x17, 1),
  ...status(0),
];

/** Each wait takes 100 ms. */
const play = usbPlayerOf(CP2112, device, 100);

const transaction =
  (...operations: ({ read: number } | { write: Uint8Array })[]) =>
  (driver: CP2112) =>
    driver.i2cTransaction(0, 0x50, operations);

describe("exact reports", () => {
  test("opening asks for the version, and sets the clock", () => {
    const fast = [0x06, 0x00, 0x06, 0x1a, 0x80, ...configuration.slice(5)];
    const steps = opening().with(1, { control: [0x21, 0x09, 0x0306, 0], out: fast });
    expect(play(steps, (driver) => driver.info.model, { clockKhz: 400 })).toBe("CP2112");
  });

  test("a write", () => {
    const steps = [...opening(), out(0x14, 0xa0, 3, 7, 8, 9), ...status(1, 3), ...complete];
    expect(play(steps, transaction({ write: bytes(7, 8, 9) }))).toEqual([]);
  });

  test("a read, whose data is asked for report by report", () => {
    const data = Uint8Array.from({ length: 63 }, (_, index) => index);
    const steps = [
      ...opening(),
      out(0x10, 0xa0, 0, 63),
      ...complete,
      out(0x12, 0, 61),
      answer(0x13, 0, 61, ...data.subarray(0, 61)),
      out(0x12, 0, 2),
      answer(0x13, 0, 2, 61, 62),
    ];
    expect(play(steps, transaction({ read: 63 }))).toEqual([data]);
  });

  test("a write and a read are one transfer", () => {
    const steps = [...opening(), out(0x11, 0xa0, 0x01, 0x02, 2, 0x12, 0x34), ...status(3, 0)];
    expect(play(steps, transaction({ write: bytes(0x12, 0x34) }, { read: 258 }))).toMatchObject({
      val: { kind: "no-acknowledge-address" },
    });
  });

  test("reports that are left from before are read over", () => {
    const steps = [
      ...opening(),
      out(0x10, 0xa0, 0, 1),
      out(0x15, 1),
      answer(0x13, 0, 0),
      answer(0x16, 2, 5),
      out(0x12, 0, 1),
      answer(0x13, 0, 0),
      out(0x12, 0, 1),
      answer(0x13, 0, 1, 0xaa),
    ];
    expect(play(steps, transaction({ read: 1 }))).toEqual([bytes(0xaa)]);
  });

  test.each([
    ["a longer write", [{ write: new Uint8Array(62) }]],
    ["a longer read", [{ read: 513 }]],
    ["a longer write before a read", [{ write: new Uint8Array(17) }, { read: 1 }]],
    ["two writes", [{ write: bytes(1) }, { write: bytes(2) }]],
    ["a read and a write", [{ read: 1 }, { write: bytes(2) }]],
    ["three", [{ write: bytes(1) }, { read: 1 }, { read: 1 }]],
  ])("%s is refused before anything is sent", (_, operations) => {
    expect(play(opening(), transaction(...operations))).toMatchObject({ tag: "unsupported" });
  });

  test("the first version of the chip makes no repeated start, and is not asked for one", () => {
    expect(play(opening(1), transaction({ write: bytes(1) }, { read: 1 }))).toMatchObject({
      tag: "unsupported",
    });
  });
});

/** The GPIO configuration: directions, push-pull, special functions, clock divider. */
const pinsAre = (...values: number[]): ExpectedUsbStep => ({
  control: [0xa1, 0x01, 0x0302, 0],
  in: [0x02, ...values],
  length: 5,
});
const pinsBecome = (...values: number[]): ExpectedUsbStep => ({
  control: [0x21, 0x09, 0x0302, 0],
  out: [0x02, ...values],
});
const set = (values: number, mask: number): ExpectedUsbStep => ({
  control: [0x21, 0x09, 0x0304, 0],
  out: [0x04, values, mask],
});
const levels = (...values: number[]): ExpectedUsbStep => ({
  control: [0xa1, 0x01, 0x0303, 0],
  in: values,
  length: 2,
});

describe("exact reports of pins", () => {
  test("an output lets go until its level is set, and then drives; the others stay as they are", () => {
    const steps = [
      ...[...opening(), pinsAre(0x81, 0x80, 0x07, 24), pinsBecome(0x89, 0x80, 0x07, 24), set(0x08, 0x08)],
      ...[pinsAre(0x89, 0x80, 0x07, 24), pinsBecome(0x89, 0x88, 0x07, 24), set(0x00, 0x08)],
    ];
    const run = (driver: CP2112) => {
      driver.takeLine(3, { direction: "out", openDrain: false, initial: "high" });
      driver.writeLine(3, "low");
    };
    expect(play(steps, run)).toBeUndefined();
  });

  test("an output that leaves high to others", () => {
    const steps = [...opening(), pinsAre(0, 0xff, 0, 0), pinsBecome(0x10, 0xef, 0, 0), set(0, 0x10)];
    const use = { direction: "in-out", openDrain: true, initial: "low" } as const;
    expect(play(steps, (driver) => driver.takeLine(4, use))).toBeUndefined();
  });

  test.each([
    [0, 0x05],
    [1, 0x03],
    [2, 0x07],
    [7, 0x06],
  ])("GPIO.%i as an input has no other function any more, and is read", (pin, special) => {
    const bit = 1 << pin;
    const steps = [
      ...[...opening(), pinsAre(0xff, 0xff, 0x07, 5), pinsBecome(0xff & ~bit, 0xff & ~bit, special, 5)],
      ...[levels(0x03, bit), levels(0x03, 0xff & ~bit)],
    ];
    const run = (driver: CP2112) => {
      driver.takeLine(pin, { direction: "in", openDrain: false, initial: "low" });
      return [driver.readLine(pin), driver.readLine(pin)];
    };
    expect(play(steps, run)).toEqual(["high", "low"]);
  });

  test.each([
    ["no configuration", []],
    ["a short configuration", [0x02, 0, 0, 0]],
    ["another report", [0x03, 0, 0, 0, 0]],
  ])("an answer that is none: %s", (_, answered) => {
    const asked: ExpectedUsbStep = { control: [0xa1, 0x01, 0x0302, 0], in: answered, length: 5 };
    expect(play([...opening(), asked], (driver) => driver.releaseLine(1))).toMatchObject({ tag: "protocol" });
  });

  test.each([[[]], [[0x03]], [[0x02, 0xff]]])("levels that are none: %j", (answered) => {
    expect(play([...opening(), levels(...answered)], (driver) => driver.readLine(1))).toMatchObject({
      tag: "protocol",
    });
  });
});

describe("what goes wrong", () => {
  test.each([
    ["a device that is another part", { ...version(3), in: [0x05, 0x0d, 3] }, "wrong-device"],
    ["a short answer", { ...version(3), in: [0x05] }, "wrong-device"],
    ["a device that is gone", { ...version(3), error: "no-device" }, "disconnected"],
  ] as const)("opening %s", (_, step, tag) => {
    expect(play([step], () => undefined)).toMatchObject({ tag });
  });

  test.each([
    [0, "no-acknowledge-address"],
    [1, "bus"],
    [2, "arbitration-loss"],
    [3, "other"],
    [4, "no-acknowledge-data"],
    [9, "other"],
  ] as const)("the fault %i is %s", (fault, kind) => {
    const steps = [...opening(), out(0x14, 0xa0, 1, 7), ...status(3, fault)];
    expect(play(steps, transaction({ write: bytes(7) }))).toMatchObject({ tag: "bus", val: { kind } });
  });

  test("a transfer that does not end is cancelled", () => {
    const polls = Array.from({ length: 22 }, () => status(1, 1)).flat();
    const steps = [...opening(), out(0x14, 0xa0, 1, 7), ...polls, out(0x17, 1), ...status(0)];
    expect(play(steps, transaction({ write: bytes(7) }))).toMatchObject({
      tag: "bus",
      val: { kind: "other" },
    });
  });

  test.each([
    ["a transfer that the chip does not know of", [...status(0)], "protocol"],
    ["a status that there is not", [...status(4)], "protocol"],
    ["more data than was asked for", [...complete, out(0x12, 0, 2), answer(0x13, 0, 3, 1, 2, 3)], "protocol"],
    ["a count that no report has", [...complete, out(0x12, 0, 2), answer(0x13, 0, 62)], "protocol"],
    [
      "never any data",
      [...complete, ...Array.from({ length: 17 }, () => [out(0x12, 0, 2), answer(0x13, 0, 0)]).flat()],
      "protocol",
    ],
    ["only other reports", [out(0x15, 1), ...Array.from({ length: 17 }, () => answer(0x99))], "protocol"],
    ["no answer", [out(0x15, 1), { ...answer(0), error: "timeout" }], "timeout"],
    ["the chip is gone", [{ ...out(0x15, 1), error: "no-device" }], "disconnected"],
  ] as const)("%s", (_, steps, tag) => {
    expect(play([...opening(), out(0x10, 0xa0, 0, 2), ...steps], transaction({ read: 2 }))).toMatchObject({
      tag,
    });
  });

  test("the parsers take any report", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 64, maxLength: 64 }),
        fc.uint8Array({ maxLength: 5 }),
        (any, short) => {
          const data = parseData(any);
          expect(data === undefined).toBe(any[2]! > 61);
          if (data !== undefined) expect([...data]).toEqual([...any.subarray(3, 3 + any[2]!)]);
          expect(parseStatus(any) === undefined).toBe(any[1]! > 3);
          expect(parseVersion(short) === undefined).toBe(
            !(short.length === 3 && short[0] === 5 && short[1] === 12),
          );
        },
      ),
      { seed: 17, numRuns: 2000 },
    );
  });

  test("nonsense from the chip ends in an error, or is taken for what it says", () => {
    const nonsense = fc.array(
      fc.tuple(fc.constantFrom(0x13, 0x16, 0x99), fc.nat(4), fc.nat(4)).map((values) => report(...values)),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(nonsense, (reports) => {
        const answers = [...reports];
        const playback = new UsbPlayback(device, opening());
        const usb = new UsbDevice(playback.host, "dongle");
        const driver = new CP2112(usb, steppingTime(100));
        usb.submitOut = () => ({ wait: () => new Uint8Array() }) as never;
        usb.submitIn = () => ({ wait: () => answers.shift() ?? report() }) as never;
        const result = outcome(() => transaction({ read: 3 })(driver));
        if (Array.isArray(result)) expect(result).toEqual([expect.objectContaining({ length: 3 })]);
        else expect(result).toHaveProperty("tag");
      }),
      { seed: 17, numRuns: 500 },
    );
  });
});
