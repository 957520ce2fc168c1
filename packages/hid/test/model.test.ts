/** The simulated HID devices, spoken to as a host does. What drives them is tested in @busbar/hid. */

import { simulatedUsb, VirtualClock } from "@busbar/sim";
import { AttachedDevice } from "@busbar/sim/usbip";
import { describe, expect, it } from "vitest";
import { type HidDevice, type HidDeviceOptions, HidGamepad, HidKeyboard, HidMouse } from "../src/model.ts";
import gamepad from "../src/models/gamepad.ts";
import keyboard from "../src/models/keyboard.ts";
import mouse from "../src/models/mouse.ts";

const never = new AbortController().signal;
const stalls = expect.objectContaining({ failure: "stall" });

/** The host's side of a configured device. */
class HidHost {
  readonly #device: AttachedDevice;

  private constructor(device: AttachedDevice) {
    this.#device = device;
  }

  static async on(model: HidDevice): Promise<HidHost> {
    const device = new AttachedDevice(model);
    await device.control(setup(0x00, 9, 1), new Uint8Array(), never);
    return new HidHost(device);
  }

  /** An IN request to the interface. */
  async get(bmRequestType: number, bRequest: number, wValue: number, wIndex = 0): Promise<string> {
    return hex(
      await this.#device.control(
        setup(bmRequestType, bRequest, wValue, 255, wIndex),
        new Uint8Array(),
        never,
      ),
    );
  }

  /** An OUT request of the class to the interface. */
  async set(bRequest: number, wValue: number, data: readonly number[] = []): Promise<void> {
    await this.#device.control(setup(0x21, bRequest, wValue, data.length), Uint8Array.from(data), never);
  }

  async read(signal: AbortSignal = never): Promise<string> {
    return hex(await this.#device.transferIn(0x81, 64, signal));
  }

  async write(...data: readonly number[]): Promise<number> {
    return await this.#device.transferOut(0x02, Uint8Array.from(data), never);
  }

  async clearHalt(endpoint: number): Promise<void> {
    await this.#device.control(setup(0x02, 1, 0, 0, endpoint), new Uint8Array(), never);
  }
}

