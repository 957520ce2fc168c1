/** The driver on a played-back controller: exact messages in exact order, then a fault at each of them. */

import { UsbDevice } from "@busbar/guest";
import { type ExpectedUsbStep, UsbPlayback } from "@busbar/guest/usb-playback";
import { findReport, physicalValue, Usage } from "@busbar/hid";
import { describe, expect, it } from "vitest";
import { XboxController, type XboxControllerOptions } from "../src/index.ts";
import { input, opening, out, type Played, xbox360, xboxOne } from "./xbox-play.ts";

const clock = { nowMs: () => 0 };
const controllers = [
  ["an Xbox 360 controller", xbox360],
  ["an Xbox One controller", xboxOne],
] as const;

function play(
  { device }: Played,
  steps: readonly ExpectedUsbStep[],
  use: (driver: XboxController) => void,
  options: Partial<XboxControllerOptions> = {},
): string[] {
  const warnings: string[] = [];
  const playback = new UsbPlayback(device, steps);
  using usb = new UsbDevice(playback.host, "pad", (warning) => warnings.push(warning));
  const driver = new XboxController(usb, clock, options);
  use(driver);
  driver.close();
  driver.close();
  playback.done();
  expect([playback.pending, playback.opened, playback.claimed.size]).toEqual([0, 0, 0]);
  return warnings;
}

/** The values of the next report by their usage. */
function read(driver: XboxController): Map<number | undefined, number | undefined> {
  const { values } = driver.read(1000)!;
  return new Map(values.map(({ usage, value, inRange }) => [usage, inRange ? value : undefined]));
}

const tag = (expected: string) =>
  expect.objectContaining({ payload: expect.objectContaining({ tag: expected }) });

describe("opening", () => {
  it.each(controllers)("%s makes it send input, and describes it", (_, controller) => {
    play(controller, opening(controller), (driver) => {
      const { productId } = controller.device.descriptor!;
      expect(driver.info).toMatchObject({ vendorId: 0x045e, productId, versionBcd: 0x0114 });
      expect(driver.reportDescriptor.problems).toEqual([]);
      const motors = controller === xbox360 ? 2 : 4;
      expect(driver.reportDescriptor.reports.map(({ type, byteLength }) => [type, byteLength])).toEqual([
        ["input", 15],
        ["output", motors],
      ]);
    });
  });

  it("lights the quarter that the settings say, or none", () => {
    const lit = (light: string) => opening(xbox360).with(1, out(`01 03 ${light}`));
    play(xbox360, lit("09"), () => {}, { player: 4 });
    play(xbox360, lit("00"), () => {}, { player: 0 });
  });

  it.each(["pipe", "timeout", "io"] as const)(
    "goes on where nobody answers the wake request (%s)",
    (error) => {
      const [wake, ...rest] = opening(xbox360);
      expect(play(xbox360, [{ ...wake!, error }, ...rest], () => {})).toEqual([]);
    },
  );

  it.each(controllers)(
    "%s opens whichever message of the start it does not take, and that is said",
    (_, each) => {
      for (const error of ["pipe", "timeout", "io"] as const) {
        const halt: ExpectedUsbStep[] = error === "pipe" ? [{ clearHalt: 0x02 }] : [];
        for (const [index, step] of each.start.entries()) {
          if (!("endpoint" in step)) continue;
          const start = each.start.flatMap((one, at) =>
            at === index ? [{ ...one, error }, ...halt] : [one],
          );
          const warnings = play(each, opening({ ...each, start }), () => {});
          expect(warnings).toEqual([
            expect.stringMatching(/(starting it|setting its light) failed, and is done/),
          ]);
        }
      }
    },
  );

  it("refuses another device, and one without an endpoint for input", () => {
    const endpoints = [{ endpointAddress: 0x02, attributes: 3 }];
    for (const [interfaces, expected] of [
      [[{ interfaceClass: 3, endpoints: [] }], "wrong-device"],
      [[{ interfaceSubclass: 0x5d, interfaceProtocol: 0x81, endpoints: [] }], "wrong-device"],
      [[{ interfaceSubclass: 0x5d, interfaceProtocol: 1, endpoints }], "protocol"],
    ] as const) {
      const playback = new UsbPlayback({ interfaces }, []);
      using usb = new UsbDevice(playback.host, "pad");
      expect(() => new XboxController(usb, clock)).toThrow(tag(expected));
    }
  });

  it.each(controllers)(
    "%s ends in a typed error, and gives all back, whichever transfer fails",
    (_, each) => {
      const steps = opening(each);
      for (const kind of ["error", "submitError"] as const) {
        for (const [index, step] of steps.entries()) {
          // What waits at the endpoint fails only when it is read.
          if (kind === "error" && "endpoint" in step && step.endpoint === 0x81) continue;
          const failing = steps.slice(0, index + 1).with(index, { ...step, [kind]: "no-device" });
          const playback = new UsbPlayback(each.device, failing);
          const usb = new UsbDevice(playback.host, "pad");
          expect(() => new XboxController(usb, clock)).toThrow(tag("disconnected"));
          usb.close();
          playback.done();
          expect([playback.opened, playback.claimed.size]).toEqual([0, 0]);
        }
      }
    },
  );
});

