import { describe, expect, test } from "vitest";
import { DriverError, type LibusbError, UsbDevice, UsbFault } from "../src/index.ts";
import { type ExpectedUsbStep, type PlaybackDevice, UsbPlayback } from "../src/usb-playback.ts";

const plugged: PlaybackDevice = {
  descriptor: { manufacturerIndex: 1 },
  interfaces: [
    { interfaceClass: 0x08, endpoints: [] },
    {
      interfaceClass: 0x02,
      interfaceSubclass: 2,
      endpoints: [
        { endpointAddress: 0x81, attributes: 3, maxPacketSize: 8 },
        { endpointAddress: 0x82, attributes: 2 },
        { endpointAddress: 0x02, attributes: 2 },
      ],
    },
  ],
  kernelInterfaces: [1],
};

function open(steps: readonly ExpectedUsbStep[], device = plugged) {
  const playback = new UsbPlayback(device, steps);
  return { playback, device: new UsbDevice(playback.host, "console") };
}

describe("finding things", () => {
  test("interfaces and endpoints", () => {
    const { device } = open([]);
    const found = device.findInterface({ class: 0x02, subclass: 2, alternateSetting: 0 })!;
    expect(found.interfaceNumber).toBe(1);
    expect(device.findInterface({ number: 0 })?.interfaceClass).toBe(0x08);
    expect(device.findInterface({ class: 0x02, protocol: 1 })).toBeUndefined();
    expect(device.findEndpoint(found, "bulk", "in").endpointAddress).toBe(0x82);
    expect(device.findEndpoint(found, "bulk", "out").endpointAddress).toBe(0x02);
    expect(device.findEndpoint(found, "interrupt", "in").maxPacketSize).toBe(8);
    expect(() => device.findEndpoint(found, "interrupt", "out")).toThrow(
      "Interface 1 of the device has no interrupt endpoint in OUT direction",
    );
  });

  test("no device is not-found", () => {
    const { playback } = open([]);
    const host = { ...playback.host, listDevices: () => [] };
    expect(() => new UsbDevice(host, "console")).toThrow(
      expect.objectContaining({ payload: expect.objectContaining({ tag: "not-found" }) }),
    );
  });
});

test("closing gives the interfaces back, the last one that was claimed first", () => {
  const { playback } = open([]);
  const released: number[] = [];
  const listDevices: typeof playback.host.listDevices = () =>
    playback.host.listDevices().map(([found, ...rest]) => {
      const open = found.open.bind(found);
      const releaseInterface = (number: number) => void released.push(number);
      const opened = () => Object.assign(open(), { releaseInterface });
      return [Object.assign(found, { open: opened }), ...rest];
    });
  const device = new UsbDevice({ ...playback.host, listDevices }, "console");
  device.claim(0);
  device.claim(1);
  device.close();
  expect(released).toEqual([1, 0]);
});

describe("transfers", () => {
  test("control in both directions", () => {
    const { playback, device } = open([
      { control: [0xa1, 0x21, 0, 1], in: [1, 2, 3], length: 7 },
      { control: [0x21, 0x20, 0, 1], out: [9, 9] },
      { control: [0x42, 1, 0x1234, 0x81], out: [] },
    ]);
    const toInterface = { type: "class", recipient: "interface", index: 1 } as const;
    expect(device.controlIn({ ...toInterface, request: 0x21 }, 7)).toEqual(Uint8Array.of(1, 2, 3));
    device.controlOut({ ...toInterface, request: 0x20 }, Uint8Array.of(9, 9));
    device.controlOut({ type: "vendor", recipient: "endpoint", request: 1, value: 0x1234, index: 0x81 });
    playback.done();
  });

  test("several under way on one endpoint, awaited in another order", () => {
    const { playback, device } = open([
      { endpoint: 0x82, in: [1] },
      { endpoint: 0x82, in: [2, 2] },
      { endpoint: 0x02, out: [3], sent: 0 },
    ]);
    using first = device.submitIn(0x82, 512);
    using second = device.submitIn(0x82, 512);
    using third = device.submitOut(0x02, Uint8Array.of(3));
    expect(playback.pending).toBe(3);
    expect(third.wait()).toHaveLength(0);
    expect(second.wait()).toEqual(Uint8Array.of(2, 2));
    expect(first.wait()).toEqual(Uint8Array.of(1));
    expect(playback.pending).toBe(0);
    expect(() => first.wait()).toThrow(RangeError);
    playback.done();
  });

  test("one that nobody waits for is dropped, a cancelled one ends in interrupted", () => {
    const { playback, device } = open([
      { endpoint: 0x82, in: [1] },
      { endpoint: 0x82, in: [1] },
    ]);
    {
      using _ = device.submitIn(0x82, 512);
      expect(playback.pending).toBe(1);
    }
    expect(playback.pending).toBe(0);
    using cancelled = device.submitIn(0x82, 512);
    cancelled.cancel();
    expect(() => cancelled.wait()).toThrow(expect.objectContaining({ code: "interrupted" }));
  });

  test.each<LibusbError>(["pipe", "timeout", "no-device", "overflow"])(
    "%s, at the end and at the submit",
    (code) => {
      const { playback, device } = open([
        { endpoint: 0x82, in: [], error: code },
        { endpoint: 0x82, in: [], submitError: code },
        { clearHalt: 0x82, error: code },
      ]);
      using pending = device.submitIn(0x82, 512);
      expect(() => pending.wait()).toThrow(UsbFault);
      expect(() => device.submitIn(0x82, 512)).toThrow(expect.objectContaining({ code }));
      expect(() => device.clearHalt(0x82)).toThrow(expect.objectContaining({ code }));
      expect(playback.pending).toBe(0);
      playback.done();
    },
  );
});

