/** The driver class: exact reports, a fault at each of them, and chips that answer nonsense. */

import { outcome, steppingTime, usbPlayerOf } from "@busbar/contract";
import { UsbDevice } from "@busbar/guest";
import { type ExpectedUsbStep, type PlaybackDevice, UsbPlayback } from "@busbar/guest/usb-playback";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MCP2221A } from "../src/mcp2221a.ts";
import { parseData, parseStatus } from "../src/reports.ts";

const interrupt = 3;
const device: PlaybackDevice = {
  interfaces: [
    { interfaceClass: 0x02, endpoints: [] },
    { interfaceClass: 0x0a, endpoints: [] },
    {
      interfaceClass: 0x03,
      endpoints: [
        { endpointAddress: 0x83, attributes: interrupt, maxPacketSize: 64 },
        { endpointAddress: 0x03, attributes: interrupt, maxPacketSize: 64 },
      ],
    },
  ],
};

const bytes = (...values: number[]) => Uint8Array.from(values);

function report(values: readonly number[], also: Readonly<Record<number, number>> = {}): Uint8Array {
  const all = new Uint8Array(64);
  all.set(values);
  for (const [place, value] of Object.entries(also)) all[Number(place)] = value;
  return all;
}

const out = (...values: number[]): ExpectedUsbStep => ({ endpoint: 0x03, out: report(values) });
const answer = (values: readonly number[], also: Readonly<Record<number, number>> = {}): ExpectedUsbStep => ({
  endpoint: 0x83,
  in: report(values, also),
  length: 64,
});

/** A status, asked for and answered: byte 8 is the engine's state, bit 6 of byte 20 a missing acknowledge. */
const status = (state: number, isNotAcknowledged = false) => [
  out(0x10),
  answer([0x10], { 8: state, 20: isNotAcknowledged ? 0x40 : 0 }),
];
const opening: readonly ExpectedUsbStep[] = [
  ...status(0),
  // 12 MHz / (117 + 3) = 100 kHz.
  out(0x10, 0, 0, 0x20, 117),
  answer([0x10, 0, 0, 0x20, 117]),
];

/** Each wait takes 100 ms. */
const play = usbPlayerOf(MCP2221A, device, 100);

const transaction =
  (...operations: ({ read: number } | { write: Uint8Array })[]) =>
  (driver: MCP2221A) =>
    driver.i2cTransaction(0, 0x50, operations);

describe("exact reports", () => {
  test("opening ends what is under way, and sets the clock", () => {
    const steps = [...status(0x44), out(0x10, 0, 0x10), answer([0x10, 0, 0x10]), ...opening];
    expect(play(steps, (driver) => driver.info.model)).toBe("MCP2221A");
  });

  test("a write waits until the engine took it, and until it is over", () => {
    const command = out(0x90, 2, 0, 0xa0, 7, 8);
    const steps = [
      ...[...opening, command, answer([0x90, 1]), ...status(0x43)],
      ...[command, answer([0x90, 0]), ...status(0x43), ...status(0)],
    ];
    expect(play(steps, transaction({ write: bytes(7, 8) }))).toEqual([]);
  });

  test("a read is fetched when it is there", () => {
    const steps = [
      ...[...opening, out(0x91, 3, 0, 0xa1), answer([0x91])],
      ...[out(0x40), answer([0x40, 0x41, 0x50, 127]), ...status(0x50)],
      ...[out(0x40), answer([0x40, 0, 0x54, 2, 5, 6])],
      ...[out(0x40), answer([0x40, 0, 0x55, 1, 7])],
    ];
    expect(play(steps, transaction({ read: 3 }))).toEqual([bytes(5, 6, 7)]);
  });

  test("a write without a stop, and a read after a repeated start", () => {
    const steps = [
      ...[...opening, out(0x94, 1, 0, 0xa0, 0x12), answer([0x94]), ...status(0x45)],
      ...[out(0x93, 1, 0, 0xa1), answer([0x93]), out(0x40), answer([0x40, 0, 0x55, 1, 9])],
    ];
    expect(play(steps, transaction({ write: bytes(0x12) }, { read: 1 }))).toEqual([bytes(9)]);
  });

  test.each([
    ["a read and a write", [{ read: 1 }, { write: bytes(2) }]],
    ["two reads", [{ read: 1 }, { read: 1 }]],
    ["three", [{ write: bytes(1) }, { write: bytes(1) }, { read: 1 }]],
  ])("%s is refused before anything is sent", (_, operations) => {
    expect(play(opening, transaction(...operations))).toMatchObject({ tag: "unsupported" });
  });
});