describe("reading", () => {
  const states = [
    [xbox360, `00 14 0110 FF33 0080 FF7F FF7F 0080 ${"00".repeat(6)}`],
    [xboxOne, "20 00 05 0E 1001 FF03 CD00 0080 FF7F FF7F 0080"],
  ] as const;

  it("gives the same values whichever controller it is", () => {
    const [first, second] = states.map(([controller, message]) => {
      let values: unknown[] = [];
      play(controller, [...opening(controller, [message]), input()], (driver) => {
        values = [...read(driver)];
      });
      return values;
    });
    expect(new Map(first as [number, number][])).toEqual(
      new Map<number, number | undefined>([
        [Usage.X, -32767],
        [Usage.Y, -32767],
        [Usage.Z, 32767],
        [Usage.RZ, 32767],
        [Usage.BRAKE, 1023],
        [Usage.ACCELERATOR, 205],
        [Usage.HAT_SWITCH, 0],
        ...Array.from({ length: 15 }, (_, index): [number, number] => [
          Usage.BUTTON_1 + index,
          index === 0 ? 1 : 0,
        ]),
        [Usage.RECORD, 0],
      ]),
    );
    expect(second).toEqual(first);
  });

  it.each([
    ["01", 0],
    ["09", 45],
    ["08", 90],
    ["0A", 135],
    ["02", 180],
    ["06", 225],
    ["04", 270],
    ["05", 315],
    ["00", undefined],
    // Which no thumb can do.
    ["0F", undefined],
  ])("turns the D-pad %s into an angle, or none", (dpad, degrees) => {
    const message = `00 14 ${dpad} 00 ${"00".repeat(16)}`;
    play(xbox360, [...opening(xbox360, [message]), input()], (driver) => {
      const hat = driver.read(1000)!.values.find(({ usage }) => usage === Usage.HAT_SWITCH)!;
      expect(hat.inRange ? physicalValue(hat.field, hat.value) : undefined).toBe(degrees);
    });
  });

  it("passes over messages that say nothing about the controls", () => {
    const status = "03 20 01 04 80 00 00 00";
    const message = "20 00 05 0E 1000 0000 0000 0000 0000 0000 0000";
    play(xboxOne, [...opening(xboxOne, [status, status, message]), input(), input(), input()], (driver) => {
      expect(read(driver).get(Usage.BUTTON_1)).toBe(1);
    });
  });

  it("ends where nothing else ever comes", () => {
    const others = Array.from({ length: 256 }, () => input("03 20 01 04 80 00 00 00"));
    const steps = [...xboxOne.start, ...others, ...Array.from({ length: 8 }, () => input())];
    play(xboxOne, steps, (driver) => expect(driver.read(1000)).toBeUndefined());
  });

  it("acknowledges what must be, and starts a controller again that has started anew", () => {
    const guide = "07 30 2A 02 01 5B";
    const announce = "02 20 01 1C".padEnd(11 + 28 * 3, " 00");
    const steps: ExpectedUsbStep[] = [
      ...opening(xboxOne, [guide, announce]),
      input("20 00 05 0E 1000 0000 0000 0000 0000 0000 0000"),
      out("01 20 2A 09 00 07 20 02 00 00 00 00 00"),
      input(),
      out("05 20 04 01 00"),
      out("0A 20 05 03 00 01 14"),
      out("06 20 06 02 01 00"),
    ];
    // The message after the announcement is the ninth that was submitted; those between bring nothing.
    play(xboxOne, [...steps, ...Array.from({ length: 7 }, () => input())], (driver) => {
      expect(read(driver).get(Usage.BUTTON_1 + 12)).toBe(1);
      expect(read(driver).get(Usage.BUTTON_1)).toBe(1);
    });
  });

  it.each(controllers)("%s ends in a typed error after a fault, and the next read goes on", (_, each) => {
    const [, message] = states.find(([controller]) => controller === each)!;
    const waiting = Array.from({ length: 8 }, () => input());
    for (const [error, expected] of [
      ["io", "bus"],
      ["overflow", "bus"],
      ["pipe", "protocol"],
    ] as const) {
      const halt: ExpectedUsbStep[] = error === "pipe" ? [{ clearHalt: 0x81 }] : [];
      const steps = [...each.start, { ...waiting[0]!, error }, ...waiting.slice(1), ...halt, input(message)];
      play(each, [...steps, ...waiting], (driver) => {
        expect(() => driver.read(1000)).toThrow(tag(expected));
        expect(read(driver).get(Usage.BUTTON_1)).toBe(1);
      });
    }
  });

  it.each([
    [xbox360, "00 14 00 10"],
    [xboxOne, "20 00 05 0E 10"],
  ])("takes what is missing of a message that is cut off for 0", (each, short) => {
    play(each, [...opening(each, [short]), input()], (driver) => {
      const values = read(driver);
      expect([values.get(Usage.BUTTON_1), values.get(Usage.X)]).toEqual([1, 0]);
    });
  });

  it("passes over what is no message", () => {
    const message = "20 00 05 0E 1000 0000 0000 0000 0000 0000 0000";
    const steps = [...opening(xboxOne, ["20 00", "20 00 05 FF FF FF FF FF FF 01", message])];
    play(xboxOne, [...steps, input(), input(), input()], (driver) => {
      expect(read(driver).get(Usage.BUTTON_1)).toBe(1);
    });
  });

  it("goes on where an answer cannot be sent, and says so", () => {
    const refused: ExpectedUsbStep = { ...out("01 20 2A 09 00 07 20 02 00 00 00 00 00"), error: "io" };
    const steps = [...opening(xboxOne, ["07 30 2A 02 01 5B"]), input(), refused];
    const warnings = play(xboxOne, steps, (driver) => {
      expect(read(driver).get(Usage.BUTTON_1 + 12)).toBe(1);
    });
    expect(warnings).toEqual([expect.stringContaining("acknowledging a message failed")]);
  });
});