describe("strings and descriptors", () => {
  const languages: ExpectedUsbStep = { control: [0x80, 6, 0x0300, 0], in: [4, 3, 0x07, 0x04] };

  test("in the device's first language, which is asked for once", () => {
    const { playback, device } = open([
      languages,
      { control: [0x80, 6, 0x0301, 0x0407], in: [6, 3, 0x41, 0, 0x42, 0] },
      { control: [0x80, 6, 0x0302, 0x0407], in: [4, 3, 0x43, 0] },
    ]);
    expect([device.readString(0), device.readString(1), device.readString(2)]).toEqual(["", "AB", "C"]);
    playback.done();
  });

  test.each<[string, ExpectedUsbStep]>([
    ["a stall", { control: [0x80, 6, 0x0301, 0x0407], in: [], error: "pipe" }],
    ["nonsense", { control: [0x80, 6, 0x0301, 0x0407], in: [1, 2, 3] }],
  ])("%s is no string, and no failure", (_, step) => {
    expect(open([languages, step]).device.readString(1)).toBe("");
  });

  test("are asked for at most 500 ms, and not at all where the languages do not come; both are said once", () => {
    const warnings: string[] = [];
    const string: ExpectedUsbStep = { control: [0x80, 6, 0x0301, 0x0407], in: [], error: "timeout" };
    const opened = (steps: readonly ExpectedUsbStep[]) => {
      const playback = new UsbPlayback(plugged, steps);
      return {
        playback,
        device: new UsbDevice(playback.host, "console", (warning) => warnings.push(warning)),
      };
    };
    const silent = opened([languages, string, string]);
    expect([silent.device.readString(1), silent.device.readString(1)]).toEqual(["", ""]);
    silent.playback.done();
    expect(warnings).toEqual([expect.stringContaining("reading its string 1 failed, and is done without")]);
    const without = opened([{ ...languages, error: "timeout" }]);
    expect([without.device.readString(1), without.device.readString(2)]).toEqual(["", ""]);
    without.playback.done();
    expect(warnings).toHaveLength(2);
  });

  test("are asked for in English where the device names no language", () => {
    const { device } = open([
      { ...languages, in: [2, 3] },
      { control: [0x80, 6, 0x0301, 0x0409], in: [4, 3, 0x41, 0] },
    ]);
    expect(device.readString(1)).toBe("A");
  });

  test("a device that is gone is a failure", () => {
    const { device } = open([{ ...languages, error: "no-device" }]);
    expect(() => device.readString(1)).toThrow(expect.objectContaining({ code: "no-device" }));
  });

  test("the configuration as bytes", () => {
    const configuration = [9, 2, 9, 0, 2, 1, 0, 0x80, 50];
    const { device } = open([{ control: [0x80, 6, 0x0200, 0], in: configuration, length: 9 }]);
    expect(device.readConfiguration()).toEqual(Uint8Array.from(configuration));
  });
});

