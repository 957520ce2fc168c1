/// <reference types="node" />

/** The built component, through the host, on a simulated keyboard. */

import { join } from "node:path";
import { expectUsbWorld } from "@busbar/contract";
import type { Clock } from "@busbar/host";
import { nodeClock, openBoard } from "@busbar/host-node";
import { SimulatedUsb, VirtualClock } from "@busbar/sim";
import { expect, test } from "vitest";
import { BOOT_KEYBOARD_DESCRIPTOR, Usage } from "../src/index.ts";
import { HidKeyboard } from "../src/model.ts";

const component = join(import.meta.dirname, "../dist/hid.wasm");

/** A board with a keyboard in port 1-1, which the simulated operating system uses. */
async function simulatedBoard({
  clock = nodeClock,
  callMs = 10_000,
}: {
  clock?: Clock;
  callMs?: number;
} = {}) {
  const usb = new SimulatedUsb(clock);
  const keyboard = new HidKeyboard({}, clock);
  usb.plug("1-1", keyboard, { kernelInterfaces: [0] });
  const entry = { driver: component, usb: { vendorId: "0x1209", interfaces: [0] }, limits: { callMs } };
  const board = await openBoard({ devices: { keys: entry } }, { usb: [usb], clock });
  return { board, usb, keyboard };
}

test("imports what its world declares and nothing more", () => {
  expectUsbWorld(component, "hid");
});

test("says what the device is and what its reports are", async () => {
  const { board } = await simulatedBoard();
  await using _ = board;
  await using keys = await board.hid("keys");
  expect(keys.info).toEqual({
    vendorId: 0x1209,
    productId: 0x0004,
    versionBcd: 0x0100,
    vendor: "Busbar",
    product: "keyboard",
    serialNumber: "1",
    bootInterface: "keyboard",
    countryCode: 33,
  });
  expect(keys.reportDescriptor).toEqual(BOOT_KEYBOARD_DESCRIPTOR);
  expect(keys.collections).toMatchObject([{ kind: 1, usage: Usage.KEYBOARD }]);
  expect(keys.fields.map(({ kind, count }) => [kind, count])).toEqual([
    ["input", 8],
    ["input", 1],
    ["output", 5],
    ["output", 1],
    ["input", 6],
  ]);
});

test("reads what comes while it waits and between two reads, in order", async () => {
  const { board, keyboard } = await simulatedBoard();
  await using _ = board;
  await using keys = await board.hid("keys");
  expect(await keys.read({ timeoutMs: 0 })).toBeUndefined();

  const waiting = keys.read();
  keyboard.hold(0xe1, 4);
  const report = await waiting;
  expect(report?.values.filter(({ number }) => number !== 0)).toEqual([
    { field: 0, usage: Usage.KEYBOARD_LEFT_CONTROL + 1, number: 1 },
    { field: 4, usage: 0x0007_0004, number: 1 },
  ]);

  for (const key of [5, 6, 7, 8]) keyboard.hold(key);
  for (const key of [5, 6, 7, 8]) {
    expect(await keys.readRaw()).toEqual({ id: 0, data: Uint8Array.of(0, 0, key, 0, 0, 0, 0, 0) });
  }
});

test("sends output reports, and asks for what the device has", async () => {
  const { board, keyboard } = await simulatedBoard();
  await using _ = board;
  await using keys = await board.hid("keys");
  await keys.send("output", [{ field: 2, usage: Usage.CAPS_LOCK, number: 1 }]);
  expect(keyboard.lights).toBe(0b10);
  await keys.sendRaw("output", { id: 0, data: Uint8Array.of(0b101) });
  expect(keyboard.lights).toBe(0b101);
  expect(await keys.getRaw("input")).toEqual({ id: 0, data: new Uint8Array(8) });
  expect(await keys.protocol()).toBe("report");
  await expect(keys.sendRaw("output", { id: 7, data: Uint8Array.of(0) })).rejects.toMatchObject({
    code: "invalid-argument",
  });
});

/** Time stands still: what waits for it waits for ever. */
const frozenClock: Clock = {
  now: () => 0,
  sleep: (_, signal) =>
    new Promise((_, reject) =>
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true }),
    ),
  turn: () => new Promise((resolve) => setImmediate(resolve)),
};

test("nothing waits for a read that waits, and no report is lost by that", async () => {
  const { board, keyboard } = await simulatedBoard({ clock: frozenClock });
  await using _ = board;
  const keys = await board.hid("keys");
  const reading = [keys.readRaw(), keys.readRaw()];
  for (const lights of [1, 2, 3]) {
    await keys.sendRaw("output", { id: 0, data: Uint8Array.of(lights) });
    expect(keyboard.lights).toBe(lights);
  }
  for (const key of [4, 5]) keyboard.hold(key);
  expect((await Promise.all(reading)).map((report) => report?.data[2])).toEqual([4, 5]);

  // Looked at before it fails, which it may do while the device is being closed.
  const last = expect(keys.readRaw()).rejects.toMatchObject({ code: "disconnected" });
  await keys[Symbol.asyncDispose]();
  await last;
});

test("reads as long as it is told to, whatever the limit of a call is", async () => {
  const clock = new VirtualClock();
  const { board, keyboard } = await simulatedBoard({ clock, callMs: 400 });
  await using _ = board;
  await using keys = await board.hid("keys");
  const before = clock.now();
  expect(await keys.readRaw({ timeoutMs: 5000 })).toBeUndefined();
  expect(clock.now() - before).toBe(5000);
  keyboard.hold(4);
  expect((await keys.readRaw())?.data[2]).toBe(4);
});

test("a keyboard that is unplugged is disconnected, and works when it is back", async () => {
  const { board, usb, keyboard } = await simulatedBoard();
  await using _ = board;
  const keys = await board.hid("keys");
  keyboard.hold(4);
  expect(await keys.readRaw()).toBeDefined();
  const waiting = keys.readRaw();
  usb.unplug("1-1");
  await expect(waiting).rejects.toMatchObject({ code: "disconnected" });
  const next = new HidKeyboard({}, nodeClock);
  usb.plug("1-1", next);
  await using again = await board.hid("keys");
  next.hold(9);
  expect((await again.readRaw())?.data[2]).toBe(9);
});
