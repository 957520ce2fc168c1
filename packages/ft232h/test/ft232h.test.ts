/** The driver class: exact commands, a fault at each of them, and chips that answer nonsense. */

import { DriverError, UsbDevice } from "@busbar/guest";
import { type ExpectedUsbStep, type PlaybackDevice, UsbPlayback } from "@busbar/guest/usb-playback";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FT232H, type FT232HOptions } from "../src/ft232h.ts";
import { firstNotAcknowledged, isInSync, withoutStates } from "../src/mpsse.ts";

const bulk = 2;
const device: PlaybackDevice = {
  descriptor: { vendorId: 0x0403, productId: 0x6014, deviceVersionBcd: 0x0900 },
  interfaces: [
    {
      endpoints: [
        { endpointAddress: 0x81, attributes: bulk, maxPacketSize: 512 },
        { endpointAddress: 0x02, attributes: bulk, maxPacketSize: 512 },
      ],
    },
  ],
};
const time = { nowMs: () => 0, waitMs: () => {} };

const bytes = (...values: number[]) => Uint8Array.from(values);
const out = (...values: number[]): ExpectedUsbStep => ({ endpoint: 0x02, out: values });
/** A packet: the two states, and data. */
const given = (...values: number[]): ExpectedUsbStep => ({
  endpoint: 0x81,
  in: [0x32, 0x60, ...values],
  length: 512,
});
const request = (code: number, value: number): ExpectedUsbStep => ({
  control: [0x40, code, value, 1],
  out: [],
});

const sync = [out(0xaa, 0x87), given(), given(0xfa, 0xaa)];
const setUp = (low: number, high: number) =>
  out(...[0x8a, 0x97, 0x8c, 0x85, 0x9e, 0x07, 0x00, 0x86, low, high], ...[0x80, 0x03, 0x03, 0x81, 0x87]);
const opening: readonly ExpectedUsbStep[] = [
  request(0, 0),
  request(9, 16),
  request(11, 0x0000),
  request(11, 0x0200),
  request(0, 1),
  request(0, 2),
  ...sync,
  // 20 MHz / (199 + 1) = 100 kHz.
  setUp(199, 0),
  given(0x07),
];

/** Pins are set 15 times for 7.5 us at 100 kHz. */
const held = (levels: number, times = 15) => Array.from({ length: times }, () => [0x80, levels, 0x03]).flat();
const start = (byte: number) =>
  out(
    ...[...held(0x02), ...held(0x03), ...held(0x01), ...held(0x00)],
    ...[0x11, 0, 0, byte, 0x80, 0x02, 0x03, 0x22, 0, 0x87],
  );
const stop = [out(...held(0x00), ...held(0x01), ...held(0x03), 0x81, 0x87), given(0x07)];

/** Opens the driver on a list of steps, does something, and checks that nothing is left over. */
function play(
  steps: readonly ExpectedUsbStep[],
  action: (driver: FT232H) => unknown,
  options: Partial<FT232HOptions> = {},
): unknown {
  const playback = new UsbPlayback(device, steps);
  const usb = new UsbDevice(playback.host, "dongle");
  const result = attempt(() => action(new FT232H(usb, time, options)));
  playback.done();
  return result;
}

/** What it returns, or the payload of the DriverError that it throws. */
function attempt(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    if (error instanceof DriverError) return error.payload;
    throw error;
  }
}

const transaction =
  (...operations: ({ read: number } | { write: Uint8Array })[]) =>
  (driver: FT232H) =>
    driver.i2cTransaction(0, 0x50, operations);

describe("exact commands", () => {
  test.each([
    [400, 49, 0],
    [10, 0xcf, 0x07],
    [1000, 19, 0],
  ])("opening sets %i kHz", (clockKhz, low, high) => {
    const steps = [...opening.slice(0, -2), setUp(low, high), given(0x07)];
    expect(play(steps, (driver) => driver.info.model, { clockKhz })).toBe("FT232H");
  });

  test("closing makes inputs of all pins", () => {
    const playback = new UsbPlayback(device, [...opening, request(11, 0x0000)]);
    new FT232H(new UsbDevice(playback.host, "dongle"), time).close();
    playback.done();
    expect([playback.opened, playback.claimed.size]).toEqual([0, 0]);
  });

  test("a write: each byte is followed by the bit that acknowledges it", () => {
    const byte = (value: number) => [0x11, 0, 0, value, 0x80, 0x02, 0x03, 0x22, 0];
    const steps = [
      ...opening,
      start(0xa0),
      given(0),
      out(...byte(7), ...byte(8), 0x87),
      given(0),
      given(),
      given(0),
    ];
    expect(play([...steps, ...stop], transaction({ write: bytes(7, 8) }))).toEqual([]);
  });

  test("a read: each byte is acknowledged but for the last one", () => {
    const byte = (acknowledge: number) => [0x20, 0, 0, 0x13, 0, acknowledge, 0x80, 0x02, 0x03];
    const steps = [
      ...opening,
      start(0xa1),
      given(0xfe),
      out(...byte(0x00), ...byte(0xff), 0x87),
      given(5, 6),
    ];
    expect(play([...steps, ...stop], transaction({ read: 2 }))).toEqual([bytes(5, 6)]);
  });

  test("a repeated start is a start without a stop before it", () => {
    const steps = [
      ...opening,
      start(0xa1),
      given(0),
      out(0x20, 0, 0, 0x13, 0, 0xff, 0x80, 2, 3, 0x87),
      given(5),
    ];
    const again = steps.slice(opening.length);
    expect(play([...steps, ...again, ...stop], transaction({ read: 1 }, { read: 1 }))).toEqual([
      bytes(5),
      bytes(5),
    ]);
  });
});