describe("claiming and closing", () => {
  test("takes the interface from the kernel; closing gives everything back, and twice is legal", () => {
    const { playback, device } = open([{ setAlternateSetting: [1, 1] }, { reset: true }]);
    device.claim(1);
    expect([...playback.kernelInterfaces, ...playback.claimed]).toEqual([1]);
    device.setAlternateSetting(1, 1);
    device.reset();
    device.close();
    device.close();
    expect(playback.claimed.size + playback.opened).toBe(0);
    expect(() => device.submitIn(0x82, 8)).toThrow(
      expect.objectContaining({ payload: expect.objectContaining({ tag: "disconnected" }) }),
    );
    playback.done();
  });

  test("where there are no kernel drivers, claiming decides", () => {
    const playback = new UsbPlayback({ ...plugged, kernelInterfaces: [] }, []);
    const [[listed, descriptor, location] = []] = playback.host.listDevices();
    const open = () => ({
      ...listed!.open(),
      kernelDriverActive: () => {
        throw Object.assign(new Error("not-supported"), { payload: "not-supported" });
      },
    });
    const host = {
      ...playback.host,
      listDevices: () => [[{ ...listed!, open }, descriptor!, location!] as never],
    };
    new UsbDevice(host, "console").claim(1);
    expect(playback.claimed.has(1)).toBe(true);
  });
});

describe("the playback", () => {
  test.each<[string, (device: UsbDevice) => void]>([
    ["other bytes", (device) => device.submitOut(0x02, Uint8Array.of(2))],
    ["another endpoint", (device) => device.submitOut(0x03, Uint8Array.of(1))],
    ["the other direction", (device) => device.submitIn(0x82, 1)],
    ["something else", (device) => device.clearHalt(0x02)],
  ])("%s fails at once and in done", (_, action) => {
    const { playback, device } = open([{ endpoint: 0x02, out: [1] }]);
    expect(() => action(device)).toThrow("but expected was endpoint 0x02, out 01");
    expect(() => playback.done()).toThrow("but expected was endpoint 0x02, out 01");
  });

  test("another length where the test says so, one step too many, and steps left over", () => {
    expect(() => open([{ endpoint: 0x82, in: [1], length: 8 }]).device.submitIn(0x82, 9)).toThrow(
      "in 9, but",
    );
    expect(() => open([]).device.submitIn(0x82, 9)).toThrow("one too many");
    expect(() => open([{ reset: true }]).playback.done()).toThrow("left over, first: reset");
    expect(() => open([{ reset: true }]).playback.done()).not.toThrow(DriverError);
  });
});

describe("what a device can work without", () => {
  const request = { type: "class", recipient: "interface", request: 0xfe } as const;
  const warnings: string[] = [];
  const openTelling = (steps: readonly ExpectedUsbStep[]) => {
    warnings.length = 0;
    const playback = new UsbPlayback(plugged, steps);
    return new UsbDevice(playback.host, "stick", (message) => warnings.push(message));
  };

  test("is given, where the device has it", () => {
    const device = openTelling([
      { control: [0xa1, 0xfe, 0, 0], in: [3], length: 1 },
      { control: [0x21, 0xfe, 0, 0], out: [7] },
    ]);
    expect(device.optionalIn("GET MAX LUN", request, 1)).toEqual(Uint8Array.of(3));
    expect(device.optionalOut("SET MAX LUN", request, Uint8Array.of(7))).toBe(true);
    expect(warnings).toEqual([]);
  });

  test("is done without where it is refused, and the operator is told once", () => {
    const refused = { control: [0xa1, 0xfe, 0, 0], in: [], error: "pipe", length: 1 } as const;
    const device = openTelling([
      refused,
      refused,
      { control: [0x21, 0xfe, 0, 0], error: "timeout", out: [] },
    ]);
    expect(device.optionalIn("GET MAX LUN", request, 1)).toBeUndefined();
    expect(device.optionalIn("GET MAX LUN", request, 1)).toBeUndefined();
    expect(device.optionalOut("SET MAX LUN", request)).toBe(false);
    expect(warnings).toEqual([
      expect.stringMatching(/^GET MAX LUN failed, and is done without: .*stall/i),
      expect.stringMatching(/^SET MAX LUN failed, and is done without: /),
    ]);
  });

  test("a device that is gone is another thing, and so is a fault of the driver", () => {
    const device = openTelling([{ control: [0xa1, 0xfe, 0, 0], in: [], error: "no-device", length: 1 }]);
    expect(() => device.optionalIn("GET MAX LUN", request, 1)).toThrow(
      expect.objectContaining({ payload: expect.objectContaining({ tag: "disconnected" }) }),
    );
    const broken = () => {
      throw new TypeError("broken");
    };
    expect(() => device.optional("it", broken)).toThrow(TypeError);
  });

  test("strings: a device that does not answer is asked once, and for no other one", () => {
    const silent = { control: [0x80, 6, 0x0300, 0], in: [], error: "timeout", length: 255 } as const;
    const device = openTelling([silent]);
    expect([device.readString(1), device.readString(2), device.readString(3)]).toEqual(["", "", ""]);
  });
});
