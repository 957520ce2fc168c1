/// <reference types="node" />

/** The built component, through the host, on the simulator's keyboard, mouse and gamepad, from what a board file says. */

import { join } from "node:path";
import type { Hid, HostError, SimulateUsbEntry } from "@busbar/host";
import { nodeClock, openBoard } from "@busbar/host-node";
import { type PlugOptions, SimulatedUsb, simulate } from "@busbar/sim";
import type { UsbDevice } from "@busbar/sim/usbip";
import { describe, expect, test } from "vitest";
import {
  type DecodedReport,
  decodeReport,
  GamepadDecoder,
  gamepadMapping,
  KeyboardDecoder,
  keyCode,
  MouseDecoder,
  parseReportDescriptor,
  type ReportDescriptor,
  StandardButton,
} from "../src/index.ts";
import { HidGamepad, HidKeyboard, HidMouse } from "../src/model.ts";

const entry = {
  driver: join(import.meta.dirname, "../dist/hid.wasm"),
  usb: { vendorId: "0x1209", interfaces: [0] },
};

/** A board with a model in port 1-1. */
async function boardWith(model: UsbDevice, options: PlugOptions = {}) {
  const usb = new SimulatedUsb(nodeClock);
  usb.plug("1-1", model, options);
  return { usb, board: await openBoard({ devices: { device: entry } }, { usb: [usb] }) };
}

/** A board with what an entry of its `simulate` list says. */
const simulatedBoard = (model: Omit<SimulateUsbEntry, "usb">) =>
  openBoard(
    { devices: { device: entry }, simulate: [{ usb: "1-1", ...model } as SimulateUsbEntry] },
    { simulate },
  );

/** The next reports, decoded from their bytes by what the device says about them. */
async function decoded(hid: Hid, count: number): Promise<[ReportDescriptor, DecodedReport[]]> {
  const descriptor = parseReportDescriptor(hid.reportDescriptor);
  expect(descriptor.problems).toEqual([]);
  const reports: DecodedReport[] = [];
  while (reports.length < count) {
    const { id, data } = (await hid.readRaw())!;
    reports.push(decodeReport(descriptor, "input", id === 0 ? data : Uint8Array.of(id, ...data)));
  }
  return [descriptor, reports];
}

test("what a keyboard types by itself arrives as key events", async () => {
  await using board = await simulatedBoard({ model: "keyboard", type: "Hi!", everyMs: 1 });
  await using keys = await board.hid("device");
  const [, reports] = await decoded(keys, 6);
  const keyboard = new KeyboardDecoder();
  const events = reports.flatMap((report) => keyboard.apply(report));
  expect(events.map(({ usage, pressed }) => `${pressed ? "+" : "-"}${keyCode(usage & 0xffff)}`)).toEqual([
    ...["+ShiftLeft", "+KeyH", "-ShiftLeft", "-KeyH"],
    ...["+KeyI", "-KeyI"],
    ...["+ShiftLeft", "+Digit1", "-ShiftLeft", "-Digit1"],
  ]);
});

test("idle rate and boot protocol are those of the device", async () => {
  const mouse = new HidMouse({}, nodeClock);
  const { board } = await boardWith(mouse);
  await using _ = board;
  await using hid = await board.hid("device");
  await hid.setIdleMs(400);
  expect([mouse.idleMs(), await hid.idleMs()]).toEqual([400, 400]);
  await hid.setIdleMs(0);
  await hid.setProtocol("boot");
  expect(mouse.protocol).toBe("boot");
  mouse.move({ x: 300, y: -1, buttons: 1 });
  const reports = [await hid.readRaw(), await hid.readRaw(), await hid.readRaw()];
  expect(reports.map((report) => [...report!.data])).toEqual([
    [1, 127, 255],
    [1, 127, 0],
    [1, 46, 0],
  ]);
});

test("a mouse moves, clicks and turns its wheels", async () => {
  await using board = await simulatedBoard({
    model: "mouse",
    everyMs: 1,
    moves: [{ x: 2047, y: -2047 }, { buttons: 0b10010 }, { wheel: -3, horizontalWheel: 2, buttons: 0 }],
  });
  await using hid = await board.hid("device");
  const [, reports] = await decoded(hid, 3);
  const mouse = new MouseDecoder();
  const still = { movementX: 0, movementY: 0, wheel: 0, horizontalWheel: 0, position: undefined, buttons: 0 };
  expect(reports.map((report) => mouse.apply(report))).toEqual([
    { ...still, movementX: 2047, movementY: -2047 },
    { ...still, buttons: 0b10010 },
    { ...still, wheel: -3, horizontalWheel: 2 },
  ]);
});

