/** The driver class on a playback: exact transfers, and an error at each of them. */

import { DriverError, type LibusbError, UsbDevice, type UsbHost } from "@busbar/guest";
import { type ExpectedUsbStep, type PlaybackDevice, UsbPlayback } from "@busbar/guest/usb-playback";
import { describe, expect, test } from "vitest";
import { UsbEcho } from "../src/usb-echo.ts";

const bulkPair = [
  { endpointAddress: 0x81, attributes: 2 },
  { endpointAddress: 0x01, attributes: 2 },
];
const echo: PlaybackDevice = {
  interfaces: [
    { interfaceClass: 0x03, endpoints: [{ endpointAddress: 0x83, attributes: 3 }] },
    { alternateSetting: 1, endpoints: bulkPair },
  ],
};

function open(steps: readonly ExpectedUsbStep[], device = echo) {
  const playback = new UsbPlayback(device, steps);
  const usb = new UsbDevice(playback.host, "echo");
  return { playback, usb, driver: () => new UsbEcho(usb, undefined, { timeoutMs: 5000 }) };
}

const setting: ExpectedUsbStep = { setAlternateSetting: [1, 1] };
const trip = (out: number[], back = out, length = 512): ExpectedUsbStep[] => [
  { endpoint: 0x81, in: back, length },
  { endpoint: 0x01, out },
];

describe("opening", () => {
  test("claims the first interface with a pair, and chooses its setting", () => {
    const { playback, driver } = open([setting]);
    expect(driver().info).toEqual({
      vendorId: 0x1209,
      productId: 0x0001,
      vendor: "",
      product: "",
      serialNumber: "",
      pipes: ["bulk"],
    });
    expect([...playback.claimed]).toEqual([1]);
    playback.done();
  });

  test("a device without a pair is the wrong device", () => {
    const { playback, driver } = open([], { interfaces: [echo.interfaces[0]!] });
    expect(driver).toThrow(
      expect.objectContaining({ payload: expect.objectContaining({ tag: "wrong-device" }) }),
    );
    expect(playback.claimed.size).toBe(0);
  });
});

describe("a round trip", () => {
  test("is a read of whole packets, under way before the write", () => {
    const { playback, driver } = open([setting, ...trip([1, 2, 3])]);
    expect(driver().roundTrip("bulk", Uint8Array.of(1, 2, 3))).toEqual(Uint8Array.of(1, 2, 3));
    playback.done();
  });

  test("of whole packets ends with an empty one; pieces and empty packets come back", () => {
    const data = Array.from({ length: 512 }, (_, index) => index & 0xff);
    const { playback, driver } = open([
      setting,
      { endpoint: 0x81, in: [], length: 512 },
      { endpoint: 0x01, out: data },
      { endpoint: 0x01, out: [] },
      { endpoint: 0x81, in: data.slice(0, 256), length: 512 },
      { endpoint: 0x81, in: data.slice(256), length: 512 },
    ]);
    expect([...driver().roundTrip("bulk", Uint8Array.from(data))]).toEqual(data);
    playback.done();
  });

  test.each<[string, string, ExpectedUsbStep[]]>([
    ["more than was sent", "protocol", trip([1], [1, 2])],
    [
      "nothing but empty packets",
      "protocol",
      [...trip([1], []), ...Array(4).fill({ endpoint: 0x81, in: [] })],
    ],
    [
      "a short write",
      "protocol",
      [
        { endpoint: 0x81, in: [1] },
        { endpoint: 0x01, out: [1], sent: 0 },
      ],
    ],
  ])("%s is %s", (_, tag, steps) => {
    const { playback, driver } = open([setting, ...steps]);
    expect(() => driver().roundTrip("bulk", Uint8Array.of(1))).toThrow(
      expect.objectContaining({ payload: expect.objectContaining({ tag }) }),
    );
    expect(playback.pending).toBe(0);
    playback.done();
  });

  test.each<[LibusbError, string]>([
    ["timeout", "timeout"],
    ["pipe", "protocol"],
    ["no-device", "disconnected"],
    ["io", "bus"],
  ])("%s at each transfer is %s, and nothing is left under way", (error, tag) => {
    for (const failing of [0, 1]) {
      const steps = trip([1]).map((step, index) => (index === failing ? { ...step, error } : step));
      const { playback, driver } = open([setting, ...steps]);
      expect(() => driver().roundTrip("bulk", Uint8Array.of(1))).toThrow(
        expect.objectContaining({ payload: expect.objectContaining({ tag }) }),
      );
      expect(playback.pending).toBe(0);
    }
  });

  test.each([0, 65_537])("of %i bytes is refused before anything is sent", (length) => {
    const { playback, driver } = open([setting]);
    expect(() => driver().roundTrip("bulk", new Uint8Array(length))).toThrow(DriverError);
    playback.done();
  });

  test("on endpoints that the device does not have is unsupported", () => {
    const { playback, driver } = open([setting]);
    expect(() => driver().roundTrip("interrupt", Uint8Array.of(1))).toThrow(
      expect.objectContaining({ payload: expect.objectContaining({ tag: "unsupported" }) }),
    );
    playback.done();
  });

  test("in a run, a byte that comes back wrong is found", () => {
    // The bytes of a run are the driver's own: this device sends back what it got, but for one bit in the third trip.
    const { playback } = open([], echo);
    const sent: Uint8Array[] = [];
    const [[device, descriptor, location] = []] = playback.host.listDevices();
    const handle = device!.open();
    const newTransfer = () => ({
      submitTransfer: (data: Uint8Array) => void (data.length > 0 && sent.push(Uint8Array.from(data))),
      cancelTransfer: () => {},
      [Symbol.dispose]: () => {},
    });
    const echoing = Object.assign(handle, { newTransfer, setInterfaceAltsetting: () => {} });
    const host: UsbHost = {
      init: () => {},
      listDevices: () => [[Object.assign(device!, { open: () => echoing }), descriptor!, location!]],
      awaitTransfer: () =>
        sent.at(-1)!.map((byte, index) => (sent.length === 3 && index === 2 ? byte ^ 1 : byte)),
    };
    const run = () =>
      new UsbEcho(new UsbDevice(host, "echo"), undefined, { timeoutMs: 5000 }).run("bulk", 4, 5);
    expect(run).toThrow(/In round trip 2 the device sent back \d+ instead of \d+ at byte 2/);
    expect(sent).toHaveLength(3);
    expect(sent[0]).not.toEqual(sent[1]);
  });
});

test("closing gives everything back, and twice is legal", () => {
  const { playback, driver } = open([setting]);
  const opened = driver();
  opened.close();
  opened.close();
  expect(playback.claimed.size + playback.opened).toBe(0);
});