describe("what goes wrong", () => {
  test("another chip of the maker", () => {
    const other = { ...device, descriptor: { ...device.descriptor, deviceVersionBcd: 0x0700 } };
    const usb = new UsbDevice(new UsbPlayback(other, []).host, "dongle");
    expect(attempt(() => new FT232H(usb, time))).toMatchObject({ tag: "wrong-device" });
  });

  test.each([
    [0x06, "SCL"],
    [0x01, "SDA"],
  ])("lines that are 0x0%i when nobody pulls: %s is held low", (levels, line) => {
    const result = play([...opening.slice(0, -1), given(levels)], () => undefined);
    expect(result).toMatchObject({
      tag: "bus",
      val: { kind: "bus", message: expect.stringContaining(line) },
    });
  });

  test("a line that is low after the stop is an error of that transaction", () => {
    const steps = [...opening, start(0xa0), given(1), stop[0]!, given(0x01)];
    expect(play(steps, transaction({ write: bytes(1) }))).toMatchObject({
      val: { kind: "no-acknowledge-address" },
    });
  });

  test("an engine that does not listen", () => {
    const silence = Array.from({ length: 64 }, () => given());
    const steps = [...opening.slice(0, 6), out(0xaa, 0x87), ...silence];
    expect(play(steps, () => undefined)).toMatchObject({ tag: "protocol" });
  });

  test("nobody at the address, and a byte that is not acknowledged", () => {
    const nobody = [...opening, start(0xa1), given(1), ...stop];
    expect(play(nobody, transaction({ read: 1 }))).toMatchObject({ val: { kind: "no-acknowledge-address" } });
    const byte = (value: number) => [0x11, 0, 0, value, 0x80, 0x02, 0x03, 0x22, 0];
    const refused = [
      ...opening,
      start(0xa0),
      given(0),
      out(...byte(7), ...byte(8), 0x87),
      given(0, 1),
      ...stop,
    ];
    expect(play(refused, transaction({ write: bytes(7, 8) }))).toMatchObject({
      val: { kind: "no-acknowledge-data" },
    });
  });

  test.each([
    ["more than was asked for", [given(0, 0)], "protocol"],
    ["never an answer", Array.from({ length: 64 }, () => given()), "protocol"],
    ["a transfer that fails", [{ ...given(), error: "timeout" }], "timeout"],
  ] as const)("%s; what is left is dropped, and the bus is freed", (_, steps, tag) => {
    const recovery = [request(0, 1), ...sync, ...stop];
    expect(play([...opening, start(0xa1), ...steps, ...recovery], transaction({ read: 1 }))).toMatchObject({
      tag,
    });
  });

  test("a chip that is gone is not asked to free the bus", () => {
    const steps = [...opening, { ...start(0xa1), error: "no-device" } as const];
    expect(play(steps, transaction({ read: 1 }))).toMatchObject({ tag: "disconnected" });
  });

  test("the two states of each packet are not data, however long a transfer is", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1600 }), (transfer) => {
        const data = [...transfer].filter((_, index) => index % 512 >= 2);
        expect([...withoutStates(transfer)]).toEqual(data);
      }),
      { seed: 17, numRuns: 300 },
    );
  });

  test("the parsers take any bytes", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0xfa, 0xaa, 0x00, 0x01, 0xff)), (values) => {
        expect(isInSync(Uint8Array.from(values))).toBe(values.join(",").includes("250,170"));
        expect(firstNotAcknowledged(Uint8Array.from(values))).toBe(
          values.findIndex((byte) => byte % 2 === 1),
        );
      }),
      { seed: 17, numRuns: 1000 },
    );
  });

  test("nonsense from the chip ends in an error, or is taken for what it says", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 6 }), { maxLength: 8 }), (packets) => {
        const answers = [...packets];
        const usb = new UsbDevice(new UsbPlayback(device, opening).host, "dongle");
        const driver = new FT232H(usb, time);
        usb.submitOut = () => ({ wait: () => new Uint8Array() }) as never;
        usb.submitIn = () => ({ wait: () => answers.shift() ?? bytes(0, 0, 6) }) as never;
        usb.controlOut = () => {};
        const result = attempt(() => transaction({ write: bytes(1, 2) }, { read: 3 })(driver));
        if (Array.isArray(result)) expect(result).toEqual([expect.objectContaining({ length: 3 })]);
        else expect(result).toHaveProperty("tag");
      }),
      { seed: 17, numRuns: 500 },
    );
  });
});
