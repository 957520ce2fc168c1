/** Our HID models, judged by the kernel's own usbhid, hid-input and evdev; and our parser of report descriptors, by its. */

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Field, parseReportDescriptor } from "@busbar/hid";
import { type HidDevice, HidGamepad, HidKeyboard, HidMouse } from "@busbar/hid/model";
import { nodeClock } from "@busbar/host-node";
import {
  type AttachedUsbDevice,
  attachUsbDevice,
  CharacterDevice,
  InputEvents,
  inputNodes,
  inVirtualMachine,
  waitFor,
} from "@busbar/lab/guest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** include/uapi/linux/input-event-codes.h. */
const KEY = { A: 30, D: 32, E: 18, H: 35, L: 38, O: 24, R: 19, W: 17, SPACE: 57, ENTER: 28, COMMA: 51 };
const KEY_1 = 2;
const KEY_LEFTSHIFT = 42;
const LED_CAPSLOCK = 1;
const RELATIVE = { X: 0, Y: 1, HWHEEL: 6, WHEEL: 8, WHEEL_HI_RES: 11, HWHEEL_HI_RES: 12 };
const ABSOLUTE = { X: 0, Y: 1, Z: 2, RZ: 5, GAS: 9, BRAKE: 10, HAT0X: 16, HAT0Y: 17 };
const [BTN_LEFT, BTN_EXTRA] = [0x110, 0x114];
/** The first of sixteen; the order is A, B, C, X, Y, Z, ... */
const BTN_GAMEPAD = 0x130;

const key = (code: number, value: number) => ({ type: "key", code, value });
const relative = (code: number, value: number) => ({ type: "relative", code, value });
const absolute = (code: number, value: number) => ({ type: "absolute", code, value });

let serialNumbers = 0;
const options = () => {
  serialNumbers += 1;
  return { serialNumber: `hid-${serialNumbers}` };
};

/** A field, as far as the kernel shows it in debugfs. */
interface KernelField {
  readonly report: string;
  readonly logical: readonly [number, number];
  readonly size: number;
  readonly count: number;
  readonly offset: number;
  readonly flags: string;
}

