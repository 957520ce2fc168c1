/// <reference types="node" />

/** The README's programs, run as they stand there, on simulated devices. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { nodeClock, openBoard } from "@busbar/host-node";
import { Change, SimulatedUsb } from "@busbar/sim";
import type { UsbDevice } from "@busbar/sim/usbip";
import { expect, test } from "vitest";
import * as hid from "../src/index.ts";
import { HidKeyboard } from "../src/model.ts";
import { bytes } from "./support.ts";

const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");
const programs = Array.from(readme.matchAll(/```ts\n(.*?)```/gs), ([, program]) => program!);
const driver = join(import.meta.dirname, "../dist/hid.wasm");

type Program = (openBoard: unknown, console: unknown, hid: unknown) => Promise<void>;
const AsyncFunction = (async () => {}).constructor as new (...parameters: string[]) => Program;

/** Runs the program that has a word, on a board with a device, until it has printed some lines. */
async function linesOf(word: string, name: string, model: UsbDevice, count: number) {
  const program = programs.find((each) => each.includes(word) && each.includes("openBoard"))!;
  // What it imports is given to it, so that its board file is this one, with a simulated bus.
  const body = program
    .replaceAll(/import (\{[^}]*\}) from "@busbar\/hid";/g, "const $1 = hid;")
    .replaceAll(/import .*? from .*?;/g, "");
  const usb = new SimulatedUsb(nodeClock);
  usb.plug("1-1", model);
  const devices = { [name]: { driver, usb: { vendorId: "0x1209", interfaces: [0] } } };
  const lines: string[] = [];
  const enough = new Error("enough");
  const log = (...words: unknown[]) => {
    lines.push(words.join(" ").trimEnd());
    if (lines.length === count) throw enough;
  };
  const opened = async (path: string) => {
    expect(path).toBe("board.json");
    return await openBoard({ devices }, { usb: [usb] });
  };
  const run = new AsyncFunction("openBoard", "console", "hid", body);
  await expect(run(opened, { log }, hid)).rejects.toBe(enough);
  return lines;
}

test("the keyboard's prints its keys", async () => {
  const keyboard = new HidKeyboard({ type: "A" }, nodeClock);
  const lines = await linesOf("keyboardEvents", "keypad", keyboard, 4);
  expect(lines).toEqual([
    "Keyboard/Keypad: ShiftLeft down with shift",
    "Keyboard/Keypad: KeyA down with shift",
    "Keyboard/Keypad: ShiftLeft up",
    "Keyboard/Keypad: KeyA up",
  ]);
});

/** X and Y, Android's pedals, by which its layout is known, and eight buttons. */
const padDescriptor = bytes(`05 01 09 05 A1 01 09 30 09 31 15 81 25 7F 75 08 95 02 81 02
  05 02 09 C5 09 C4 15 00 26 FF 00 81 02 05 09 19 01 29 08 25 01 75 01 95 08 81 02 C0`);

test("the gamepad's prints its states", async () => {
  const change = new Change();
  const reports = [bytes("7F 00 00 00 01"), bytes("C1 00 00 00 00")];
  const { descriptors, speed } = new HidKeyboard({}, nodeClock);
  const configuration = Uint8Array.from(descriptors.configurations[0]!);
  // No boot interface, and this report descriptor.
  configuration.set([0, 0], 15);
  configuration[25] = padDescriptor.length;
  const pad: UsbDevice = {
    speed,
    descriptors: { ...descriptors, configurations: [configuration] },
    control: ({ bRequest }) => (bRequest === 6 ? padDescriptor : new Uint8Array()),
    async transferIn(_endpoint, _length, signal) {
      while (reports.length === 0) await change.wait(signal);
      return reports.shift()!;
    },
  };
  const lines = await linesOf("gamepadStates", "pad", pad, 2);
  expect(lines).toEqual(["standard 1.00 jump", "standard -0.50"]);
});