describe("a gamepad", () => {
  test("is one of the standard mapping", async () => {
    const gamepad = new HidGamepad({}, nodeClock);
    const { board } = await boardWith(gamepad);
    await using _ = board;
    await using hid = await board.hid("device");
    // Buttons 1, 5 and 13 of Linux' order are BTN_A, BTN_Y and BTN_MODE.
    gamepad.set({ buttons: [1, 5, 13], hat: 3, leftStick: [-1, 1], rightStick: [0.5, 0], leftTrigger: 1 });
    gamepad.set({});
    const [descriptor, reports] = await decoded(hid, 2);
    const decoder = new GamepadDecoder(descriptor, gamepadMapping(descriptor));
    const [held, released] = reports.map((report) => decoder.apply(report)!);
    expect(held!.mapping).toBe("standard");
    const pressed = held!.buttons.flatMap(({ pressed }, index) => (pressed ? [index] : []));
    expect(pressed).toEqual([
      ...[StandardButton.SOUTH, StandardButton.NORTH, StandardButton.LEFT_TRIGGER],
      ...[StandardButton.DPAD_DOWN, StandardButton.DPAD_RIGHT, StandardButton.HOME],
    ]);
    for (const [index, position] of [-1, 1, 0.5, 0].entries()) {
      expect(held!.axes[index]).toBeCloseTo(position, 4);
    }
    expect(released!.buttons.some((button) => button.pressed)).toBe(false);
  });

  test("rumbles by its output report, and keeps a feature report", async () => {
    const gamepad = new HidGamepad({ batteryPercent: 42 }, nodeClock);
    const { board } = await boardWith(gamepad);
    await using _ = board;
    await using hid = await board.hid("device");
    await hid.sendRaw("output", { id: 2, data: Uint8Array.of(255, 128) });
    expect(gamepad.rumble).toEqual({ strong: 255, weak: 128 });
    await hid.sendRaw("feature", { id: 4, data: Uint8Array.of(30) });
    expect(gamepad.deadZone).toBe(30);
    expect(await hid.getRaw("feature", 4)).toEqual({ id: 4, data: Uint8Array.of(30) });
    expect((await hid.get("feature", 3)).values.map(({ number }) => number)).toEqual([42]);
    await expect(hid.sendRaw("feature", { id: 3, data: Uint8Array.of(100) })).rejects.toMatchObject({
      code: "protocol",
    });
    await expect(hid.setProtocol("boot")).rejects.toMatchObject({ code: "unsupported" });
  });
});

describe("faults", () => {
  test.each([
    // A stalled transfer took nothing from the device.
    ["stall: an error, and what the device says after it", "stall", [4, "protocol", 5, 6]],
    // What is missing of the second report are keys that are not pressed.
    ["short: what is there, and what the device says after it", "short", [4, 5, 6]],
  ] as const)("%s", async (_, fault, expected) => {
    const keyboard = new HidKeyboard({}, nodeClock);
    const { board } = await boardWith(keyboard, { faults: [{ fault, endpoint: 0x81, transfer: 2 }] });
    await using _board = board;
    await using hid = await board.hid("device");
    for (const key of [4, 5, 6]) keyboard.hold(key);
    const seen: (number | string | undefined)[] = [];
    while (seen.at(-1) !== 6) {
      seen.push(
        await hid.read().then(
          (report) => report!.values.at(-1)!.usage & 0xff,
          ({ code }: { code: string }) => code,
        ),
      );
    }
    expect(seen).toEqual(expected);
  });

  test("a report descriptor of garbage gives a typed error or a device, and never hangs", async () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      await using board = await simulatedBoard({ model: "gamepad", garbageReportDescriptor: seed });
      const opened = await board.hid("device").then(
        () => "opened",
        (error: HostError) => error.code,
      );
      expect(["opened", "protocol"]).toContain(opened);
    }
  });

  test("an unplugged mouse is disconnected, and moves again when it is back", async () => {
    const mouse = new HidMouse({}, nodeClock);
    const { board, usb } = await boardWith(mouse);
    await using _ = board;
    const hid = await board.hid("device");
    const waiting = hid.readRaw();
    usb.unplug("1-1");
    await expect(waiting).rejects.toMatchObject({ code: "disconnected" });
    usb.plug("1-1", mouse);
    await using again = await board.hid("device");
    mouse.move({ x: 1 });
    expect((await again.readRaw())?.data[1]).toBe(1);
  });
});
