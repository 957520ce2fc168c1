/**
 * Game controllers over USB/IP. The kernel's own xpad judges the model of an Xbox One controller; then our drivers have the same
 * models, on every host. A DualSense has no such judge: hid-playstation asks for reports that its model does not have.
 */
import { gamepadStates, StandardButton, Usage } from "@busbar/hid";
import type { Hid } from "@busbar/host";
import {
  attachUsbDevice,
  InputEvents,
  inputNodes,
  inVirtualMachine,
  startUdevd,
  waitFor,
} from "@busbar/lab/guest";
import type { UsbDevice } from "@busbar/sim/usbip";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DualSenseModel } from "../../../packages/playstation-controller/test/dualsense-model.ts";
import { bytes, changed } from "../../../packages/playstation-controller/test/support.ts";
import { Xbox360Model, XboxOneModel } from "../../../packages/xbox-controller/test/xbox-models.ts";
import { boardFile, describeOn, wholeHosts } from "./hosts.ts";
import { driver } from "./native-program.ts";
import { openAgain, SLOW_LIMITS, withSerialNumber } from "./support.ts";

/** A and up are pressed, the left trigger is pulled, the left stick is in a corner. */
const XBOX_360_MESSAGE = bytes(`00 14 0110 FF00 0080 FF7F 0000 0000 ${"00".repeat(6)}`);
const XBOX_ONE_MESSAGE = bytes("20 00 05 0E 1001 FF03 0000 0080 FF7F 0000 0000");
/** Nothing is pressed, the sticks rest, no finger is on the touchpad. */
const DUALSENSE_REPORT = changed(new Uint8Array(64), {
  ...{ 0: 1, 1: 128, 2: 128, 3: 128, 4: 128, 8: 8 },
  ...{ 33: 0x80, 37: 0x80 },
});

let serialNumbers = 0;

function attached(model: UsbDevice) {
  serialNumbers += 1;
  return attachUsbDevice(withSerialNumber(model, `controller-${serialNumbers}`));
}

describe.runIf(inVirtualMachine())("the kernel's xpad", () => {
  it("reads an Xbox One controller", async () => {
    const model = new XboxOneModel();
    await using device = await attached(model);
    await using events = await InputEvents.open((await inputNodes(device))[0]!);
    await waitFor(
      "switch it on",
      () => model.sent.some((message) => message.startsWith("0520")) || undefined,
    );
    model.say(XBOX_ONE_MESSAGE);
    // include/uapi/linux/input-event-codes.h: BTN_A, ABS_HAT0Y, ABS_X, ABS_Y, ABS_Z.
    expect(await events.take(5)).toEqual([
      { type: "key", code: 0x130, value: 1 },
      { type: "absolute", code: 17, value: -1 },
      { type: "absolute", code: 0, value: -32_768 },
      { type: "absolute", code: 1, value: -32_768 },
      { type: "absolute", code: 2, value: 1023 },
    ]);
  });
});

describeOn(wholeHosts, "game controllers", (host) => {
  let udevd: AsyncDisposable;
  beforeAll(async () => {
    udevd = await startUdevd();
  });
  afterAll(() => udevd[Symbol.asyncDispose]());

  async function open(name: string, vendorId: number) {
    const pad = { driver: driver(name), usb: { vendorId, interfaces: [0] }, limits: SLOW_LIMITS };
    return host.openApart(await boardFile({ devices: { pad } }));
  }

  /** The next state: the axes of the left stick, and the buttons that are pressed. */
  async function nextState(pad: Hid) {
    for await (const { mapping, axes, buttons } of gamepadStates(pad)) {
      const pressed = buttons.flatMap((button, index) => (button.pressed ? [index] : []));
      return { mapping, leftStick: axes.slice(0, 2), pressed };
    }
    return undefined;
  }

  /** Sets one value of an output report. */
  async function send(pad: Hid, usage: number, number: number): Promise<void> {
    const field = pad.fields.findIndex(
      ({ kind, usages }) =>
        kind === "output" && usages.some(({ minimum, maximum }) => minimum <= usage && usage <= maximum),
    );
    await pad.send("output", [{ field, usage, number }]);
  }

  it.each([
    ["an Xbox 360 controller", () => new Xbox360Model(), XBOX_360_MESSAGE, "00080000ff000000"],
    ["an Xbox One controller", () => new XboxOneModel(), XBOX_ONE_MESSAGE, "09000409000f00000064ff00ff"],
  ] as const)("%s is a standard gamepad, and can be moved", async (_, makeModel, message, moved) => {
    const model = makeModel();
    await using _device = await attached(model);
    await using board = await open("xbox-controller", 0x045e);
    await using pad = await board.hid("pad");
    expect(pad.info).toMatchObject({ vendorId: 0x045e, vendor: "Microsoft", product: "Controller" });
    model.say(message);
    expect(await nextState(pad)).toEqual({
      mapping: "standard",
      leftStick: [-1, -1],
      pressed: [StandardButton.SOUTH, StandardButton.LEFT_TRIGGER, StandardButton.DPAD_UP],
    });
    await send(pad, Usage.WEAK_MOTOR, 255);
    expect(model.sent.at(-1)).toBe(moved);
  });

  it("a DualSense is a standard gamepad with a sense of gravity, and can be moved and lit", async () => {
    const model = new DualSenseModel();
    await using _device = await attached(model);
    await using board = await open("playstation-controller", 0x054c);
    await using pad = await board.hid("pad");
    expect(pad.info).toMatchObject({ vendor: "Sony Interactive Entertainment", productId: 0x0ce6 });
    model.report(changed(DUALSENSE_REPORT, { 1: 0, 2: 255, 6: 255, 8: 0x20, 33: 1 }));
    expect(await nextState(pad)).toEqual({
      mapping: "standard",
      leftStick: [-1, 1],
      pressed: [StandardButton.SOUTH, StandardButton.RIGHT_TRIGGER, StandardButton.DPAD_UP],
    });
    // Minus one gravity, 9.80665 m/s²: 8192 counts by the controller's own calibration.
    model.report(changed(DUALSENSE_REPORT, { 25: 0xe0 }));
    const report = await pad.read();
    expect(report?.values.find(({ usage }) => usage === Usage.ACCELERATION_Y)?.number).toBe(-98_066);
    await send(pad, Usage.WEAK_MOTOR, 255);
    expect(model.output?.subarray(0, 5)).toEqual(Uint8Array.of(2, 3, 0, 255, 0));
    await send(pad, Usage.BLUE_LED, 64);
    expect(model.output?.subarray(45)).toEqual(Uint8Array.of(0, 0, 64));
  });

  it("one that is pulled out is disconnected, and works when it is back", async () => {
    const first = await attached(new Xbox360Model());
    await using board = await open("xbox-controller", 0x045e);
    const pad = await board.hid("pad");
    const waiting = expect(pad.readRaw()).rejects.toMatchObject({
      code: expect.stringMatching(/^(disconnected|bus)$/),
    });
    await first.unplug();
    await waiting;
    const model = new Xbox360Model();
    await using _device = await attached(model);
    await using again = await openAgain(() => board.hid("pad"));
    model.say(XBOX_360_MESSAGE);
    expect((await nextState(again))?.pressed).toContain(StandardButton.SOUTH);
  });
});
