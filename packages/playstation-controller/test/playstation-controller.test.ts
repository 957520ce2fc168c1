/** The driver on a played-back controller: exact transfers in exact order, then a fault at each of them. */

import { UsbDevice } from "@busbar/guest";
import { type ExpectedUsbStep, UsbPlayback } from "@busbar/guest/usb-playback";
import { findReport, physicalValue, Usage } from "@busbar/hid";
import { describe, expect, it } from "vitest";
import { PlayStationController } from "../src/index.ts";
import {
  calibrationOf,
  dualSense,
  dualShock4,
  input,
  opening,
  output,
  type Played,
} from "./playstation-play.ts";
import { changed } from "./support.ts";

const clock = { nowMs: () => 0 };
const controllers = [
  ["a DualShock 4", dualShock4],
  ["a DualSense", dualSense],
] as const;
/** Report 1 with cross pressed, and one gravity on the accelerometer's y axis. */
const crossed = (controller: Played) => {
  const neutral = changed(new Uint8Array(64), { 0: 1, 1: 128, 2: 128, 3: 128, 4: 128 });
  return controller === dualShock4
    ? changed(neutral, { 5: 0x28, 22: 0x20 })
    : changed(neutral, { 8: 0x28, 25: 0x20, 33: 0x80, 37: 0x80 });
};

/** A calibration whose gravities point the wrong way. */
const turnedAround = (controller: Played) => {
  const calibration = calibrationOf(controller);
  const axes = [23, 27, 31].flatMap((plus) => [0, 1].map((byte) => [plus + byte, plus + 2 + byte] as const));
  return changed(
    calibration,
    Object.fromEntries(
      axes.flatMap(([plus, minus]) => [
        [plus, calibration[minus]!],
        [minus, calibration[plus]!],
      ]),
    ),
  );
};

function play(
  { device }: Played,
  steps: readonly ExpectedUsbStep[],
  use: (driver: PlayStationController) => void,
): string[] {
  const warnings: string[] = [];
  const playback = new UsbPlayback(device, steps);
  using usb = new UsbDevice(playback.host, "pad", (warning) => warnings.push(warning));
  const driver = new PlayStationController(usb, clock);
  use(driver);
  driver.close();
  driver.close();
  playback.done();
  expect([playback.pending, playback.opened, playback.claimed.size]).toEqual([0, 0, 0]);
  return warnings;
}

const tag = (expected: string) =>
  expect.objectContaining({ payload: expect.objectContaining({ tag: expected }) });

/** What a usage says in its unit, in the next report. */
function read(driver: PlayStationController, ...usages: number[]): (number | undefined)[] {
  const { values } = driver.read(1000)!;
  return usages.map((usage) => {
    const found = values.find((each) => each.usage === usage)!;
    return physicalValue(found.field, found.value);
  });
}

