/** The driver class: exact packets, a fault at each of them, and chips that answer nonsense. */

import { outcome, steppingTime, usbPlayerOf } from "@busbar/contract";
import { type SpiOperation, type SpiWiring, UsbDevice } from "@busbar/guest";
import { type ExpectedUsbStep, type PlaybackDevice, UsbPlayback } from "@busbar/guest/usb-playback";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CH341A } from "../src/ch341a.ts";
import { firstNotAcknowledged } from "../src/stream.ts";

const bulk = 2;
const device: PlaybackDevice = {
  interfaces: [
    {
      endpoints: [
        { endpointAddress: 0x82, attributes: bulk, maxPacketSize: 32 },
        { endpointAddress: 0x02, attributes: bulk, maxPacketSize: 32 },
      ],
    },
  ],
};
const time = steppingTime(0);

const bytes = (...values: number[]) => Uint8Array.from(values);
const out = (...values: number[]): ExpectedUsbStep => ({ endpoint: 0x02, out: values });
const given = (...values: number[]): ExpectedUsbStep => ({ endpoint: 0x82, in: values, length: 32 });
const nothingLeft: ExpectedUsbStep = { endpoint: 0x82, in: [], length: 32, error: "timeout" };
const stop = out(0xaa, 0x75, 0x00);
const opening: readonly ExpectedUsbStep[] = [out(0xaa, 0x61, 0x00), stop, nothingLeft];
const toWrite = out(0xaa, 0x74, 0x80, 0xa0, 0x00);
const toRead = out(0xaa, 0x74, 0x80, 0xa1, 0x00);

const play = usbPlayerOf(CH341A, device);

const transaction =
  (...operations: ({ read: number } | { write: Uint8Array })[]) =>
  (driver: CH341A) =>
    driver.i2cTransaction(0, 0x50, operations);

describe("exact packets", () => {
  test.each([
    [20, 0x60],
    [100, 0x61],
    [400, 0x62],
    [750, 0x63],
  ] as const)("opening sets %i kHz, frees the bus and reads over what is left", (clockKhz, command) => {
    const steps = [out(0xaa, command, 0x00), stop, given(1, 2, 3), nothingLeft];
    expect(play(steps, (driver) => driver.info.model, { clockKhz })).toBe("CH341A");
  });

  test("each byte of a write is answered for", () => {
    const steps = [...opening, toWrite, given(0), out(0xaa, 0x80, 7, 0x80, 8, 0x00), given(0, 0), stop];
    expect(play(steps, transaction({ write: bytes(7, 8) }))).toEqual([]);
  });

  test("a longer write is several packets of 15 bytes", () => {
    const data = Uint8Array.from({ length: 16 }, (_, index) => index);
    const first = [...data.subarray(0, 15)].flatMap((byte) => [0x80, byte]);
    const steps = [
      ...opening,
      toWrite,
      given(0),
      out(0xaa, ...first, 0x00),
      given(...new Uint8Array(15)),
      out(0xaa, 0x80, 15, 0x00),
      given(0),
      stop,
    ];
    expect(play(steps, transaction({ write: data }))).toEqual([]);
  });

  test("of a read the last byte is not acknowledged, wherever it is", () => {
    const data = Uint8Array.from({ length: 33 }, (_, index) => index);
    const steps = [
      ...opening,
      toRead,
      given(0),
      out(0xaa, 0xe0, 0x00),
      given(...data.subarray(0, 32)),
      out(0xaa, 0xc0, 0x00),
      given(32),
      toRead,
      given(0),
      out(0xaa, 0xc1, 0xc0, 0x00),
      given(5),
      given(6),
      stop,
    ];
    expect(play(steps, transaction({ read: 33 }, { read: 2 }))).toEqual([data, bytes(5, 6)]);
  });

  test("a repeated start is a start without a stop before it", () => {
    const steps = [
      ...opening,
      toWrite,
      given(0),
      out(0xaa, 0x80, 0x12, 0x00),
      given(0),
      toRead,
      given(0),
      out(0xaa, 0xc0, 0x00),
      given(0xff),
      stop,
    ];
    expect(play(steps, transaction({ write: bytes(0x12) }, { read: 1 }))).toEqual([bytes(0xff)]);
  });
});

