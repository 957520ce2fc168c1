/** The app on devices that are lists, and the built app through the host on simulated ones. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type OpenBoard, readComponent } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { Disk, MemoryMedium } from "@busbar/mass-storage/model";
import { SimulatedUsb, simulate, VirtualClock } from "@busbar/sim";
import { describe, expect, test } from "vitest";
import { type Device, deviceCalls } from "../src/device-calls.ts";
import { type Request, readAnswer, readRequest, writeAnswer, writeRequest } from "../src/message.ts";
import { signed, unsigned } from "../src/unsigned.ts";

const packages = join(import.meta.dirname, "../..");
const component = join(packages, "device-calls/dist/device-calls.wasm");

const panel: Request[] = [
  { device: "panel", open: "text-display" },
  { device: "panel", call: "write", with: [0, 0, "21.5 °C"] },
  { device: "panel", call: "defineCharacter", with: [0, Uint8Array.of(0, 9, 255)] },
  { device: "panel", call: "close", with: [] },
];

describe("messages", () => {
  test.each(panel)("%j is a line of ASCII, and arrives as it was", (request) => {
    const line = writeRequest(request);
    expect(line).toMatch(/^[ -~]+$/);
    expect(readRequest(line)).toEqual(request);
  });

  test("answers arrive as they were, and what is not there is undefined", () => {
    const result = { numbers: Float64Array.of(1.5, -2), parent: null, data: Uint8Array.of(10, 255) };
    const read = readAnswer(writeAnswer({ result }));
    expect(read).toEqual({ result: { numbers: [1.5, -2], data: Uint8Array.of(10, 255) } });
    expect(readAnswer(writeAnswer({ result: null }))).toEqual({ result: undefined });
  });

  test("a u64 is a number", () => {
    const line = writeRequest({ device: "stick", call: "read", with: [7n, 1] });
    expect(readRequest(line)).toEqual({ device: "stick", call: "read", with: [7, 1] });
  });

  test("a megabyte arrives whole", () => {
    const data = Uint8Array.from({ length: 1024 * 1024 + 1 }, (_, index) => index * 31);
    const write: Request = { device: "stick", call: "write", with: [0, data] };
    expect(readRequest(writeRequest(write))).toEqual(write);
    expect(readAnswer(writeAnswer({ result: data }))).toEqual({ result: data });
  });

  test.each(["0", "0g", "0A", "0x", " "])("%j are no bytes", (bytes) => {
    expect(() => readAnswer(JSON.stringify({ result: { bytes } }))).toThrow("These are no bytes");
  });
});

test("usages of vendor pages are whole numbers outside of the engine, and negative ones in it", () => {
  const outside = { id: 1, values: [{ field: 0, usage: 0xff00_0001, number: -5 }] };
  const inside = { id: 1, values: [{ field: 0, usage: 0xff00_0001 | 0, number: -5 }] };
  expect(unsigned(inside)).toEqual(outside);
  expect(signed(outside)).toEqual(inside);
  expect(unsigned(Uint8Array.of(1))).toEqual(Uint8Array.of(1));
  expect(unsigned(undefined)).toBeUndefined();
});

/** What the app answers to these requests, in pieces of so many bytes, on a device of which every call is an entry here. */
function answered(requests: readonly Request[], device: Device, pieceBytes = 1000) {
  const text = Buffer.from(requests.map((request) => `${writeRequest(request)}\n`).join(""));
  function* input() {
    for (let start = 0; start < text.length; start += pieceBytes) {
      yield text.subarray(start, start + pieceBytes);
    }
  }
  const opened: string[] = [];
  const open = (kind: string) => ({
    open(name: string) {
      opened.push(`${kind} ${name}`);
      return device;
    },
  });
  const lines: string[] = [];
  const interfaces = {
    sensor: open("sensor"),
    "text-display": open("text-display"),
    "block-device": open("block-device"),
    "serial-port": open("serial-port"),
    hid: open("hid"),
    camera: open("camera"),
  };
  deviceCalls({ interfaces, input: input(), print: (line) => void lines.push(line) });
  return { opened, answers: lines.map(readAnswer) };
}

