/** The driver class: exact requests, a fault at each of them, and adapters that answer nonsense. */

import { usbPlayerOf } from "@busbar/contract";
import type { ExpectedUsbStep, PlaybackDevice } from "@busbar/guest/usb-playback";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { I2cTinyUsb } from "../src/i2c-tiny-usb.ts";
import { isI2cAdapter, parseStatus } from "../src/requests.ts";

const device: PlaybackDevice = { interfaces: [{ interfaceClass: 0xff, endpoints: [] }] };

const functionality: ExpectedUsbStep = {
  control: [0xc0, 1, 0, 0],
  in: [0x09, 0x00, 0xff, 0x0e],
  length: 4,
};
const opening: readonly ExpectedUsbStep[] = [functionality, { control: [0x40, 2, 10, 0], out: [] }];
const status = (value: number): ExpectedUsbStep => ({ control: [0xc0, 3, 0, 0], in: [value], length: 1 });

const play = usbPlayerOf(I2cTinyUsb, device);

const transaction =
  (...operations: ({ read: number } | { write: Uint8Array })[]) =>
  (driver: I2cTinyUsb) =>
    driver.i2cTransaction(0, 0x50, operations);
const bytes = (...values: number[]) => Uint8Array.from(values);

describe("exact requests", () => {
  test("opening asks what it is, and sets the clock", () => {
    const steps = [functionality, { control: [0x40, 2, 500, 0], out: [] } as const];
    expect(play(steps, (driver) => driver.info, { delayMicroseconds: 500 })).toEqual({
      vendor: "",
      model: "i2c-tiny-usb",
    });
  });

  test("a message by itself begins and ends the transaction", () => {
    const write = [...opening, { control: [0x40, 7, 0, 0x50], out: [1, 2] } as const, status(1)];
    expect(play(write, transaction({ write: bytes(1, 2) }))).toEqual([]);
    const read = [...opening, { control: [0xc0, 7, 1, 0x50], in: [3, 4], length: 2 } as const, status(1)];
    expect(play(read, transaction({ read: 2 }))).toEqual([bytes(3, 4)]);
  });

  test("of several the first begins it, the last ends it, and those between do neither", () => {
    const steps = [
      ...opening,
      { control: [0x40, 5, 0, 0x50], out: [9] } as const,
      status(1),
      { control: [0xc0, 4, 1, 0x50], in: [8], length: 1 } as const,
      status(1),
      { control: [0x40, 6, 0, 0x50], out: [7] } as const,
      status(1),
    ];
    expect(play(steps, transaction({ write: bytes(9) }, { read: 1 }, { write: bytes(7) }))).toEqual([
      bytes(8),
    ]);
  });

  test("a message that is longer than the firmware takes is refused before anything is sent", () => {
    const long = transaction({ write: bytes(1) }, { read: 255 });
    expect(play(opening, long)).toMatchObject({ tag: "unsupported" });
    const steps = [
      ...opening,
      { control: [0x40, 5, 0, 0x50], out: [1] } as const,
      status(1),
      { control: [0xc0, 6, 1, 0x50], in: new Uint8Array(255), length: 255 } as const,
      status(1),
    ];
    expect(play(steps, long, { longestMessage: 255 })).toEqual([new Uint8Array(255)]);
  });
});

describe("what goes wrong", () => {
  test.each([
    ["a device that is no adapter", [{ ...functionality, in: [0, 0, 0, 0] }], "wrong-device"],
    ["a short answer", [{ ...functionality, in: [1] }], "wrong-device"],
    ["a device without such a request", [{ ...functionality, error: "pipe" }], "protocol"],
    ["a device that is gone", [{ ...functionality, error: "no-device" }], "disconnected"],
  ] as const)("opening %s", (_, steps, tag) => {
    expect(play(steps, () => undefined)).toMatchObject({ tag });
  });

  const write: ExpectedUsbStep = { control: [0x40, 7, 0, 0x50], out: [1] };
  const read: ExpectedUsbStep = { control: [0xc0, 7, 1, 0x50], in: [0, 0], length: 2 };
  test.each([
    ["nobody at the address", [write, status(2)], { write: bytes(1) }, "no-acknowledge-address"],
    ["nobody to read from", [read, status(2)], { read: 2 }, "no-acknowledge-address"],
    ["a message that is refused", [{ ...write, error: "pipe" }], { write: bytes(1) }, "no-acknowledge"],
    ["a cable that fails", [{ ...write, error: "io" }], { write: bytes(1) }, "other"],
  ] as const)("%s", (_, steps, operation, kind) => {
    expect(play([...opening, ...steps], transaction(operation))).toMatchObject({ tag: "bus", val: { kind } });
  });

  test.each([
    ["a read that is refused", [{ ...read, error: "pipe" }], { read: 2 }, "protocol"],
    ["a short read", [{ ...read, in: [0] }, status(1)], { read: 2 }, "protocol"],
    ["a status that there is not", [write, status(3)], { write: bytes(1) }, "protocol"],
    ["a status of a message that was never sent", [write, status(0)], { write: bytes(1) }, "protocol"],
    ["no answer", [{ ...write, error: "timeout" }], { write: bytes(1) }, "timeout"],
    [
      "the device is gone",
      [write, { ...status(0), error: "no-device" }],
      { write: bytes(1) },
      "disconnected",
    ],
  ] as const)("%s", (_, steps, operation, tag) => {
    expect(play([...opening, ...steps], transaction(operation))).toMatchObject({ tag });
  });

  test("nonsense from the device ends in an error, or is taken for what it says", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 4 }),
        fc.uint8Array({ maxLength: 3 }),
        fc.uint8Array({ maxLength: 1 }),
        (first, data, second) => {
          expect(typeof isI2cAdapter(first)).toBe("boolean");
          const steps: ExpectedUsbStep[] = [
            ...opening,
            { control: [0xc0, 7, 1, 0x50], in: data, length: 3 },
            { ...status(0), in: second },
          ];
          const result = play(steps, transaction({ read: 3 }));
          if (parseStatus(second) === "acknowledged" && data.length === 3) expect(result).toEqual([data]);
          else expect(result).toHaveProperty("tag");
        },
      ),
      { seed: 17, numRuns: 500 },
    );
  });
});
