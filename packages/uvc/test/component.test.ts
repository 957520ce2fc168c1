/** The built components of both engines, through the host, on a simulated camera. Time is simulated. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPackage } from "@busbar/build";
import { openBoard } from "@busbar/host-node";
import { SimulatedUsb, VirtualClock } from "@busbar/sim";
import { afterAll, beforeAll, expect, test } from "vitest";
import { UsbCamera, type UsbCameraOptions } from "../src/model.ts";

const packageFolder = join(import.meta.dirname, "..");
const built = mkdtempSync(join(tmpdir(), "busbar-uvc-"));
const components = {
  quickjs: join(packageFolder, "dist/uvc.wasm"),
  starlingmonkey: join(built, "uvc.wasm"),
};
const engines = ["quickjs", "starlingmonkey"] as const;

beforeAll(async () => {
  await buildPackage(packageFolder, { engine: "starlingmonkey", outFolder: built });
}, 120_000);
afterAll(() => rmSync(built, { recursive: true }));

async function simulatedBoard(
  options: Omit<UsbCameraOptions, "clock">,
  engine: (typeof engines)[number] = "quickjs",
) {
  const clock = new VirtualClock();
  const usb = new SimulatedUsb(clock);
  const device = new UsbCamera({ clock, ...options });
  usb.plug("1-1", device, { kernelInterfaces: [0, 1] });
  const webcam = { driver: components[engine], usb: { vendorId: "0x1209", interfaces: [0, 1] } };
  const board = await openBoard({ devices: { webcam } }, { clock, i2c: [], usb: [usb] });
  return { board, device };
}

test.each(engines)("the %s component says which camera it is, and gives its pictures", async (engine) => {
  const { board, device } = await simulatedBoard({ transfer: "bulk", serialNumber: "C-9" }, engine);
  await using _ = board;
  await using camera = await board.camera("webcam");
  expect(camera.info).toEqual({
    vendorId: 0x1209,
    productId: 5,
    vendor: "Busbar",
    product: "camera",
    serialNumber: "C-9",
  });
  expect(
    camera.modes.map(({ encoding, width, height, intervalMs }) => [encoding, width, height, intervalMs]),
  ).toEqual([
    ["mjpeg", 640, 480, 33.3333],
    ["mjpeg", 640, 480, 66.6666],
    ["mjpeg", 320, 240, 33.3333],
    ["mjpeg", 320, 240, 40],
    ["yuy2", 160, 120, 66.6666],
  ]);
  for (const mode of [0, 4]) {
    await camera.start(mode);
    for (let number = 0; number < 3; number += 1) {
      const frame = await camera.nextFrame({ timeoutMs: 5000 });
      expect(frame?.sequence).toBe(number);
      expect(Buffer.compare(frame!.data, device.picture(number))).toBe(0);
    }
  }
});

test("pictures longer than a transfer come whole, and damaged ones not at all", async () => {
  const damage = (picture: number) => (picture % 3 === 1 ? "error" : undefined);
  const { board, device } = await simulatedBoard({ transfer: "bulk", pictureBytes: 300_000, damage });
  await using _ = board;
  await using camera = await board.camera("webcam");
  await camera.start(0);
  for (const number of [0, 2, 3, 5]) {
    const frame = await camera.nextFrame({ timeoutMs: 5000 });
    expect(frame?.sequence).toBe(number);
    expect(Buffer.compare(frame!.data, device.picture(number))).toBe(0);
  }
});

test("a camera with isochronous transfers is refused when it is started, with a sentence", async () => {
  const { board } = await simulatedBoard({ transfer: "isochronous" });
  await using _ = board;
  await using camera = await board.camera("webcam");
  expect(camera.modes).toHaveLength(5);
  await expect(camera.start(0)).rejects.toMatchObject({
    code: "unsupported",
    message:
      "webcam: The camera needs isochronous transfers, which this host does not have; run it on busbar-wasmtime.",
  });
});
