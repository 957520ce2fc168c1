/** The driver class: exact commands, a fault at each of them, and chips that answer nonsense. */

import { outcome, steppingTime, usbPlayerOf } from "@busbar/contract";
import { type SpiOperation, type SpiWiring, UsbDevice } from "@busbar/guest";
import { type ExpectedUsbStep, type PlaybackDevice, UsbPlayback } from "@busbar/guest/usb-playback";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FT232H } from "../src/ft232h.ts";
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
const time = steppingTime(0);

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

const play = usbPlayerOf(FT232H, device);

/** The same, set up for SPI. */
const setUpSpi = [
  out(...[0x8a, 0x97, 0x8d, 0x85, 0x9e, 0x00, 0x00], ...[0x80, 0xf8, 0xfb, 0x81, 0x87]),
  given(0xfc),
];
const openingSpi = [...opening.slice(0, -2), ...setUpSpi];
const wired: SpiWiring = { chipSelect: 0, mode: 0, maximumHz: 1_000_000, lsbFirst: false };

const spi =
  (operations: readonly SpiOperation[], wiring: Partial<SpiWiring> = {}) =>
  (driver: FT232H) =>
    driver.spiTransaction(0, { ...wired, ...wiring }, operations);

/** 30 MHz / (29 + 1) = 1 MHz; all released, then AD3 low. */
const select = [0x86, 29, 0, 0x80, 0xf8, 0xfb, 0x80, 0xf0, 0xfb];
const release = [0x80, 0xf8, 0xfb];
const done = [0x81, 0x87];

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