/** The fields that the kernel's own parser found: hid_dump_device of drivers/hid/hid-debug.c. */
async function kernelFields(device: AttachedUsbDevice): Promise<KernelField[]> {
  const name = await device.find(/\/0003:[0-9A-F]{4}:[0-9A-F]{4}\.[0-9A-F]{4}$/);
  const text = await readFile(join("/sys/kernel/debug/hid", name, "rdesc"), "utf8");
  const fields: KernelField[] = [];
  for (const report of text.split(/^ *(?=(?:INPUT|OUTPUT|FEATURE)(?:\(\d+\))?\[)/m).slice(1)) {
    const [, type, id] = /^(\w+)(?:\((\d+)\))?\[/.exec(report)!;
    for (const field of report.split(/Field\(\d+\)/).slice(1)) {
      const number = (label: string) => Number(new RegExp(`${label}\\((-?\\d+)\\)`).exec(field)?.[1] ?? 0);
      fields.push({
        report: `${type!.toLowerCase()} ${id ?? 0}`,
        logical: [number("Logical Minimum"), number("Logical Maximum")],
        size: number("Report Size"),
        count: number("Report Count"),
        offset: number("Report Offset"),
        flags: /Flags\((.*)\)/.exec(field)![1]!.trim(),
      });
    }
  }
  return fields;
}

/** What our parser found, in the kernel's words. Fields without a usage are padding, which the kernel leaves out. */
function ourFields(reportDescriptor: Uint8Array): KernelField[] {
  const { fields, problems } = parseReportDescriptor(reportDescriptor);
  expect(problems).toEqual([]);
  return fields
    .filter(({ usageCount }) => usageCount > 0)
    .map((field) => ({
      report: `${field.report.type} ${field.report.id ?? 0}`,
      logical: [field.logicalMinimum, field.logicalMaximum] as const,
      size: field.bitSize,
      count: field.count,
      offset: field.bitOffset,
      flags: flagsOf(field),
    }));
}

function flagsOf(field: Field): string {
  const flags = [
    field.kind === "array" ? "Array" : "Variable",
    field.isRelative ? "Relative" : "Absolute",
    ...(field.hasNullState ? ["NullState"] : []),
  ];
  return flags.join(" ");
}

async function expectSameFields(model: HidDevice, device: AttachedUsbDevice): Promise<void> {
  const setup = { bmRequestType: 0x81, bRequest: 6, wValue: 0x2200, wIndex: 0, wLength: 4096 };
  const byName = (left: KernelField, right: KernelField) =>
    left.report.localeCompare(right.report) || left.offset - right.offset;
  const found = (await kernelFields(device)).sort(byName);
  expect(found).toEqual(ourFields(model.control(setup, new Uint8Array())).sort(byName));
}

describe.runIf(inVirtualMachine())("the kernel's usbhid", () => {
  describe("with a keyboard", () => {
    const keyboard = new HidKeyboard(options(), nodeClock);
    let device: AttachedUsbDevice;
    let events: InputEvents;

    beforeAll(async () => {
      device = await attachUsbDevice(keyboard);
      events = await InputEvents.open((await inputNodes(device))[0]!);
    });
    afterAll(async () => {
      await events?.[Symbol.asyncDispose]();
      await device?.detach();
    });

    it("reads what is typed, key by key", async () => {
      keyboard.type("Hello, World!\n");
      const plain = (code: number) => [key(code, 1), key(code, 0)];
      const shifted = (code: number) => [
        ...[key(KEY_LEFTSHIFT, 1), key(code, 1)],
        ...[key(KEY_LEFTSHIFT, 0), key(code, 0)],
      ];
      const expected = [
        ...[shifted(KEY.H), plain(KEY.E), plain(KEY.L), plain(KEY.L), plain(KEY.O)],
        ...[plain(KEY.COMMA), plain(KEY.SPACE)],
        ...[shifted(KEY.W), plain(KEY.O), plain(KEY.R), plain(KEY.L), plain(KEY.D)],
        ...[shifted(KEY_1), plain(KEY.ENTER)],
      ].flat();
      expect(await events.take(expected.length)).toEqual(expected);
    });

    it("holds several keys, and ignores a roll-over", async () => {
      keyboard.hold(0x04, 0x07);
      keyboard.hold(0x04, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c);
      keyboard.hold(0x07);
      keyboard.hold();
      expect(await events.take(4)).toEqual([key(KEY.A, 1), key(KEY.D, 1), key(KEY.A, 0), key(KEY.D, 0)]);
    });

    it("sets the lights, through evdev and through the LED class", async () => {
      await events.setLight(LED_CAPSLOCK, true);
      await waitFor("switch the light on", () => keyboard.lights === 0b10 || undefined);
      const led = await device.find(/\/input\d+::numlock$/);
      await writeFile(`/sys/class/leds/${led}/brightness`, "1");
      await waitFor("switch the other light on", () => keyboard.lights === 0b11 || undefined);
      await events.setLight(LED_CAPSLOCK, false);
      await waitFor("switch the light off", () => keyboard.lights === 0b01 || undefined);
    });

    it("finds the same fields in the report descriptor", () => expectSameFields(keyboard, device));

    it("sees a keyboard that is unplugged while a key is down, and takes the next one", async () => {
      keyboard.hold(0x04);
      expect(await events.take(1)).toEqual([key(KEY.A, 1)]);
      await device.unplug();
      await expect(events.take(1)).rejects.toMatchObject({ code: "ENODEV" });
      await events[Symbol.asyncDispose]();

      keyboard.hold();
      device = await attachUsbDevice(keyboard);
      events = await InputEvents.open((await inputNodes(device))[0]!);
      keyboard.type("a");
      expect(await events.take(2)).toEqual([key(KEY.A, 1), key(KEY.A, 0)]);
    });
  });

  it("reads a mouse", async () => {
    const mouse = new HidMouse(options(), nodeClock);
    await using device = await attachUsbDevice(mouse);
    await using events = await InputEvents.open((await inputNodes(device))[0]!);
    mouse.move({ x: 5, y: -3 });
    mouse.move({ x: -3000, y: 2047 });
    expect(await events.take(5)).toEqual([
      ...[relative(RELATIVE.X, 5), relative(RELATIVE.Y, -3)],
      ...[relative(RELATIVE.X, -2047), relative(RELATIVE.Y, 2047), relative(RELATIVE.X, -953)],
    ]);
    mouse.move({ buttons: 0b10001 });
    mouse.move({ buttons: 0 });
    const [left, extra] = [BTN_LEFT, BTN_EXTRA];
    expect(await events.take(4)).toEqual([key(left, 1), key(extra, 1), key(left, 0), key(extra, 0)]);
    mouse.move({ wheel: -2, horizontalWheel: 1 });
    const wheels = [
      ...[relative(RELATIVE.WHEEL_HI_RES, -240), relative(RELATIVE.WHEEL, -2)],
      ...[relative(RELATIVE.HWHEEL_HI_RES, 120), relative(RELATIVE.HWHEEL, 1)],
    ];
    expect(await events.take(4)).toEqual(expect.arrayContaining(wheels));
    await expectSameFields(mouse, device);
  });

  it("reads a gamepad, its battery, and makes it rumble", async () => {
    const gamepad = new HidGamepad({ ...options(), batteryPercent: 42 }, nodeClock);
    await using device = await attachUsbDevice(gamepad);
    await using events = await InputEvents.open((await inputNodes(device))[0]!);
    gamepad.set({});
    expect(await events.take(4)).toEqual(
      [ABSOLUTE.X, ABSOLUTE.Y, ABSOLUTE.Z, ABSOLUTE.RZ].map((axis) => absolute(axis, 32768)),
    );
    gamepad.set({
      buttons: [1, 16],
      hat: 7,
      leftStick: [-1, 1],
      rightStick: [1, -1],
      leftTrigger: 1,
      rightTrigger: 0.5,
    });
    expect(await events.take(10)).toEqual([
      ...[key(BTN_GAMEPAD, 1), key(BTN_GAMEPAD + 15, 1)],
      ...[absolute(ABSOLUTE.HAT0X, -1), absolute(ABSOLUTE.HAT0Y, -1)],
      ...[absolute(ABSOLUTE.X, 0), absolute(ABSOLUTE.Y, 65535)],
      ...[absolute(ABSOLUTE.Z, 65535), absolute(ABSOLUTE.RZ, 0)],
      ...[absolute(ABSOLUTE.BRAKE, 1023), absolute(ABSOLUTE.GAS, 512)],
    ]);
    gamepad.set({ hat: 2 });
    const released = await events.take(10);
    expect(released).toEqual(
      expect.arrayContaining([absolute(ABSOLUTE.HAT0X, 1), absolute(ABSOLUTE.HAT0Y, 0)]),
    );

    await using raw = await CharacterDevice.open(`/dev/${await device.find(/\/hidraw\/hidraw\d+$/)}`);
    await raw.write(Uint8Array.of(2, 255, 128));
    await waitFor("send the output report", () => gamepad.rumble.strong === 255 || undefined);
    expect(gamepad.rumble).toEqual({ strong: 255, weak: 128 });

    const battery = await device.find(/\/power_supply\/hid-.*-battery$/);
    expect((await readFile(`/sys/class/power_supply/${battery}/capacity`, "utf8")).trim()).toBe("42");
    await expectSameFields(gamepad, device);
  });

  it("survives report descriptors of garbage", async () => {
    for (let seed = 1; seed <= 3; seed += 1) {
      const mouse = new HidMouse({ ...options(), garbageReportDescriptor: seed }, nodeClock);
      await using _ = await attachUsbDevice(mouse);
    }
    const mouse = new HidMouse(options(), nodeClock);
    await using device = await attachUsbDevice(mouse);
    await using events = await InputEvents.open((await inputNodes(device))[0]!);
    mouse.move({ x: 1 });
    expect(await events.take(1)).toEqual([relative(RELATIVE.X, 1)]);
  });
});
