/** The built component, through the host: with the package's own board file, and on simulated devices of the test's. */

import { join } from "node:path";
import { openBoard } from "@busbar/host-node";
import { SimulatedUsb, simulate, VirtualClock } from "@busbar/sim";
import { expect, test } from "vitest";
import { MyHidDeviceModel } from "../src/model.ts";

const root = join(import.meta.dirname, "..");

/** Usages of the report: the page in the upper 16 bits. */
const [BUTTON_1, X, Y] = [0x0009_0001, 0x0001_0030, 0x0001_0031];

/** A board with one simulated device in port 1-1. */
async function plugged(model: MyHidDeviceModel, settings = {}) {
  const clock = new VirtualClock();
  const usb = new SimulatedUsb(clock);
  usb.plug("1-1", model);
  const gamepad = {
    driver: join(root, "dist/my-hid-device.wasm"),
    usb: { vendorId: "0x1209", interfaces: [0] },
    settings,
  };
  const board = await openBoard({ devices: { gamepad } }, { clock, i2c: [], usb: [usb] });
  return { board, usb };
}

test("board.json gives reports", async () => {
  const options = { simulate, clock: new VirtualClock(), i2c: [], usb: [] };
  await using board = await openBoard(join(root, "board.json"), options);
  const gamepad = await board.hid("gamepad");
  expect(gamepad.info).toMatchObject({
    vendor: "Me",
    product: "MyHidDevice",
    bootInterface: "none",
  });
  const usages = new Map<number, number | undefined>();
  await gamepad.read({ timeoutMs: 1000 });
  const report = await gamepad.read({ timeoutMs: 1000 });
  for (const { usage, number } of report?.values ?? []) usages.set(usage >>> 0, number);
  expect([BUTTON_1, X, Y].map((usage) => usages.get(usage))).toEqual([1, 100, -127]);
});

test.each([
  [{}, 1],
  [{ light: "dim" }, 2],
])("%j lets the device report, and closing silences it", async (settings, mode) => {
  const model = new MyHidDeviceModel();
  const { board } = await plugged(model, settings);
  await using _ = board;
  const gamepad = await board.hid("gamepad");
  expect(model.modes).toEqual([mode]);
  await gamepad[Symbol.asyncDispose]();
  expect(model.modes).toEqual([mode, 0]);
  await (await board.hid("gamepad"))[Symbol.asyncDispose]();
});

test("a device that refuses the mode is an error, and can be opened when it does not", async () => {
  const model = new MyHidDeviceModel();
  const { control } = model;
  let refusals = 1;
  model.control = (setup, data) => {
    // Another wValue is no request of the device: it stalls.
    const isMode = setup.bRequest === 0x09 && refusals-- > 0;
    return control.call(model, isMode ? { ...setup, wValue: 0 } : setup, data);
  };
  const { board } = await plugged(model);
  await using _ = board;
  await expect(board.hid("gamepad")).rejects.toMatchObject({ code: "protocol" });
  await (await board.hid("gamepad"))[Symbol.asyncDispose]();
});

test("another device is the wrong one, and is told nothing", async () => {
  const model = new MyHidDeviceModel(0x0002);
  const { board } = await plugged(model);
  await using _ = board;
  await expect(board.hid("gamepad")).rejects.toMatchObject({ code: "wrong-device" });
  expect(model.modes).toEqual([]);
});

test("a bad setting is refused, and the device is told nothing", async () => {
  const model = new MyHidDeviceModel();
  const { board } = await plugged(model, { light: "off" });
  await using _ = board;
  await expect(board.hid("gamepad")).rejects.toMatchObject({ code: "invalid-argument" });
  expect(model.modes).toEqual([]);
});

test("a device that is pulled out is disconnected", async () => {
  const { board, usb } = await plugged(new MyHidDeviceModel());
  await using _ = board;
  const gamepad = await board.hid("gamepad");
  usb.unplug("1-1");
  await expect(gamepad.sendRaw("feature", { id: 2, data: Uint8Array.of(1) })).rejects.toMatchObject({
    code: "disconnected",
  });
});