const wired: SpiWiring = { chipSelect: 0, mode: 0, maximumHz: 2_000_000, lsbFirst: false };
const select = out(0xab, 0xb7, 0x7f, 0xb6, 0x20);
const release = out(0xab, 0xb7, 0x20);

const spi =
  (operations: readonly SpiOperation[], wiring: Partial<SpiWiring> = {}) =>
  (driver: CH341A) =>
    driver.spiTransaction(0, { ...wired, ...wiring }, operations);

describe("exact packets of SPI", () => {
  const open = (steps: readonly ExpectedUsbStep[], action: (driver: CH341A) => unknown) =>
    play([...opening, ...steps], action);

  test("bits are turned round both ways, and the device is selected all the time", () => {
    const steps = [
      select,
      ...[out(0xa8, 0xf9), given(0x00)],
      ...[out(0xa8, 0x00, 0x00, 0x00), given(0xf7, 0x02), given(0x18)],
      ...[out(0xa8, 0x80), given(0x01)],
      release,
    ];
    const operations = [{ write: bytes(0x9f) }, { read: 3 }, { transfer: bytes(1) }];
    expect(open(steps, spi(operations))).toEqual([bytes(0xef, 0x40, 0x18), bytes(0x80)]);
  });

  test("with the least significant bit first they are as the chip has them", () => {
    const steps = [select, out(0xa8, 0x9f, 0x01), given(0xf7, 0x80), release];
    expect(open(steps, spi([{ transfer: bytes(0x9f, 1) }], { lsbFirst: true }))).toEqual([bytes(0xf7, 0x80)]);
  });

  test.each([
    [0, 0xb6],
    [1, 0xb5],
    [2, 0xb3],
  ])("chip select %i", (chipSelect, levels) => {
    const steps = [out(0xab, 0xb7, 0x7f, levels, 0x20), out(0xa8, 0), given(1), release];
    expect(open(steps, spi([{ read: 1 }], { chipSelect }))).toEqual([bytes(0x80)]);
  });

  test("more than 31 bytes are several packets", () => {
    const data = Uint8Array.from({ length: 63 }, (_, index) => index);
    const packets = [data.subarray(0, 31), data.subarray(31, 62), data.subarray(62)];
    const steps = packets.flatMap((each) => [out(0xa8, ...each), given(...each)]);
    const transfer = spi([{ transfer: data }], { lsbFirst: true });
    expect(open([select, ...steps, release], transfer)).toEqual([data]);
  });

  test("a delay waits with the device selected", () => {
    const waits: number[] = [];
    const steps = [...opening, select, out(0xa8, 0), given(0), release];
    const playback = new UsbPlayback(device, steps);
    const clock = { nowMs: () => 0, waitMs: (ms: number) => void waits.push(ms) };
    const driver = new CH341A(new UsbDevice(playback.host, "dongle"), clock);
    spi([{ delayNs: 2_500_000 }, { write: bytes(0) }, { delayNs: 0 }])(driver);
    playback.done();
    expect(waits).toEqual([3]);
  });

  test("closing makes inputs of the pins, where they were used", () => {
    const used = [select, out(0xa8, 0), given(0), release, out(0xab, 0xb7, 0x40, 0x20)];
    const close = (driver: CH341A) => driver.close();
    const use = spi([{ write: bytes(0) }]);
    expect(open(used, (driver) => [use(driver), close(driver)])).toEqual([[], undefined]);
    expect(open([], close)).toBe(undefined);
  });

  test.each([
    ["mode 1", { mode: 1 }],
    ["mode 2", { mode: 2 }],
    ["mode 3", { mode: 3 }],
    ["chip select 3", { chipSelect: 3 }],
    ["1999999 Hz", { maximumHz: 1_999_999 }],
  ])("%s is refused, and nothing is sent", (_, wiring) => {
    expect(open([], spi([{ read: 1 }], wiring))).toMatchObject({ tag: "unsupported" });
  });

  const moved = out(0xa8, 0);
  test.each([
    ["more than was asked for", [select, moved, given(0, 0)], "protocol"],
    ["an empty packet", [select, moved, given()], "protocol"],
    ["no answer", [select, moved, { ...given(), error: "timeout" }], "timeout"],
    ["bytes that are not taken", [select, { ...moved, error: "io" }], "bus"],
    ["a device that is not selected", [{ ...select, error: "io" }], "bus"],
  ] as const)("%s; the device is released, and what is left is read over", (_, steps, tag) => {
    expect(open([...steps, release, nothingLeft], spi([{ read: 1 }]))).toMatchObject({ tag });
  });

  test("a chip that is gone is not asked to release the device", () => {
    const steps = [{ ...select, error: "no-device" } as const];
    expect(open(steps, spi([{ read: 1 }]))).toMatchObject({ tag: "disconnected" });
  });

  test("nonsense from the chip ends in an error, or is taken for what it says", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 4 }), { maxLength: 8 }), (packets) => {
        const answers = [...packets];
        const usb = new UsbDevice(new UsbPlayback(device, opening).host, "dongle");
        const driver = new CH341A(usb, time);
        usb.submitOut = () => ({ wait: () => new Uint8Array() }) as never;
        usb.submitIn = () => ({ wait: () => answers.shift() ?? bytes(0) }) as never;
        const result = outcome(() => spi([{ write: bytes(1, 2) }, { read: 3 }])(driver));
        if (Array.isArray(result)) expect(result).toEqual([expect.objectContaining({ length: 3 })]);
        else expect(result).toHaveProperty("tag");
      }),
      { seed: 17, numRuns: 1000 },
    );
  });
});