describe("sending", () => {
  it("turns the motors, and stops them at the end", () => {
    const steps = [...opening(xbox360), out("00 08 00 FF 80 00 00 00"), out("00 08 00 00 00 00 00 00")];
    play(xbox360, steps, (driver) => {
      driver.sendRaw("output", { id: undefined, data: Uint8Array.of(255, 128) });
    });
  });

  it("has motors at the triggers where the controller has them, by their usages", () => {
    const steps = [
      ...opening(xboxOne),
      out("09 00 04 09 00 0F 00 64 14 00 FF 00 FF"),
      out("09 00 05 09 00 0F 00 00 00 00 FF 00 FF"),
    ];
    play(xboxOne, steps, (driver) => {
      const report = findReport(driver.reportDescriptor, "output", undefined)!;
      driver.send(report, [
        { usage: Usage.RIGHT_TRIGGER_MOTOR, value: 255 },
        { usage: Usage.STRONG_MOTOR, value: 51 },
      ]);
      driver.sendRaw("output", { id: undefined, data: new Uint8Array(4) });
    });
  });

  it("is closed even where the motors cannot be stopped", () => {
    const stop: ExpectedUsbStep = { ...out("00 08 00 00 00 00 00 00"), submitError: "no-device" };
    play(xbox360, [...opening(xbox360), out("00 08 00 01 00 00 00 00"), stop], (driver) => {
      driver.sendRaw("output", { id: undefined, data: Uint8Array.of(1, 0) });
    });
  });

  it("refuses what a controller cannot do, and everything once it is closed", () => {
    play(xbox360, opening(xbox360), (driver) => {
      const data = Uint8Array.of(0, 0);
      expect(() => driver.sendRaw("output", { id: 1, data })).toThrow(tag("invalid-argument"));
      expect(() => driver.sendRaw("input", { id: undefined, data })).toThrow(tag("invalid-argument"));
      expect(() => driver.sendRaw("output", { id: undefined, data: Uint8Array.of(1) })).toThrow(
        tag("invalid-argument"),
      );
      for (const call of [
        () => driver.get(),
        () => driver.getRaw(),
        () => driver.getIdle(),
        () => driver.setIdle(),
        () => driver.getProtocol(),
        () => driver.setProtocol(),
      ]) {
        expect(call).toThrow(tag("unsupported"));
      }
      driver.close();
      expect(() => driver.read(0)).toThrow(tag("disconnected"));
      expect(() => driver.sendRaw("output", { id: undefined, data })).toThrow(tag("disconnected"));
    });
  });
});
