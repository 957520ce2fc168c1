/**
 * The usb-echo component over libusb against the kernel's own loopback gadget (drivers/usb/gadget/function/f_loopback.c),
 * which has bulk endpoints; and, as no gadget of the kernel sends back what comes by interrupt transfers (f_sourcesink.c
 * has bulk and isochronous ones), against a HID gadget whose reports this test sends back.
 */
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { OpenBoard } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { Gadget, inVirtualMachine, startUdevd } from "@busbar/lab/guest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isWhole } from "./hosts.ts";
import { gadgetGrant, memory, SLOW_LIMITS } from "./support.ts";

const PRODUCT_ID = 0x0002;
const INTERRUPT_PRODUCT_ID = 0x0003;
/** The longest interrupt packet of a full-speed device, and the length of the HID gadget's reports. */
const REPORT_BYTES = 64;

/** A vendor's reports of 64 bytes in and out. */
const REPORT_DESCRIPTOR = Uint8Array.of(
  ...[0x06, 0x00, 0xff], // Usage Page (Vendor)
  ...[0x09, 0x01], // Usage (1)
  ...[0xa1, 0x01], // Collection (Application)
  ...[0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95, REPORT_BYTES], // 64 values of 8 bits
  ...[0x09, 0x02, 0x81, 0x02], // Input (Data, Variable, Absolute)
  ...[0x09, 0x03, 0x91, 0x02], // Output (Data, Variable, Absolute)
  ...[0xc0],
);

const echoBoard = (productId: number) =>
  openBoard(
    {
      devices: {
        echo: { driver: "@busbar/usb-echo", usb: gadgetGrant(productId, [0]), limits: SLOW_LIMITS },
      },
    },
    { folder: import.meta.dirname },
  );

describe.runIf(inVirtualMachine())("USB against the kernel's loopback", () => {
  let udevd: AsyncDisposable;
  beforeAll(async () => {
    udevd = await startUdevd();
  });
  afterAll(() => udevd[Symbol.asyncDispose]());

  describe("by bulk transfers", () => {
    let gadget: Gadget;
    let board: OpenBoard;

    beforeAll(async () => {
      gadget = new Gadget({ name: "loopback", productId: PRODUCT_ID, functions: [{ name: "Loopback.0" }] });
      gadget.plug();
      board = await echoBoard(PRODUCT_ID);
    });
    afterAll(async () => {
      await board?.[Symbol.asyncDispose]();
      gadget?.remove();
    });

    it.each([1, 100, 512, 513, 4096, 5000, 65_536])("sends %i bytes back", async (length) => {
      await using echo = await board.usbEcho("echo");
      const data = Uint8Array.from({ length }, (_, index) => index * 7);
      expect(await echo.roundTrip("bulk", data)).toEqual(data);
    });

    it("needs no more memory after thousands of transfers than after some", {
      timeout: 300_000,
    }, async () => {
      const PART = 100;
      // The engine makes machine code of what is hot in the first seconds, and under emulation that takes it long.
      const WARM_UP_MS = 15_000;
      const DURATION_MS = isWhole ? 30_000 : 8000;
      await using echo = await board.usbEcho("echo");
      const runFor = async (durationMs: number) => {
        const start = performance.now();
        let trips = 0;
        for (; performance.now() - start < durationMs; trips += PART) await echo.run("bulk", 512, PART);
        return trips;
      };
      await runFor(WARM_UP_MS);
      const before = memory();
      const trips = await runFor(DURATION_MS);
      const after = memory();
      // A write, its empty packet, and a read; each that leaked 1 KiB would be seen.
      const transfers = 3 * trips;
      const kibibytes = (bytes: number) => `${Math.round(bytes / 1024)} KiB`;
      console.log(
        `${transfers} transfers in ${DURATION_MS / 1000} s:`,
        `in use ${kibibytes(after.used - before.used)} more, besides the heap ${kibibytes(after.native - before.native)} more`,
      );
      expect(trips).toBeGreaterThan(0);
      expect(after.used - before.used).toBeLessThan(1024 * 1024);
      expect(after.native - before.native).toBeLessThan(8 * 1024 * 1024);
    });
  });

  describe("by interrupt transfers", () => {
    let gadget: Gadget;
    let board: OpenBoard;
    let file: FileHandle;
    const ended = new AbortController();
    let echoing: Promise<void>;

    /** Writes each report back. An empty packet, which ends a transfer of whole packets, is no report. */
    async function sendBack(): Promise<void> {
      const report = new Uint8Array(REPORT_BYTES);
      for (;;) {
        const length = await whenReady(async () => (await file.read(report, 0, REPORT_BYTES)).bytesRead);
        if (length === undefined) return;
        if (length > 0) await whenReady(() => file.write(report, 0, length));
      }
    }

    /** Tries until the gadget has a report, or has room for one; undefined at the end of the tests. */
    async function whenReady<Result>(attempt: () => Promise<Result>): Promise<Result | undefined> {
      while (!ended.signal.aborted) {
        try {
          return await attempt();
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
      return undefined;
    }

    beforeAll(async () => {
      gadget = new Gadget({
        name: "interrupt",
        productId: INTERRUPT_PRODUCT_ID,
        functions: [
          {
            name: "hid.echo",
            attributes: { report_length: String(REPORT_BYTES), report_desc: REPORT_DESCRIPTOR },
          },
        ],
      });
      gadget.plug();
      file = await open(gadget.deviceFile("hid.echo"), constants.O_RDWR | constants.O_NONBLOCK);
      board = await echoBoard(INTERRUPT_PRODUCT_ID);
      echoing = sendBack();
    });
    afterAll(async () => {
      ended.abort();
      await echoing;
      await file?.close();
      await board?.[Symbol.asyncDispose]();
      gadget?.remove();
    });

    it("sends reports of 64 bytes back", async () => {
      await using echo = await board.usbEcho("echo");
      expect(echo.info.pipes).toEqual(["interrupt"]);
      const data = Uint8Array.from({ length: REPORT_BYTES }, (_, index) => index * 7);
      expect(await echo.roundTrip("interrupt", data)).toEqual(data);
    });

    it("sends a hundred different ones back", async () => {
      await using echo = await board.usbEcho("echo");
      await echo.run("interrupt", REPORT_BYTES, 100);
    });
  });
});