describe.each(controllers)("%s", (_, controller) => {
  const report = crossed(controller);
  const cross = Usage.BUTTON_1 + 1;
  const blank = () => new Uint8Array(controller.calibrationLength);
  const ofCalibration = { 0: controller.calibrationReport };

  it("is read with its calibration", () => {
    play(controller, [...opening(controller, [report]), input()], (driver) => {
      const { productId } = controller.device.descriptor!;
      expect(driver.info).toMatchObject({ vendorId: 0x054c, productId, bootInterface: "none" });
      const [pressed, gravity] = read(driver, cross, Usage.ACCELERATION_Y);
      expect(pressed).toBe(1);
      // In cm/s².
      expect(gravity).toBeCloseTo(980.665, 1);
    });
  });

  it.each([
    ["refuses to give its calibration", { error: "pipe" }, 1],
    ["does not answer when it is asked for it", { error: "timeout" }, 1],
    ["gives less than that", { in: new Uint8Array(3) }, 1],
    ["gives another report", { in: blank() }, 1],
    ["gives a calibration of zeros", { in: changed(blank(), ofCalibration) }, 0],
    ["gives one of ones", { in: changed(blank().fill(0xff), ofCalibration) }, 0],
    ["gives one that is turned around", { in: turnedAround(controller) }, 0],
  ] as const)("that %s has the nominal one", (_, change, warnings) => {
    const [configuration, calibration, ...rest] = opening(controller, [report]);
    const steps = [configuration!, { ...calibration!, ...change } as ExpectedUsbStep, ...rest, input()];
    const said = play(controller, steps, (driver) => {
      const [gravity] = read(driver, Usage.ACCELERATION_Y);
      expect(gravity).toBeCloseTo((8192 / 32767) * 4 * 980.665, 2);
    });
    expect(said).toEqual(
      Array.from({ length: warnings }, () =>
        expect.stringContaining("reading the calibration of its sensors failed, and is done without"),
      ),
    );
  });

  it("turns its motors and lights its light bar, each report leaving the other as it is", () => {
    const isDualShock = controller === dualShock4;
    const motors = (weak: number, strong: number) =>
      output(controller, isDualShock ? { 1: 1, 4: weak, 5: strong } : { 1: 3, 3: weak, 4: strong });
    const light = isDualShock
      ? { 1: 2, 6: 255, 7: 51, 8: 0 }
      : { 2: 4, 39: 2, 42: 2, 45: 255, 46: 51, 47: 0 };
    const steps = [...opening(controller), motors(128, 255), output(controller, light), motors(0, 0)];
    play(controller, steps, (driver) => {
      driver.sendRaw("output", { id: 2, data: Uint8Array.of(255, 128) });
      const lightBar = findReport(driver.reportDescriptor, "output", 3)!;
      driver.send(lightBar, [
        { usage: Usage.GREEN_LED, value: 51 },
        { usage: Usage.RED_LED, value: 255 },
      ]);
      // The motors still turn, and are stopped at the end.
    });
  });

  it("is closed even where the motors cannot be stopped", () => {
    const isDualShock = controller === dualShock4;
    const on = output(controller, isDualShock ? { 1: 1, 5: 1 } : { 1: 3, 4: 1 });
    const off: ExpectedUsbStep = { ...output(controller, isDualShock ? { 1: 1 } : { 1: 3 }), error: "io" };
    play(controller, [...opening(controller), on, off], (driver) => {
      driver.sendRaw("output", { id: 2, data: Uint8Array.of(1, 0) });
    });
  });

  it("ends in a typed error after a fault, and the next read goes on", () => {
    const waiting = Array.from({ length: 8 }, () => input());
    const start = opening(controller).slice(0, 2);
    for (const [error, expected] of [
      ["io", "bus"],
      ["overflow", "bus"],
      ["pipe", "protocol"],
    ] as const) {
      const halt: ExpectedUsbStep[] = error === "pipe" ? [{ clearHalt: 0x84 }] : [];
      const steps = [...start, { ...waiting[0]!, error }, ...waiting.slice(1), ...halt, input(report)];
      play(controller, [...steps, ...waiting], (driver) => {
        expect(() => driver.read(1000)).toThrow(tag(expected));
        expect(read(driver, cross)).toEqual([1]);
      });
    }
  });

  it("passes over a report of another id", () => {
    const wrong = changed(report, { 0: 0x31 });
    play(controller, [...opening(controller, [wrong, report]), input(), input()], (driver) => {
      expect(read(driver, cross)).toEqual([1]);
    });
  });

  it("says nothing came where nothing but other reports comes, and never reads for ever", () => {
    const others = Array.from({ length: 256 + 8 }, () => input(Uint8Array.of(0x31)));
    play(controller, [...opening(controller).slice(0, 2), ...others], (driver) => {
      expect(driver.read(1000)).toBeUndefined();
    });
  });

  it.each([63, 40, 20, 10])("takes a report of %i bytes, without what is missing", (length) => {
    play(controller, [...opening(controller, [report.subarray(0, length)]), input()], (driver) => {
      expect(read(driver, cross, Usage.X, Usage.HAT_SWITCH)).toEqual([1, 128, undefined]);
    });
  });

  it("ends in a typed error, and gives all back, whichever transfer of opening fails", () => {
    const steps = opening(controller);
    for (const kind of ["error", "submitError"] as const) {
      for (const [index, step] of steps.entries()) {
        // What waits at the endpoint fails only when it is read.
        if (kind === "error" && "endpoint" in step) continue;
        const failing = steps.slice(0, index + 1).with(index, { ...step, [kind]: "no-device" });
        const playback = new UsbPlayback(controller.device, failing);
        const usb = new UsbDevice(playback.host, "pad");
        expect(() => new PlayStationController(usb, clock)).toThrow(tag("disconnected"));
        usb.close();
        playback.done();
        expect([playback.opened, playback.claimed.size]).toEqual([0, 0]);
      }
    }
  });

  it("refuses what it cannot do, and everything once it is closed", () => {
    play(controller, opening(controller), (driver) => {
      const data = Uint8Array.of(0, 0);
      expect(() => driver.sendRaw("output", { id: 1, data })).toThrow(tag("invalid-argument"));
      expect(() => driver.sendRaw("output", { id: 3, data })).toThrow(tag("invalid-argument"));
      expect(() => driver.get()).toThrow(tag("unsupported"));
      driver.close();
      expect(() => driver.read(0)).toThrow(tag("disconnected"));
      expect(() => driver.sendRaw("output", { id: 2, data })).toThrow(tag("disconnected"));
    });
  });
});

it("refuses another device before it sends anything", () => {
  for (const descriptor of [
    { vendorId: 0x054c, productId: 0x0268 },
    { vendorId: 0x1209, productId: 0x0ce6 },
  ]) {
    const playback = new UsbPlayback({ ...dualSense.device, descriptor }, []);
    using usb = new UsbDevice(playback.host, "pad");
    expect(() => new PlayStationController(usb, clock)).toThrow(tag("wrong-device"));
  }
});
