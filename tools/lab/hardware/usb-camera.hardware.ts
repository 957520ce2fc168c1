/**
 * Cameras over USB/IP. The kernel's own uvcvideo judges the model, picture by picture; then our driver has the same model, on
 * every host. The kernel's UVC gadget is no judge here: it does not bind to dummy_hcd, which has no endpoint
 * for its isochronous stream.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { nodeClock } from "@busbar/host-node";
import { type AttachedUsbDevice, attachUsbDevice, inVirtualMachine } from "@busbar/lab/guest";
import { pictureNumber, UsbCamera, type UsbCameraOptions } from "@busbar/uvc/model";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../src/run.ts";
import { type HostUnderTest, hostsWithoutNode, onNode, some } from "./hosts.ts";
import { driver, isBuilt, Running, UNBUILT } from "./native-program.ts";
import { SLOW_LIMITS } from "./support.ts";

const PICTURE_BYTES = 20_000;
const TRANSFERS = ["isochronous", "bulk"] as const;

let serialNumbers = 0;

async function attached(options: Omit<UsbCameraOptions, "clock">) {
  serialNumbers += 1;
  const serialNumber = `camera-${serialNumbers}`;
  const camera = new UsbCamera({ clock: nodeClock, pictureBytes: PICTURE_BYTES, serialNumber, ...options });
  const device = await attachUsbDevice(camera);
  const grant = { vendorId: "0x1209", productId: "0x0005", serialNumber, interfaces: [0, 1] };
  return { camera, device, serialNumber, grant };
}

/** The kernel's name of the camera: "/dev/video0". */
async function videoNode(device: AttachedUsbDevice): Promise<string> {
  return `/dev/${await device.find(/\/video4linux\/video\d+$/)}`;
}

/** bFormatIndex and bFrameIndex of two of the model's modes. */
const MJPEG = { format: 1, frame: 1 };
const SMALL_MJPEG = { format: 1, frame: 2 };
const YUY2 = { format: 2, frame: 1 };

/** Expects pictures of the model, whole and byte for byte, none of them twice. */
function expectPictures(camera: UsbCamera, mode: typeof MJPEG, pictures: readonly Uint8Array[]): void {
  const numbers = pictures.map(pictureNumber);
  expect(new Set(numbers).size).toBe(pictures.length);
  for (const [index, picture] of pictures.entries()) {
    expect(Buffer.compare(picture, camera.picture(numbers[index]!, mode)), `picture ${numbers[index]}`).toBe(
      0,
    );
  }
}

