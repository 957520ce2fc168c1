/** The app on a camera that is a list, and the built app through the host on a simulated one. */

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type CameraFrame, DriverError } from "@busbar/guest";
import type { AppCamera } from "@busbar/guest/app/camera";
import { AppError, readComponent } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { SimulatedUsb, VirtualClock } from "@busbar/sim";
import { UsbCamera } from "@busbar/uvc/model";
import { describe, expect, test } from "vitest";
import { parseArguments } from "../src/arguments.ts";
import { snapshots } from "../src/snapshots.ts";

const packages = dirname(dirname(import.meta.dirname));
const component = join(packages, "snapshots/dist/snapshots.wasm");

describe("the arguments", () => {
  test.each([
    [["modes"], { command: "modes", count: 1, mode: 0, camera: "webcam" }],
    [["take"], { command: "take", count: 1, mode: 0, camera: "webcam" }],
    [["take", "30", "2"], { command: "take", count: 30, mode: 2, camera: "webcam" }],
    [["--camera", "door", "take", "5"], { command: "take", count: 5, mode: 0, camera: "door" }],
    [["--camera", "door", "modes"], { command: "modes", count: 1, mode: 0, camera: "door" }],
  ])("%j", (words, request) => {
    expect(parseArguments(words)).toEqual(request);
  });

  test.each([
    [[]],
    [["look"]],
    [["modes", "1"]],
    [["take", "0"]],
    [["take", "1", "2", "3"]],
    [["take", "-1"]],
    [["take", "1e3"]],
    [["take", "100001"]],
    [["--camera"]],
    [["--camera", "door"]],
  ])("%j is no request", (words) => {
    expect(() => parseArguments(words)).toThrow(DriverError);
  });
});

/** What becomes of a run with these pictures. */
function ran(words: readonly string[], pictures: readonly CameraFrame[]) {
  const events: string[] = [];
  const left = [...pictures];
  const camera: AppCamera = {
    info: { vendorId: 1, productId: 2, vendor: "", product: "", serialNumber: "" },
    modes: [
      { encoding: "mjpeg", width: 640, height: 480, intervalMs: 33.3333 },
      { encoding: "yuy2", width: 160, height: 120, intervalMs: 66.6666 },
    ],
    start: (mode) => void events.push(`start ${mode}`),
    nextFrame: () => left.shift(),
    stop: () => void events.push("stop"),
    close: () => void events.push("close"),
  };
  const createFile = (name: string) => ({
    write: (data: Uint8Array) => void events.push(`${name} ${data.length}`),
    close: () => void events.push(`close ${name}`),
  });
  const openFolder = () => ({ createFolder: () => {}, createFile });
  const lines: string[] = [];
  let error: unknown;
  try {
    snapshots(words, { openCamera: () => camera, openFolder, print: (line) => void lines.push(line) });
  } catch (thrown) {
    error = thrown;
  }
  return { events, lines, error };
}

test("lists the modes", () => {
  expect(ran(["modes"], [])).toEqual({
    events: ["close"],
    lines: ["0 mjpeg 640 x 480, 30 pictures a second", "1 yuy2 160 x 120, 15 pictures a second"],
    error: undefined,
  });
});

test("writes each picture into a file of its number", () => {
  const pictures = [0, 3].map((sequence) => ({ data: new Uint8Array(10), sequence, timeMs: 0 }));
  expect(ran(["take", "2", "1"], pictures).events).toEqual([
    "start 1",
    ...["picture-0.yuy2 10", "close picture-0.yuy2", "picture-3.yuy2 10", "close picture-3.yuy2"],
    ...["stop", "close"],
  ]);
});

test.each([
  [["take", "1", "2"], "invalid-argument"],
  [["take"], "timeout"],
])("%j ends in %s, and closes the camera", (words, tag) => {
  const { error, events } = ran(words, []);
  expect(error).toMatchObject({ payload: { tag } });
  expect(events.at(-1)).toBe("close");
});

describe("the component", () => {
  test("imports what its world declares and nothing more", () => {
    const { imports } = readComponent(readFileSync(component), "snapshots");
    expect(imports.map(({ name }) => name.replace(/@.*/, "")).sort()).toEqual([
      "busbar:device/camera",
      "busbar:device/errors",
      "wasi:cli/environment",
      "wasi:cli/stderr",
      "wasi:cli/stdout",
      "wasi:clocks/monotonic-clock",
      "wasi:clocks/wall-clock",
      "wasi:filesystem/preopens",
      "wasi:filesystem/types",
      "wasi:io/error",
      "wasi:io/poll",
      "wasi:io/streams",
    ]);
  });

  test("takes pictures of a simulated camera, byte for byte, and overwrites none", async () => {
    const folder = mkdtempSync(join(tmpdir(), "busbar-snapshots-"));
    using _ = { [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
    const clock = new VirtualClock();
    const camera = new UsbCamera({ clock, transfer: "bulk" });
    const usb = new SimulatedUsb(clock);
    usb.plug("1-1", camera);
    const webcam = { driver: join(packages, "uvc/dist/uvc.wasm"), usb: { class: "0x0e" } };
    const app = { component, uses: ["webcam"], folder: { path: "pictures", write: true } };
    await using board = await openBoard(
      { devices: { webcam }, apps: { snapshots: app } },
      { clock, usb: [usb], i2c: [], folder },
    );
    let output = "";
    const run = (...words: string[]) =>
      board.run("snapshots", {
        arguments: words,
        output: (bytes) => {
          output += Buffer.from(bytes).toString();
        },
        errors: (bytes) => {
          output += Buffer.from(bytes).toString();
        },
      });
    await run("take", "3", "2");
    expect(output).toBe([0, 1, 2].map((number) => `picture-${number}.jpg 20000 bytes\n`).join(""));
    for (const number of [0, 1, 2]) {
      const picture = readFileSync(join(folder, "pictures", `picture-${number}.jpg`));
      expect(Buffer.compare(picture, camera.picture(number, { format: 1, frame: 2 }))).toBe(0);
    }
    await expect(run("take")).rejects.toThrow(AppError);
    expect(output).toContain('"picture-0.jpg" is there already; nothing is overwritten.');
    expect(existsSync(join(folder, "pictures/picture-3.jpg"))).toBe(false);
  });
});
