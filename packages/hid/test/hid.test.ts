/** The driver on a played-back device: exact requests in exact order, then a fault at each of them. */

import { parseConfiguration, UsbDevice } from "@busbar/guest";
import type { ExpectedUsbStep } from "@busbar/guest/usb-playback";
import { describe, expect, it } from "vitest";
import { BOOT_KEYBOARD_DESCRIPTOR, findHidDescriptor, findReport, Hid, Usage } from "../src/index.ts";
import {
  clock,
  deviceOf,
  gamepad,
  inputStep,
  keyboard,
  type Model,
  opening,
  playerOf,
  QUEUE,
} from "./hid-play.ts";
import { bytes } from "./support.ts";

function play(
  model: Model,
  steps: readonly ExpectedUsbStep[],
  use: (driver: Hid) => void,
): { warnings: readonly string[] } {
  const playback = playerOf(deviceOf(model), steps);
  const warnings: string[] = [];
  using usb = new UsbDevice(playback.host, "pad", (warning) => warnings.push(warning));
  const driver = new Hid(usb, clock);
  use(driver);
  driver.close();
  playback.done();
  expect([playback.pending, playback.opened, playback.claimed.size]).toEqual([0, 0, 0]);
  return { warnings };
}

describe("Hid", () => {
  it("opens a boot keyboard: descriptors, report protocol, idle rate, transfers", () => {
    play(keyboard, opening(keyboard, []), (driver) => {
      expect(driver.hidDescriptor).toEqual({
        bootInterface: "keyboard",
        versionBcd: 0x0111,
        countryCode: 0x0d,
        reportDescriptorLength: BOOT_KEYBOARD_DESCRIPTOR.length,
      });
      expect(driver.reportDescriptor.reports.map(({ type }) => type)).toEqual(["input", "output"]);
    });
  });

  it("reads decoded and raw reports, and passes over empty transfers", () => {
    const reports = ["01 05 FB 03", "", "01 00 00 08"];
    const steps = [
      ...opening(gamepad, reports),
      inputStep(undefined),
      inputStep(undefined),
      inputStep(undefined),
    ];
    play(gamepad, steps, (driver) => {
      const first = driver.read(1000);
      expect(first?.values.map(({ usage, value }) => [usage, value])).toEqual([
        [Usage.X, 5],
        [Usage.Y, -5],
        [Usage.HAT_SWITCH, 3],
      ]);
      expect(driver.readRaw(1000)).toEqual({ id: 1, data: bytes("00 00 08") });
    });
  });

  it("passes over a report that its descriptor lacks, and says so once", () => {
    const reports = ["07 01", "08", "01 00 00 08", "07 01", "01 00 00 07"];
    const steps = [...opening(gamepad, reports), ...reports.map(() => inputStep(undefined))];
    const { warnings } = play(gamepad, steps, (driver) => {
      expect(driver.read(1000)?.report.id).toBe(1);
      expect(driver.readRaw(1000)).toEqual({ id: 1, data: bytes("00 00 07") });
    });
    expect(warnings).toEqual([
      "The device sends input reports that its report descriptor does not have; they are passed over.",
    ]);
  });

  it("says nothing came where nothing but unknown reports comes, and never reads for ever", () => {
    const unknown = Array.from({ length: 256 + QUEUE }, () => inputStep("07"));
    const steps = [...opening(gamepad, []).slice(0, -QUEUE), ...unknown];
    play(gamepad, steps, (driver) => expect(driver.read(1000)).toBeUndefined());
  });

  it("takes a report that is too short with zeros at its end", () => {
    const steps = [...opening(gamepad, ["01 05"]), inputStep(undefined)];
    play(gamepad, steps, (driver) => {
      expect(driver.read(1000)?.values.map(({ value }) => value)).toEqual([5, 0, 0]);
    });
  });

  it("sends output reports to the interrupt endpoint, and without one by a request", () => {
    const toEndpoint: ExpectedUsbStep = { endpoint: 0x02, out: [2, 0x55] };
    play(gamepad, [...opening(gamepad, []), toEndpoint], (driver) => {
      driver.sendRaw("output", { id: 2, data: Uint8Array.of(0x55) });
    });
    const byRequest: ExpectedUsbStep = { control: [0x21, 0x09, 0x0200, 1], out: [0b10] };
    play(keyboard, [...opening(keyboard, []), byRequest], (driver) => {
      const report = findReport(driver.reportDescriptor, "output", undefined)!;
      driver.send(report, [{ usage: Usage.CAPS_LOCK, value: 1 }]);
    });
  });

  it("asks for reports, and sends feature reports by a request", () => {
    const steps: ExpectedUsbStep[] = [
      { control: [0xa1, 0x01, 0x0303, 1], in: [3, 1, 2, 3, 4], length: 5 },
      { control: [0xa1, 0x01, 0x0101, 1], in: [1, 0x81, 0x7f, 8], length: 4 },
      { control: [0x21, 0x09, 0x0303, 1], out: [3, 9, 8, 7, 6] },
    ];
    play(gamepad, [...opening(gamepad, []), ...steps], (driver) => {
      expect(driver.getRaw("feature", 3)).toEqual({ id: 3, data: Uint8Array.of(1, 2, 3, 4) });
      expect(driver.get("input", 1).values.map(({ value }) => value)).toEqual([-127, 127, 8]);
      driver.sendRaw("feature", { id: 3, data: Uint8Array.of(9, 8, 7, 6) });
    });
  });

  it("gets and sets idle rate and protocol, and decodes boot reports then", () => {
    const steps: ExpectedUsbStep[] = [
      { control: [0xa1, 0x02, 0, 1], in: [125], length: 1 },
      { control: [0x21, 0x0a, 0x7d00, 1], out: [] },
      { control: [0x21, 0x0b, 0, 1], out: [] },
      { control: [0xa1, 0x03, 0, 1], in: [0], length: 1 },
      inputStep(undefined),
    ];
    play(keyboard, [...opening(keyboard, ["02 00 04 FF 00 00 00 00"]), ...steps], (driver) => {
      expect(driver.getIdle(0)).toBe(500);
      driver.setIdle(0, 500);
      driver.setProtocol("boot");
      expect(driver.getProtocol()).toBe("boot");
      const active = driver
        .read(1000)
        ?.values.filter(({ usage, value }) => usage !== undefined && value !== 0);
      // A slot of ones is no key.
      expect(active?.map(({ usage }) => usage)).toEqual([0x0007_00e1, 0x0007_0004]);
    });
  });

  it.each(["pipe", "timeout", "io"] as const)(
    "lives with a device that answers SET_IDLE and SET_PROTOCOL with %s, and says so",
    (error) => {
      const steps = opening(keyboard, []).map((step) =>
        "control" in step && step.control[0] === 0x21 ? { ...step, error } : step,
      );
      const { warnings } = play(keyboard, steps, () => {});
      expect(warnings).toEqual([
        expect.stringContaining("choosing the report protocol (SET_PROTOCOL) failed, and is done without"),
        expect.stringContaining("setting the idle rate (SET_IDLE) failed, and is done without"),
      ]);
    },
  );

  it("clears the halt of its endpoint, and reads on", () => {
    const waiting = Array.from({ length: QUEUE }, () => inputStep(undefined));
    const steps: ExpectedUsbStep[] = [
      ...opening(gamepad, []).slice(0, -QUEUE),
      { ...waiting[0]!, error: "pipe" },
      ...waiting.slice(1),
      { clearHalt: 0x81 },
      inputStep("01 00 00 08"),
      ...waiting,
    ];
    play(gamepad, steps, (driver) => {
      expect(() => driver.read(1000)).toThrow("stall");
      expect(driver.read(1000)?.report.id).toBe(1);
    });
  });

  it.each([
    ["an input report", "input", 1, 3],
    ["a report that is not there", "output", 9, 1],
    ["a report without its id", "output", undefined, 1],
    ["too few bytes", "feature", 3, 3],
    ["too many bytes", "feature", 3, 5],
  ] as const)("refuses to send %s, and sends nothing", (_, type, id, length) => {
    play(gamepad, opening(gamepad, []), (driver) => {
      expect(() => driver.sendRaw(type, { id, data: new Uint8Array(length) })).toThrow(
        expect.objectContaining({ payload: expect.objectContaining({ tag: "invalid-argument" }) }),
      );
    });
  });

  it("refuses boot requests where there is no boot interface, and everything once it is closed", () => {
    play(gamepad, opening(gamepad, []), (driver) => {
      expect(() => driver.setProtocol("boot")).toThrow("no boot interface");
      expect(() => driver.getProtocol()).toThrow("no boot interface");
      expect(() => driver.setIdle(0, 1021)).toThrow("0 to 1020 ms");
      driver.close();
      driver.close();
      for (const call of [() => driver.read(0), () => driver.getIdle(0), () => driver.getRaw("feature", 3)]) {
        expect(call).toThrow("The device is closed; open it again.");
      }
    });
  });

  it.each([
    [
      "has no HID interface",
      { interfaces: [{ endpoints: [] }] },
      [9, 4, 0, 0, 0, 0xff, 0, 0, 0],
      "wrong-device",
    ],
  ])("refuses a device that %s", (_, device, descriptors, tag) => {
    const configuration = [9, 2, 9 + descriptors.length, 0, 1, 1, 0, 0x80, 50, ...descriptors];
    const playback = playerOf(device, [{ control: [0x80, 6, 0x0200, 0], in: configuration }]);
    using usb = new UsbDevice(playback.host, "pad");
    expect(() => new Hid(usb, clock)).toThrow(
      expect.objectContaining({ payload: expect.objectContaining({ tag }) }),
    );
  });

  it.each([
    ["no HID descriptor", []],
    ["one that names no report descriptor", [9, 0x21, 0x11, 1, 0, 1, 0x23, 9, 0]],
    ["one that is cut off", [7, 0x21, 0x11, 1, 0, 1, 0x22]],
  ])("asks for a report descriptor of any length where there is %s", (_, hidDescriptor) => {
    const descriptors = [9, 4, 1, 0, 2, 3, 0, 0, 0, ...hidDescriptor];
    const [, asked, ...rest] = opening(gamepad, ["01 00 00 08"]);
    const steps = [
      {
        control: [0x80, 6, 0x0200, 0],
        in: [9, 2, 9 + descriptors.length, 0, 2, 1, 0, 0x80, 50, ...descriptors],
      },
      { ...asked, length: 4096 },
      ...rest,
      inputStep(undefined),
    ] as ExpectedUsbStep[];
    play(gamepad, steps, (driver) => expect(driver.read(1000)?.report.id).toBe(1));
  });

  it("takes the entries of a HID descriptor that are there, whatever it says how many there are", () => {
    const configuration = (length: number, count: number) => {
      const hid = [length, 0x21, 0x11, 1, 0, count, 0x22, 7, 0].slice(0, length);
      return parseConfiguration(
        Uint8Array.from([9, 2, 18 + length, 0, 1, 1, 0, 0x80, 50, 9, 4, 0, 0, 0, 3, 0, 0, 0, ...hid]),
      );
    };
    const lengths = [configuration(9, 2), configuration(9, 255), configuration(8, 1), configuration(9, 0)];
    expect(lengths.map(({ interfaces }) => findHidDescriptor(interfaces, 0).reportDescriptorLength)).toEqual([
      7, 7, 0, 0,
    ]);
  });

  it("takes the report descriptor that comes, and asks again where it is short or refused", () => {
    const [configuration, descriptor, ...rest] = opening(gamepad, []);
    const short = { ...descriptor!, in: gamepad.reportDescriptor.slice(0, -1) } as ExpectedUsbStep;
    const refused = { ...descriptor!, error: "pipe" as const };
    const { warnings } = play(gamepad, [configuration!, short, refused, short, short, ...rest], (driver) => {
      expect(driver.reportDescriptor.reports).toHaveLength(3);
      expect(driver.reportDescriptorBytes).toEqual(gamepad.reportDescriptor.slice(0, -1));
    });
    expect(warnings).toEqual([expect.stringContaining("has 65 bytes, but sends 64; those are used.")]);
    expect(play(gamepad, [configuration!, refused, descriptor!, ...rest], () => {}).warnings).toEqual([]);
  });

  it("passes over a HID interface without an endpoint for input, as Linux does", () => {
    const interrupt = { attributes: 3, maxPacketSize: 16 };
    const hid = { interfaceClass: 3, interfaceSubclass: 0, interfaceProtocol: 0 };
    const device = {
      interfaces: [
        { ...hid, endpoints: [{ endpointAddress: 0x02, ...interrupt }] },
        { ...hid, endpoints: [{ endpointAddress: 0x81, ...interrupt }] },
      ],
    };
    const hidInterface = (number: number) => [
      9,
      4,
      number,
      0,
      1,
      3,
      0,
      0,
      0,
      9,
      0x21,
      0x11,
      1,
      0,
      1,
      0x22,
      65,
      0,
    ];
    const rest = [...hidInterface(0), ...hidInterface(1)];
    const [, ...steps] = opening(gamepad, ["01 00 00 08"]);
    const configuration: ExpectedUsbStep = {
      control: [0x80, 6, 0x0200, 0],
      in: [9, 2, 9 + rest.length, 0, 2, 1, 0, 0x80, 50, ...rest],
    };
    const playback = playerOf(device, [configuration, ...steps, inputStep(undefined)]);
    using usb = new UsbDevice(playback.host, "pad");
    const driver = new Hid(usb, clock);
    expect([...playback.claimed]).toEqual([1]);
    expect(driver.read(1000)?.report.id).toBe(1);
    driver.close();
    playback.done();
  });

  it("reads no longer reports than Linux, whatever the descriptor claims", () => {
    const reportDescriptor = bytes("05 01 09 04 A1 01 09 30 15 00 26 FF 00 75 08 96 FF FF 81 02 C0");
    const claims = { ...gamepad, reportDescriptor };
    const [configuration, descriptor, idle] = opening(claims, []);
    const waiting = Array.from({ length: QUEUE }, () => ({ ...inputStep(undefined), length: 16_384 }));
    play(claims, [configuration!, descriptor!, idle!, ...(waiting as ExpectedUsbStep[])], () => {});
  });

  it("asks whether a report descriptor that breaks off goes on where it should end", () => {
    const whole = gamepad.reportDescriptor;
    const short = { ...gamepad, reportDescriptor: whole.slice(0, 40) };
    const [configuration, descriptor, ...rest] = opening(short, ["01 00 00 08"]);
    const again = { ...descriptor!, in: whole, length: 4096 } as ExpectedUsbStep;
    const steps = [configuration!, descriptor!, again, ...rest, inputStep(undefined)];
    const { warnings } = play(gamepad, steps, (driver) => {
      expect(driver.reportDescriptorBytes).toEqual(whole);
      expect(driver.read(1000)?.report.id).toBe(1);
    });
    expect(warnings).toEqual([expect.stringContaining("has 40 bytes, but sends 65; those are used.")]);
    const refused = [configuration!, descriptor!, { ...again, error: "pipe" as const }, ...rest];
    play(gamepad, refused, (driver) => expect(driver.reportDescriptorBytes).toHaveLength(40));
  });

  it.each(["pipe", "timeout", "io"] as const)(
    "takes the interfaces that the host knows where the configuration does not come as bytes: %s",
    (error) => {
      const [configuration, descriptor, ...rest] = opening(keyboard, ["02 00 04 00 00 00 00 00"]);
      const steps = [
        { ...configuration!, error },
        { ...descriptor!, length: 4096 } as ExpectedUsbStep,
        ...rest,
        inputStep(undefined),
      ];
      const { warnings } = play(keyboard, steps, (driver) => {
        expect(driver.hidDescriptor).toMatchObject({ bootInterface: "keyboard", reportDescriptorLength: 0 });
        expect(driver.read(1000)?.values).toHaveLength(14);
      });
      expect(warnings).toEqual([expect.stringContaining("reading its HID descriptor failed")]);
    },
  );

  it.each(["pipe", "io", "overflow"] as const)(
    "asks again for a report descriptor that fails once: %s",
    (error) => {
      const [configuration, descriptor, ...rest] = opening(gamepad, []);
      play(gamepad, [configuration!, { ...descriptor!, error }, descriptor!, ...rest], (driver) =>
        expect(driver.reportDescriptorBytes).toEqual(gamepad.reportDescriptor),
      );
    },
  );

  it("refuses a report descriptor that never comes or is malformed", () => {
    const [configuration, descriptor] = opening(gamepad, []);
    const answers = [
      Array.from({ length: 4 }, () => ({ ...descriptor!, in: [] })),
      Array.from({ length: 4 }, () => ({ ...descriptor!, error: "pipe" as const })),
      [{ ...descriptor!, in: gamepad.reportDescriptor.map(() => 0xc0) }],
    ];
    for (const answer of answers) {
      const playback = playerOf(deviceOf(gamepad), [configuration!, ...(answer as ExpectedUsbStep[])]);
      using usb = new UsbDevice(playback.host, "pad");
      expect(() => new Hid(usb, clock)).toThrow(
        expect.objectContaining({ payload: expect.objectContaining({ tag: "protocol" }) }),
      );
    }
  });

  it("ends in a typed error, and gives everything back, whichever request fails", () => {
    const steps = opening(keyboard, []);
    for (const kind of ["error", "submitError"] as const) {
      for (const index of steps.keys()) {
        // What waits at the endpoint fails only when it is read.
        if (kind === "error" && "endpoint" in steps[index]!) continue;
        const failing = steps.map((step, at) =>
          at === index ? { ...step, [kind]: "no-device" as const } : step,
        );
        const playback = playerOf(deviceOf(keyboard), failing.slice(0, index + 1));
        const usb = new UsbDevice(playback.host, "pad");
        expect(() => new Hid(usb, clock)).toThrow(
          expect.objectContaining({ payload: expect.objectContaining({ tag: "disconnected" }) }),
        );
        usb.close();
        playback.done();
        expect([playback.opened, playback.claimed.size]).toEqual([0, 0]);
      }
    }
  });
});