describe("exact commands of SPI", () => {
  const open = (steps: readonly ExpectedUsbStep[], action: (driver: FT232H) => unknown) =>
    play([...openingSpi, ...steps], action, { protocol: "spi" });

  test("a command and its answer are one batch", () => {
    const sent = [...select, 0x11, 0, 0, 0x9f, 0x80, 0xf0, 0xfb, 0x20, 2, 0, ...release, ...done];
    const steps = [out(...sent), given(0xef, 0x40), given(0x18, 0xfc)];
    expect(open(steps, spi([{ write: bytes(0x9f) }, { read: 3 }]))).toEqual([bytes(0xef, 0x40, 0x18)]);
  });

  test.each([
    ["mode 0", {}, 0xf8, [0x11, 0x20, 0x31]],
    ["mode 0, least significant bit first", { lsbFirst: true }, 0xf8, [0x19, 0x28, 0x39]],
    ["mode 2", { mode: 2 }, 0xf9, [0x10, 0x24, 0x34]],
    ["mode 2, least significant bit first", { mode: 2, lsbFirst: true }, 0xf9, [0x18, 0x2c, 0x3c]],
  ] as const)("%s: AN_108 sections 3.3 and 3.4", (_, wiring, released, [write, read, transfer]) => {
    const selected = released & ~0x40;
    const sent = [
      ...[0x86, 29, 0, 0x80, released, 0xfb, 0x80, selected, 0xfb],
      ...[write, 0, 0, 1, 0x80, selected, 0xfb, read, 0, 0, transfer, 1, 0, 2, 3],
      ...[0x80, released, 0xfb, ...done],
    ];
    const steps = [out(...sent), given(4, 5, 6, 0xfc)];
    const operations = [{ write: bytes(1) }, { read: 1 }, { transfer: bytes(2, 3) }];
    expect(open(steps, spi(operations, { ...wiring, chipSelect: 3 }))).toEqual([bytes(4), bytes(5, 6)]);
  });

  test.each([
    [30_000_000, 0, 0],
    [4_294_967_295, 0, 0],
    [29_999_999, 1, 0],
    [7_000_000, 4, 0],
    [1000, 0x2f, 0x75],
    [458, 0xde, 0xff],
  ])("for %i Hz the clock is divided, and never faster", (maximumHz, low, high) => {
    const sent = [0x86, low, high, ...select.slice(3), 0x11, 0, 0, 1, ...release, ...done];
    expect(30e6 / (low + 256 * high + 1)).toBeLessThanOrEqual(maximumHz);
    expect(open([out(...sent), given(0xfc)], spi([{ write: bytes(1) }], { maximumHz }))).toEqual([]);
  });

  test("509 bytes are one batch, whatever operations they are of", () => {
    const data = Uint8Array.from({ length: 520 }, (_, index) => index & 0xff);
    const first = data.subarray(0, 507);
    const steps = [
      out(...select, 0x11, 1, 0, 8, 9, 0x31, 0xfa, 0x01, ...first, ...done),
      given(...first, 0xf4),
      out(0x31, 12, 0, ...data.subarray(507), ...release, ...done),
      given(...data.subarray(507), 0xfc),
    ];
    expect(open(steps, spi([{ write: bytes(8, 9) }, { transfer: data }]))).toEqual([data]);
  });

  test("at a slow clock a batch is what takes half a second", () => {
    const steps = [
      out(0x86, 0x2f, 0x75, ...select.slice(3), 0x11, 61, 0, ...new Uint8Array(62), ...done),
      given(0xf4),
      out(0x11, 0, 0, 0, ...release, ...done),
      given(0xfc),
    ];
    expect(open(steps, spi([{ write: new Uint8Array(63) }], { maximumHz: 1000 }))).toEqual([]);
  });

  test("a delay waits after what is before it was done, with the device selected", () => {
    const waits: number[] = [];
    const playback = new UsbPlayback(device, [
      ...openingSpi,
      out(...select, 0x11, 0, 0, 1, ...done),
      given(0xf4),
      out(0x11, 0, 0, 2, ...release, ...done),
      given(0xfc),
    ]);
    const clock = { nowMs: () => 0, waitMs: (ms: number) => void waits.push(ms) };
    const driver = new FT232H(new UsbDevice(playback.host, "dongle"), clock, { protocol: "spi" });
    spi([{ write: bytes(1) }, { delayNs: 2_500_000 }, { write: bytes(2) }])(driver);
    playback.done();
    expect(waits).toEqual([3]);
  });

  test.each([
    ["mode 1", { mode: 1 }],
    ["mode 3", { mode: 3 }],
    ["chip select 5", { chipSelect: 5 }],
    ["457 Hz", { maximumHz: 457 }],
  ])("%s is refused, and nothing is sent", (_, wiring) => {
    expect(open([], spi([{ read: 1 }], wiring))).toMatchObject({ tag: "unsupported" });
  });

  test("the other bus is refused, whichever it is, and nothing is sent", () => {
    expect(open([], transaction({ read: 1 }))).toMatchObject({
      tag: "unsupported",
      val: expect.stringContaining('set its "protocol" to "i2c"'),
    });
    expect(play(opening, spi([{ read: 1 }]))).toMatchObject({
      tag: "unsupported",
      val: expect.stringContaining('set its "protocol" to "spi"'),
    });
  });

  const written = out(...select, 0x11, 0, 0, 1, ...release, ...done);
  test.each([
    ["more than was asked for", [written, given(0, 0)], "protocol"],
    ["never an answer", [written, ...Array.from({ length: 64 }, () => given())], "protocol"],
    ["a transfer that fails", [written, { ...given(), error: "timeout" }], "timeout"],
    ["commands that are not taken", [{ ...written, error: "io" }], "bus"],
  ] as const)("%s; what is left is dropped, and the device is released", (_, steps, tag) => {
    const recovery = [request(0, 1), ...sync, out(...release, ...done), given(0xfc)];
    expect(open([...steps, ...recovery], spi([{ write: bytes(1) }]))).toMatchObject({ tag });
  });

  test("a chip that is gone is not asked to release the device", () => {
    const steps = [{ ...written, error: "no-device" } as const];
    expect(open(steps, spi([{ write: bytes(1) }]))).toMatchObject({ tag: "disconnected" });
  });

  test("nonsense from the chip ends in an error, or is taken for what it says", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 6 }), { maxLength: 8 }), (packets) => {
        const answers = [...packets];
        const usb = new UsbDevice(new UsbPlayback(device, openingSpi).host, "dongle");
        const driver = new FT232H(usb, time, { protocol: "spi" });
        usb.submitOut = () => ({ wait: () => new Uint8Array() }) as never;
        usb.submitIn = () => ({ wait: () => answers.shift() ?? bytes(0, 0, 6) }) as never;
        usb.controlOut = () => {};
        const result = outcome(() => spi([{ write: bytes(1, 2) }, { read: 3 }])(driver));
        if (Array.isArray(result)) expect(result).toEqual([expect.objectContaining({ length: 3 })]);
        else expect(result).toHaveProperty("tag");
      }),
      { seed: 17, numRuns: 500 },
    );
  });
});

describe("what goes wrong", () => {
  test("another chip of the maker", () => {
    const other = { ...device, descriptor: { ...device.descriptor, deviceVersionBcd: 0x0700 } };
    const usb = new UsbDevice(new UsbPlayback(other, []).host, "dongle");
    expect(outcome(() => new FT232H(usb, time))).toMatchObject({ tag: "wrong-device" });
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
        const result = outcome(() => transaction({ write: bytes(1, 2) }, { read: 3 })(driver));
        if (Array.isArray(result)) expect(result).toEqual([expect.objectContaining({ length: 3 })]);
        else expect(result).toHaveProperty("tag");
      }),
      { seed: 17, numRuns: 500 },
    );
  });
});