describe.runIf(inVirtualMachine())("a camera", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp("/dev/shm/busbar-camera-");
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  describe("in the kernel's uvcvideo", () => {
    test.each(TRANSFERS)(
      "has its modes and gives its pictures, %s",
      { timeout: 240_000 },
      async (transfer) => {
        const { camera, device } = await attached({ transfer });
        await using _ = device;
        const node = await videoNode(device);
        const formats = await run("v4l2-ctl", ["--device", node, "--list-formats-ext"]);
        const found = formats.match(/'\w+'|Size: Discrete \d+x\d+|Interval: Discrete [\d.]+/g);
        expect(found).toEqual([
          ...["'MJPG'", "Size: Discrete 640x480", "Interval: Discrete 0.033", "Interval: Discrete 0.067"],
          ...["Size: Discrete 320x240", "Interval: Discrete 0.033", "Interval: Discrete 0.040"],
          ...["'YUYV'", "Size: Discrete 160x120", "Interval: Discrete 0.067"],
        ]);
        for (const [format, mode, length] of [
          ["width=320,height=240,pixelformat=MJPG", SMALL_MJPEG, PICTURE_BYTES],
          ["width=160,height=120,pixelformat=YUYV", YUY2, 160 * 120 * 2],
        ] as const) {
          const file = join(folder, "captured");
          const stream = ["--stream-mmap=4", "--stream-count=8", `--stream-to=${file}`];
          await run("v4l2-ctl", ["--device", node, `--set-fmt-video=${format}`, ...stream]);
          const captured = await readFile(file);
          expect(captured.length).toBe(8 * length);
          const pictures = Array.from({ length: 8 }, (_, index) => {
            return captured.subarray(index * length, (index + 1) * length);
          });
          expectPictures(camera, mode, pictures);
        }
      },
    );
  });

  test.each(TRANSFERS)("on the native host, %s", { timeout: 240_000 }, async (transfer) => {
    if (!isBuilt()) return expect.unreachable(UNBUILT);
    const { camera, device, serialNumber, grant } = await attached({ transfer });
    await using _ = device;
    await videoNode(device);
    const own = await mkdtemp(join(folder, "native-"));
    const path = join(own, "board.json");
    const webcam = { driver: driver("uvc"), usb: grant, limits: SLOW_LIMITS };
    await writeFile(path, JSON.stringify({ devices: { webcam } }));
    const running = new Running("camera", path);
    expect(await running.endBesidesWaiting()).toEqual([
      "event webcam started",
      `info 0x1209:0x0005 ${serialNumber}`,
      "mode Encoding::Mjpeg 640x480 33.3333 ms",
      "mode Encoding::Mjpeg 640x480 66.6666 ms",
      "mode Encoding::Mjpeg 320x240 33.3333 ms",
      "mode Encoding::Mjpeg 320x240 40 ms",
      "mode Encoding::Yuy2 160x120 66.6666 ms",
      "took mjpeg",
      "took yuy2",
      "event webcam stopped: the board was closed",
      "closed",
    ]);
    for (const [name, mode] of [
      ["mjpeg", MJPEG],
      ["yuy2", YUY2],
    ] as const) {
      const files = (await readdir(own)).filter((file) => file.startsWith(`${name}-`));
      expect(files).toHaveLength(8);
      expectPictures(camera, mode, await Promise.all(files.map((file) => readFile(join(own, file)))));
    }
    // The kernel has its camera again.
    await videoNode(device);
  });

  /** The app snapshots, by a command in a process of its own: the kernel asks the camera while it gives it back to its driver. */
  async function snapshots(host: HostUnderTest, transfer: (typeof TRANSFERS)[number]) {
    const { camera, device, grant } = await attached({ transfer });
    await using _ = device;
    await videoNode(device);
    const own = await mkdtemp(join(folder, "app-"));
    const path = join(own, "board.json");
    const devices = { webcam: { driver: driver("uvc"), usb: grant, limits: SLOW_LIMITS } };
    const app = {
      component: driver("snapshots"),
      uses: ["webcam"],
      folder: { path: "pictures", write: true },
    };
    await writeFile(path, JSON.stringify({ devices, apps: { snapshots: app } }));
    const { code, stdout, stderr } = await host.run("run", path, "--", "take", "4");
    if (code !== 0) throw new Error(stderr);
    const files = await readdir(join(own, "pictures"));
    expect(stdout.trimEnd().split("\n").sort()).toEqual(
      files.map((name) => `${name} ${PICTURE_BYTES} bytes`).sort(),
    );
    expect(files).toHaveLength(4);
    const pictures = await Promise.all(files.map((name) => readFile(join(own, "pictures", name))));
    expectPictures(camera, MJPEG, pictures);
    // The kernel has its camera again.
    await videoNode(device);
  }

  describe.each(hostsWithoutNode)("in the app snapshots, on $name", (host) => {
    test.for(some(host, TRANSFERS))("%s", { timeout: 240_000 }, async (transfer, { skip }) => {
      skip(!host.isBuilt, UNBUILT);
      await snapshots(host, transfer);
    });
  });

  test("in the app snapshots, on Node, bulk", { timeout: 240_000 }, () => snapshots(onNode, "bulk"));

  test("in the app snapshots, on Node, isochronous, is refused with a sentence", {
    timeout: 240_000,
  }, async () => {
    await expect(snapshots(onNode, "isochronous")).rejects.toThrow(
      "The camera needs isochronous transfers, which this host does not have; run it on busbar-wasmtime.",
    );
  });
});