describe("the app", () => {
  test.each([1, 7, 1000])("answers in order, whatever the input is cut into (%i bytes)", (pieceBytes) => {
    const calls: unknown[] = [];
    const call = (...parameters: unknown[]) => void calls.push(parameters);
    const { opened, answers } = answered(
      panel,
      { write: call, defineCharacter: call, close: call },
      pieceBytes,
    );
    expect(opened).toEqual(["text-display panel"]);
    expect(calls).toEqual([[0, 0, "21.5 °C"], [0, Uint8Array.of(0, 9, 255)], []]);
    expect(answers).toEqual(Array(4).fill({ result: undefined }));
  });

  test("answers with what a device refuses, and goes on", () => {
    const error = { tag: "timeout", val: "Nothing came." };
    const write = () => {
      throw Object.assign(new Error(), { payload: error });
    };
    const { answers } = answered(panel.slice(0, 2).concat(panel.slice(0, 1)), { write });
    expect(answers).toEqual([{ result: undefined }, { error }, { result: undefined }]);
  });

  test("ends with what is no request", () => {
    expect(() => answered(panel.slice(1), {})).toThrow("panel is not open.");
    expect(() => answered(panel.slice(0, 2), {})).toThrow(TypeError);
    const closed = [panel[0]!, panel[3]!, panel[3]!];
    expect(() => answered(closed, { close: () => undefined })).toThrow("panel is not open.");
  });
});

/** What the app of a board answers. */
async function answersOf(board: OpenBoard, requests: readonly Request[]) {
  const input = requests.map((request) => Buffer.from(`${writeRequest(request)}\n`));
  let printed = "";
  await board.run("calls", {
    input: async () => input.shift(),
    output: (bytes) => {
      printed += Buffer.from(bytes).toString();
    },
  });
  return printed.trimEnd().split("\n").map(readAnswer);
}

describe("the component", () => {
  test("imports what its world declares and nothing more", () => {
    const { imports } = readComponent(readFileSync(component), "device-calls");
    expect(imports.map(({ name }) => name.replace(/@.*/, "")).sort()).toEqual([
      "busbar:device/block-device",
      "busbar:device/camera",
      "busbar:device/errors",
      "busbar:device/hid",
      "busbar:device/sensor",
      "busbar:device/serial-port",
      "busbar:device/text-display",
      "wasi:cli/stderr",
      "wasi:cli/stdin",
      "wasi:cli/stdout",
      "wasi:clocks/monotonic-clock",
      "wasi:clocks/wall-clock",
      "wasi:io/error",
      "wasi:io/poll",
      "wasi:io/streams",
    ]);
  });

  test("writes and reads a megabyte of a disk", async () => {
    const clock = new VirtualClock();
    const usb = new SimulatedUsb(clock);
    usb.plug("1-1", new Disk({ units: [{ medium: new MemoryMedium(4 * 1024 * 1024) }] }, clock));
    const driver = join(packages, "mass-storage/dist/mass-storage.wasm");
    await using board = await openBoard(
      {
        devices: { stick: { driver, usb: { class: "0x08" } } },
        apps: { calls: { component, uses: ["stick"], limits: { memoryMiB: 256 } } },
      },
      { clock, usb: [usb], i2c: [] },
    );
    const data = Uint8Array.from({ length: 1024 * 1024 }, (_, index) => index * 31);
    const answers = await answersOf(board, [
      { device: "stick", open: "block-device" },
      { device: "stick", call: "write", with: [7, data] },
      { device: "stick", call: "read", with: [7, 2048] },
    ]);
    expect(answers).toEqual([{ result: undefined }, { result: undefined }, { result: data }]);
  });

  test("reads a sensor, writes on a display, and says what it may not use", async () => {
    const driver = (name: string) => join(packages, name, "dist", `${name}.wasm`);
    await using board = await openBoard(
      {
        devices: {
          indoor: { driver: driver("tmp102"), i2c: { bus: "sim", address: "0x48" } },
          panel: { driver: driver("hd44780"), i2c: { bus: "sim", address: "0x27" } },
        },
        simulate: [
          { i2c: "sim", address: "0x48", model: "tmp102", temperature: -40 },
          { i2c: "sim", address: "0x27", model: "hd44780" },
        ],
        apps: { calls: { component, uses: ["indoor", "panel"] } },
      },
      { clock: new VirtualClock(), simulate, i2c: [] },
    );
    const requests: Request[] = [
      { device: "indoor", open: "sensor" },
      { device: "indoor", call: "read", with: [] },
      ...panel,
      { device: "cellar", open: "sensor" },
    ];
    expect(await answersOf(board, requests)).toEqual([
      { result: undefined },
      { result: [-40] },
      ...Array(2).fill({ result: undefined }),
      { error: { tag: "invalid-argument", val: expect.stringContaining("8 rows") } },
      { result: undefined },
      { error: { tag: "access-denied", val: expect.stringContaining('"apps.calls.uses"') } },
    ]);
  });
});
