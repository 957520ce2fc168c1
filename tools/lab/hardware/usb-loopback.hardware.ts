/**
 * The usb-echo component over libusb against the kernel's own loopback gadget (drivers/usb/gadget/function/f_loopback.c)
 * on dummy_hcd, and libusb itself against the kernel's HID gadget, whose interface usbhid has.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readdirSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { OpenBoard, UsbDevice } from "@busbar/host";
import { libusb, openBoard } from "@busbar/host-node";
import { inVirtualMachine } from "@busbar/lab/guest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const gadgets = "/sys/kernel/config/usb_gadget";

/** A gadget of one function; written to "UDC" it is plugged in, and with an empty name pulled out. */
class Gadget {
  readonly #folder: string;

  constructor(
    name: string,
    productId: string,
    functionName: string,
    attributes: Record<string, string | Uint8Array>,
  ) {
    this.#folder = join(gadgets, name);
    mkdirSync(join(this.#folder, "configs/c.1"), { recursive: true });
    mkdirSync(join(this.#folder, "strings/0x409"), { recursive: true });
    const functionFolder = join(this.#folder, "functions", functionName);
    mkdirSync(functionFolder);
    for (const [file, value] of Object.entries(attributes)) writeFileSync(join(functionFolder, file), value);
    writeFileSync(join(this.#folder, "idVendor"), "0x1209");
    writeFileSync(join(this.#folder, "idProduct"), productId);
    writeFileSync(join(this.#folder, "strings/0x409/serialnumber"), name);
    symlinkSync(functionFolder, join(this.#folder, "configs/c.1/f1"));
  }

  plug(): void {
    writeFileSync(join(this.#folder, "UDC"), readdirSync("/sys/class/udc")[0]!);
  }

  unplug(): void {
    writeFileSync(join(this.#folder, "UDC"), "\n");
  }
}

const settle = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.runIf(inVirtualMachine())("USB against the kernel's gadgets", () => {
  // libusb learns of arrivals from udevd.
  let udevd: ChildProcess;
  beforeAll(() => {
    udevd = spawn("/lib/systemd/systemd-udevd", { stdio: "ignore" });
  });
  afterAll(() => void udevd.kill());

  describe("the loopback gadget", () => {
    let gadget: Gadget;
    let board: OpenBoard;

    beforeAll(async () => {
      await settle(1000);
      gadget = new Gadget("loopback", "0x0002", "Loopback.0", {});
      gadget.plug();
      board = await openBoard(
        {
          devices: {
            echo: {
              driver: "@busbar/usb-echo",
              usb: { vendorId: "0x1209", productId: "0x0002", interfaces: [0] },
              limits: { callMs: 120_000 },
            },
          },
        },
        { folder: import.meta.dirname },
      );
    });

    afterAll(async () => {
      await board[Symbol.asyncDispose]();
      gadget.unplug();
    });

    it.each([1, 100, 512, 513, 4096, 5000, 65_536])("sends %i bytes back", async (length) => {
      await using echo = await board.usbEcho("echo");
      const data = Uint8Array.from({ length }, (_, index) => index * 7);
      expect(await echo.roundTrip("bulk", data)).toEqual(data);
    });

    it("every unplugging in the middle ends in a typed error, and the next plugging works", async () => {
      for (let round = 0; round < 20; round += 1) {
        const echo = await openAgain(board);
        const ended = echo.run("bulk", 32 + round * 100, 1_000_000).then(
          () => "finished",
          (error: { code: string }) => error.code,
        );
        await settle((round * 37) % 300);
        gadget.unplug();
        // A transfer that is on the wire at that moment may fail as such before anybody knows why.
        expect(["disconnected", "bus"]).toContain(await ended);
        gadget.plug();
      }
      const echo = await openAgain(board);
      expect(await echo.roundTrip("bulk", Uint8Array.of(1, 2, 3))).toEqual(Uint8Array.of(1, 2, 3));
    });
  });

  it("an interface is taken from usbhid and given back", async () => {
    const gadget = new Gadget("keyboard", "0x0003", "hid.usb0", {
      protocol: "1",
      subclass: "1",
      report_length: "1",
      report_desc: Uint8Array.of(
        0x05,
        1,
        9,
        6,
        0xa1,
        1,
        0x75,
        8,
        0x95,
        1,
        0x15,
        0,
        0x25,
        1,
        5,
        7,
        0x81,
        0,
        0xc0,
      ),
    });
    gadget.plug();
    try {
      await settle(3000);
      const device = (await libusb().devices()).find(
        ({ descriptor }) => descriptor.productId === 3,
      ) as UsbDevice;
      const driver = () =>
        readlinkSync(`/sys/bus/usb/devices/${device.location.port}:1.0/driver`).split("/").at(-1);
      expect(driver()).toBe("usbhid");
      expect((await device.reportDescriptor(0))!.slice(0, 4)).toEqual(Buffer.from([5, 1, 9, 6]));
      const handle = device.open();
      expect(handle.kernelDriverActive(0)).toBe(true);
      handle.detachKernelDriver(0);
      handle.claimInterface(0);
      expect(driver()).toBe("usbfs");
      await handle.releaseInterface(0);
      handle.attachKernelDriver(0);
      expect(driver()).toBe("usbhid");
      await handle.close();
    } finally {
      gadget.unplug();
    }
  });
});

/** Until the host has seen that the device left, the old driver answers `disconnected`. */
async function openAgain(board: OpenBoard) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await board.usbEcho("echo");
    } catch (error) {
      if ((error as { code: string }).code !== "disconnected" || attempt === 100) throw error;
      await settle(20);
    }
  }
}