describe("what goes wrong", () => {
  test("nobody at the address", () => {
    const steps = [...opening, toRead, given(0x80), stop];
    expect(play(steps, transaction({ read: 1 }))).toMatchObject({ val: { kind: "no-acknowledge-address" } });
  });

  test("a byte that is not acknowledged", () => {
    const steps = [...opening, toWrite, given(0), out(0xaa, 0x80, 7, 0x80, 8, 0x00), given(0, 0x80), stop];
    expect(play(steps, transaction({ write: bytes(7, 8) }))).toMatchObject({
      val: { kind: "no-acknowledge-data" },
    });
  });

  test.each([
    ["more than was asked for", [given(0, 0)], "protocol"],
    ["an empty packet", [given()], "protocol"],
    ["no answer", [{ ...given(), error: "timeout" }], "timeout"],
    ["a transfer that fails", [{ ...given(), error: "io" }], "bus"],
  ] as const)("%s; the bus is freed, and what is left is read over", (_, steps, tag) => {
    expect(play([...opening, toRead, ...steps, stop, nothingLeft], transaction({ read: 1 }))).toMatchObject({
      tag,
    });
  });

  test("what goes wrong while the bus is freed says less", () => {
    const steps = [...opening, toRead, given(0x80), { ...stop, error: "io" } as const];
    expect(play(steps, transaction({ read: 1 }))).toMatchObject({ val: { kind: "no-acknowledge-address" } });
  });

  test("a chip that is gone is not asked to free the bus", () => {
    const steps = [...opening, { ...toRead, error: "no-device" } as const];
    expect(play(steps, transaction({ read: 1 }))).toMatchObject({ tag: "disconnected" });
  });

  test("a device that never stops sending is no such chip", () => {
    const steps = [...opening.slice(0, 2), ...Array.from({ length: 16 }, () => given(1))];
    expect(play(steps, () => undefined)).toMatchObject({ tag: "wrong-device" });
  });

  test("bit 7 says that a byte was not acknowledged, whatever the others are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 32 }), (answer) => {
        expect(firstNotAcknowledged(answer)).toBe([...answer].findIndex((byte) => byte >= 128));
      }),
      { seed: 17, numRuns: 1000 },
    );
  });

  test("nonsense from the chip ends in an error, or is taken for what it says", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 4 }), { maxLength: 8 }), (packets) => {
        const answers = [...packets];
        const usb = new UsbDevice(new UsbPlayback(device, opening).host, "dongle");
        const driver = new CH341A(usb, time);
        usb.submitOut = () => ({ wait: () => new Uint8Array() }) as never;
        usb.submitIn = () => ({ wait: () => answers.shift() ?? bytes(0) }) as never;
        const result = outcome(() => transaction({ write: bytes(1, 2) }, { read: 3 })(driver));
        if (Array.isArray(result)) expect(result).toEqual([expect.objectContaining({ length: 3 })]);
        else expect(result).toHaveProperty("tag");
      }),
      { seed: 17, numRuns: 1000 },
    );
  });
});
