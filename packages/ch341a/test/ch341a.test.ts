/** The driver class: exact packets, a fault at each of them, and chips that answer nonsense. */

import { DriverError, UsbDevice } from "@busbar/guest";
import { type ExpectedUsbStep, type PlaybackDevice, UsbPlayback } from "@busbar/guest/usb-playback";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CH341A, type CH341AOptions } from "../src/ch341a.ts";
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
const time = { nowMs: () => 0, waitMs: () => {} };

const bytes = (...values: number[]) => Uint8Array.from(values);
const out = (...values: number[]): ExpectedUsbStep => ({ endpoint: 0x02, out: values });
const given = (...values: number[]): ExpectedUsbStep => ({ endpoint: 0x82, in: values, length: 32 });
const nothingLeft: ExpectedUsbStep = { endpoint: 0x82, in: [], length: 32, error: "timeout" };
const stop = out(0xaa, 0x75, 0x00);
const opening: readonly ExpectedUsbStep[] = [out(0xaa, 0x61, 0x00), stop, nothingLeft];
const toWrite = out(0xaa, 0x74, 0x80, 0xa0, 0x00);
const toRead = out(0xaa, 0x74, 0x80, 0xa1, 0x00);

/** Opens the driver on a list of steps, does something, and checks that nothing is left over. */
function play(
  steps: readonly ExpectedUsbStep[],
  action: (driver: CH341A) => unknown,
  options: Partial<CH341AOptions> = {},
): unknown {
  const playback = new UsbPlayback(device, steps);
  const usb = new UsbDevice(playback.host, "dongle");
  const result = attempt(() => action(new CH341A(usb, time, options)));
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
        const result = attempt(() => transaction({ write: bytes(1, 2) }, { read: 3 })(driver));
        if (Array.isArray(result)) expect(result).toEqual([expect.objectContaining({ length: 3 })]);
        else expect(result).toHaveProperty("tag");
      }),
      { seed: 17, numRuns: 1000 },
    );
  });
});