describe("what goes wrong", () => {
  const freed = (state: number) => [
    ...status(state),
    out(0x10, 0, 0x10),
    answer([0x10, 0, 0x10]),
    ...status(0),
  ];

  test.each([
    [0x25, true, "no-acknowledge-address"],
    [0x44, true, "no-acknowledge"],
    [0x12, false, "bus"],
    [0x62, false, "bus"],
  ] as const)("the state 0x%i of a write ends it, and the bus is freed", (state, isNotAcknowledged, kind) => {
    const steps = [
      ...[...opening, out(0x90, 1, 0, 0xa0, 7), answer([0x90])],
      ...[...status(state, isNotAcknowledged), ...freed(state)],
    ];
    expect(play(steps, transaction({ write: bytes(7) }))).toMatchObject({ tag: "bus", val: { kind } });
  });

  test("a transfer that does not end is cancelled", () => {
    const polls = Array.from({ length: 7 }, () => status(0x43)).flat();
    const steps = [...opening, out(0x90, 1, 0, 0xa0, 7), answer([0x90]), ...polls, ...freed(0x43)];
    expect(play(steps, transaction({ write: bytes(7) }))).toMatchObject({
      tag: "bus",
      val: { kind: "other" },
    });
  });

  test("more data than was asked for, and answers to something else", () => {
    const long = [out(0x91, 1, 0, 0xa1), answer([0x91]), out(0x40), answer([0x40, 0, 0x55, 2, 1, 2])];
    expect(play([...opening, ...long, ...freed(0x55)], transaction({ read: 1 }))).toMatchObject({
      tag: "protocol",
    });
    const others = [out(0x91, 1, 0, 0xa1), ...Array.from({ length: 9 }, () => answer([0x99]))];
    expect(play([...opening, ...others, ...status(0)], transaction({ read: 1 }))).toMatchObject({
      tag: "protocol",
    });
  });

  test("a chip that is gone is not asked to free the bus", () => {
    const steps = [...opening, { ...out(0x91, 1, 0, 0xa1), error: "no-device" } as const];
    expect(play(steps, transaction({ read: 1 }))).toMatchObject({ tag: "disconnected" });
  });

  test("the parsers take any report", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), (any) => {
        const { state, isNotAcknowledged } = parseStatus(any);
        expect([state, isNotAcknowledged]).toEqual([any[8], (any[20]! >> 6) % 2 === 1]);
        const { bytes: data } = parseData(any);
        if (data !== undefined) expect([...data]).toEqual([...any.subarray(4, 4 + any[3]!)]);
        if (any[3]! > 60) expect(data).toBeUndefined();
      }),
      { seed: 17, numRuns: 2000 },
    );
  });

  test("nonsense from the chip ends in an error, or is taken for what it says", () => {
    const values = fc.constantFrom(0, 1, 2, 3, 0x25, 0x40, 0x43, 0x54, 0x55, 0x91, 127);
    const nonsense = fc
      .tuple(fc.constantFrom(0x10, 0x40, 0x91), fc.array(values, { maxLength: 10 }))
      .map(([id, rest]) => report([id, ...rest]));
    fc.assert(
      fc.property(fc.array(nonsense, { maxLength: 40 }), (reports) => {
        const answers = [...reports];
        const usb = new UsbDevice(new UsbPlayback(device, opening).host, "dongle");
        const driver = new MCP2221A(usb, steppingTime(100));
        usb.submitOut = () => ({ wait: () => new Uint8Array() }) as never;
        usb.submitIn = () => ({ wait: () => answers.shift() ?? report([]) }) as never;
        const result = outcome(() => transaction({ read: 3 })(driver));
        if (Array.isArray(result)) expect(result).toEqual([expect.objectContaining({ length: 3 })]);
        else expect(result).toHaveProperty("tag");
      }),
      { seed: 17, numRuns: 500 },
    );
  });
});