function setup(bmRequestType: number, bRequest: number, wValue: number, wLength = 0, wIndex = 0) {
  return { bmRequestType, bRequest, wValue, wIndex, wLength };
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

const GET_REPORT = [0xa1, 1] as const;
const GET_IDLE = [0xa1, 2] as const;
const GET_PROTOCOL = [0xa1, 3] as const;
const SET_REPORT = 9;
const SET_IDLE = 10;
const SET_PROTOCOL = 11;

async function keyboardWith(options: ConstructorParameters<typeof HidKeyboard>[0] = {}) {
  const clock = new VirtualClock();
  const keyboard = new HidKeyboard(options, clock);
  const host = await HidHost.on(keyboard);
  await host.set(SET_IDLE, 0);
  return { clock, keyboard, host };
}

async function gamepadWith(options: ConstructorParameters<typeof HidGamepad>[0] = {}) {
  const gamepad = new HidGamepad(options, new VirtualClock());
  return { gamepad, host: await HidHost.on(gamepad) };
}

async function mouseWith(options: ConstructorParameters<typeof HidMouse>[0] = {}) {
  const mouse = new HidMouse(options, new VirtualClock());
  return { mouse, host: await HidHost.on(mouse) };
}

describe("every HID device", () => {
  it("has the class descriptor between its interface and its endpoints, and on request", async () => {
    const { host } = await keyboardWith();
    const report = await host.get(0x81, 6, 0x2200);
    const classDescriptor = `09211101210122${(report.length / 2).toString(16)}00`;
    expect(await host.get(0x81, 6, 0x2100)).toBe(classDescriptor);
    expect(await host.get(0x80, 6, 0x0200)).toBe(
      `090222000101008032090400000103010100${classDescriptor}0705810308000a`,
    );
    await expect(host.get(0x81, 6, 0x2300)).rejects.toEqual(stalls);
    await expect(host.get(0x81, 6, 0x2200, 1)).rejects.toEqual(stalls);
  });

  it("repeats what has not changed at its idle rate, and not at rate 0", async () => {
    const clock = new VirtualClock(1000.1);
    const keyboard = new HidKeyboard({}, clock);
    const host = await HidHost.on(keyboard);
    expect(await host.get(...GET_IDLE, 0)).toBe("7d");
    keyboard.hold(4);
    const begin = clock.now();
    const report = "0000040000000000";
    expect(await host.read()).toBe(report);
    expect(clock.now()).toBe(begin);
    expect(await host.read()).toBe(report);
    expect(clock.now() - begin).toBeCloseTo(500);
    await host.set(SET_IDLE, 0x0300);
    expect(await host.read()).toBe(report);
    expect(clock.now() - begin).toBeCloseTo(512);
    await host.set(SET_IDLE, 0x0000);
    expect(keyboard.idleMs()).toBe(0);
    const given = new AbortController();
    const waiting = host.read(given.signal);
    given.abort(new Error("given up"));
    await expect(waiting).rejects.toThrow("given up");
    expect(clock.now() - begin).toBeCloseTo(512);
  });

  it("keeps idle rates by report, and those of all reports with id 0", async () => {
    const { host, gamepad } = await gamepadWith();
    await host.set(SET_IDLE, 0x1901);
    expect([await host.get(...GET_IDLE, 1), gamepad.idleMs(1)]).toEqual(["19", 100]);
    await host.set(SET_IDLE, 0x0500);
    expect(await host.get(...GET_IDLE, 1)).toBe("05");
    await expect(host.set(SET_IDLE, 0x0502)).rejects.toEqual(stalls);
    await expect(host.get(...GET_IDLE, 0)).rejects.toEqual(stalls);
    expect(gamepad.idleMs(9)).toBeUndefined();
  });

  it("keeps a report for the next transfer when one is given up", async () => {
    const { host, keyboard } = await keyboardWith();
    const given = new AbortController();
    const waiting = host.read(given.signal);
    given.abort(new Error("given up"));
    keyboard.hold(4);
    await expect(waiting).rejects.toThrow("given up");
    expect(await host.read()).toBe("0000040000000000");
  });

  it("stalls requests that it does not know", async () => {
    const { host } = await keyboardWith();
    await expect(host.get(0xa1, 0x7f, 0)).rejects.toEqual(stalls);
    await expect(host.get(0xc0, 1, 0)).rejects.toEqual(stalls);
    await expect(host.set(0x01, 0)).rejects.toEqual(stalls);
    await expect(host.set(SET_PROTOCOL, 2)).rejects.toEqual(stalls);
    await expect(host.get(...GET_REPORT, 0x0300)).rejects.toEqual(stalls);
    await expect(host.get(...GET_REPORT, 0x0400)).rejects.toEqual(stalls);
    await expect(host.write(0)).rejects.toMatchObject({ failure: "no-response" });
  });

  it("has a report descriptor of garbage where that is asked for, and the same one for a seed", async () => {
    const of = async (options: HidDeviceOptions) =>
      await (await HidHost.on(new HidMouse(options, new VirtualClock()))).get(0x81, 6, 0x2200);
    const [right, garbage] = [await of({}), await of({ garbageReportDescriptor: 7 })];
    expect(garbage).toHaveLength(right.length);
    expect(garbage).not.toBe(right);
    expect(await of({ garbageReportDescriptor: 7 })).toBe(garbage);
    expect(await of({ garbageReportDescriptor: 8 })).not.toBe(garbage);
  });
});

describe("the keyboard", () => {
  it("types", async () => {
    const { host, keyboard } = await keyboardWith();
    keyboard.type("aA?\n");
    const reports: string[] = [];
    for (let count = 0; count < 8; count += 1) reports.push((await host.read()).slice(0, 6));
    expect(reports).toEqual(["000004", "000000", "020004", "000000", "020038", "000000", "000028", "000000"]);
    expect(() => keyboard.type("é")).toThrow('no key for "é"');
  });

  it("holds six keys and all modifiers, and says so when there are more", async () => {
    const { host, keyboard } = await keyboardWith();
    keyboard.hold(0xe0, 0xe7, 4, 5, 6, 7, 8, 9);
    expect(await host.get(...GET_REPORT, 0x0100)).toBe("8100040506070809");
    keyboard.hold(0xe0, 4, 5, 6, 7, 8, 9, 10);
    expect(await host.get(...GET_REPORT, 0x0100)).toBe("0100010101010101");
  });

  it("shows the lights that the host sets, until it is configured anew", async () => {
    const { host, keyboard } = await keyboardWith();
    await host.set(SET_REPORT, 0x0200, [0b10]);
    expect(keyboard.lights).toBe(0b10);
    expect(await host.get(...GET_REPORT, 0x0200)).toBe("02");
    await expect(host.set(SET_REPORT, 0x0200, [1, 2])).rejects.toEqual(stalls);
    await expect(host.set(SET_REPORT, 0x0100, [0, 0, 0, 0, 0, 0, 0, 0])).rejects.toEqual(stalls);
    keyboard.configured();
    expect(keyboard.lights).toBe(0);
  });

  it("types by itself, a step at a time, again and again", async () => {
    const { host, clock } = await keyboardWith({ type: "ab", everyMs: 20, repeat: true });
    const begin = clock.now();
    const keys: string[] = [];
    for (let count = 0; count < 6; count += 1) keys.push((await host.read()).slice(4, 6));
    expect(keys).toEqual(["04", "00", "05", "00", "04", "00"]);
    // The end of the script takes a step too.
    expect(clock.now() - begin).toBe(7 * 20);
  });

  it("begins its script again when it is configured anew, and once without repeat", async () => {
    const { host, keyboard } = await keyboardWith({ type: "a" });
    expect([(await host.read()).slice(4, 6), (await host.read()).slice(4, 6)]).toEqual(["04", "00"]);
    const given = new AbortController();
    const waiting = host.read(given.signal);
    await new Promise((resolve) => setImmediate(resolve));
    given.abort(new Error("nothing more"));
    await expect(waiting).rejects.toThrow("nothing more");
    keyboard.configured();
    await host.set(SET_IDLE, 0);
    expect((await host.read()).slice(4, 6)).toBe("04");
  });
});

describe("the mouse", () => {
  it("says 12 bits of movement and both wheels, in several reports where it has to", async () => {
    const { host, mouse } = await mouseWith();
    mouse.move({ x: 1, y: -2, wheel: 3, horizontalWheel: -4, buttons: 0b10001 });
    expect(await host.read()).toBe("1101e0ff03fc");
    mouse.move({ x: -3000, y: 2047, wheel: 200 });
    expect([await host.read(), await host.read()]).toEqual(["1101f87f7f00", "11470c004900"]);
    expect(await host.get(...GET_REPORT, 0x0100)).toBe("110000000000");
  });

  it("says three bytes in the boot protocol, which the host has to choose", async () => {
    const { host, mouse } = await mouseWith();
    expect(await host.get(...GET_PROTOCOL, 0)).toBe("01");
    mouse.move({ x: 1 });
    await host.set(SET_PROTOCOL, 0);
    mouse.move({ x: 200, y: -1, buttons: 0b11001 });
    expect([await host.read(), await host.read()]).toEqual(["017fff", "014900"]);
    expect(await host.get(...GET_REPORT, 0x0100)).toBe("010000");
    mouse.configured();
    expect(mouse.protocol).toBe("report");
  });

  it("moves by itself", async () => {
    const { host } = await mouseWith({ moves: [{ x: 5 }, { buttons: 1 }] });
    expect([await host.read(), await host.read()]).toEqual(["000500000000", "010000000000"]);
  });
});

describe("the gamepad", () => {
  it("says where everything is, and rests in the null state of its hat switch", async () => {
    const { host, gamepad } = await gamepadWith();
    expect(await host.get(...GET_REPORT, 0x0101)).toBe("01000008008000800080008000000000");
    gamepad.set({
      buttons: [1, 16],
      hat: 6,
      leftStick: [-1, 1],
      rightStick: [1, -1],
      leftTrigger: 1,
      rightTrigger: 0.5,
    });
    expect(await host.read()).toBe("01018006" + "0000ffff" + "ffff0000" + "ff030002");
  });

  it("takes its output report from the endpoint and from a request", async () => {
    const { host, gamepad } = await gamepadWith();
    expect(await host.write(2, 200, 100)).toBe(3);
    expect(gamepad.rumble).toEqual({ strong: 200, weak: 100 });
    await host.set(SET_REPORT, 0x0202, [2, 1, 0]);
    expect(gamepad.rumble).toEqual({ strong: 1, weak: 0 });
    expect(await host.get(...GET_REPORT, 0x0202)).toBe("020100");
    for (const wrong of [[], [1, 2, 3], [2, 3]]) {
      await expect(host.write(...wrong)).rejects.toEqual(stalls);
      await host.clearHalt(0x02);
    }
    expect(gamepad.rumble).toEqual({ strong: 1, weak: 0 });
    gamepad.configured();
    expect(gamepad.rumble).toEqual({ strong: 0, weak: 0 });
  });

  it("keeps its dead zone, and tells its battery", async () => {
    const { host, gamepad } = await gamepadWith({ batteryPercent: 42 });
    await host.set(SET_REPORT, 0x0304, [4, 51]);
    expect(await host.get(...GET_REPORT, 0x0304)).toBe("0433");
    gamepad.set({ leftStick: [0.1, 0.3] });
    expect((await host.read()).slice(8, 16)).toBe("008066a6");
    expect(await host.get(...GET_REPORT, 0x0303)).toBe("032a");
    await expect(host.set(SET_REPORT, 0x0303, [3, 100])).rejects.toEqual(stalls);
    await expect(host.set(SET_REPORT, 0x0304, [3, 100])).rejects.toEqual(stalls);
    await expect(host.set(SET_PROTOCOL, 0)).rejects.toEqual(stalls);
    await expect(host.get(...GET_PROTOCOL, 0)).rejects.toEqual(stalls);
  });

  it("moves by itself", async () => {
    const { host } = await gamepadWith({ states: [{ hat: 0 }, {}] });
    expect([(await host.read()).slice(6, 8), (await host.read()).slice(6, 8)]).toEqual(["00", "08"]);
  });
});

describe("in the board file", () => {
  const models = new Map(Object.entries({ gamepad, keyboard, mouse }));
  it.each([
    { model: "keyboard", type: "hello", everyMs: 8, repeat: true, serialNumber: "7" },
    { model: "mouse", moves: [{ x: 3, buttons: 1 }], garbageReportDescriptor: 1 },
    { model: "gamepad", states: [{ buttons: [1], hat: 7, leftStick: [0.5, -1] }], batteryPercent: 5 },
  ])("$model is a model", async (parameters) => {
    const [device] = await simulatedUsb(
      [{ usb: "1-1", ...parameters }],
      new VirtualClock(),
      models,
    ).devices();
    expect(device).toMatchObject({ product: parameters.model, location: { speed: "full" } });
    expect(device!.configurations[0]?.interfaces).toMatchObject([{ interfaceClass: 3 }]);
  });

  it.each([
    [{ model: "keyboard", type: "naïve" }, "expected characters of a US keyboard"],
    [{ model: "keyboard", moves: [] }, '"moves" is no parameter'],
    [{ model: "mouse", moves: [{ z: 1 }] }, "z"],
    [{ model: "mouse", everyMs: 0 }, "expected a whole number from 1"],
    [{ model: "gamepad", states: [{ buttons: [17] }] }, "expected a whole number from 1 to 16"],
    [{ model: "gamepad", states: [{ leftStick: [0, 2] }] }, "expected a number from -1 to 1"],
  ])("%j is refused", (parameters, message) => {
    expect(() => simulatedUsb([{ usb: "1-1", ...parameters }], new VirtualClock(), models)).toThrow(message);
  });
});
