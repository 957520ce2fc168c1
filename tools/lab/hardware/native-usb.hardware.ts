/**
 * The USB of the hosts that are written in Rust, on the kernel's own gadgets: the workspace's drivers over libusb, and libusb alone,
 * which both share, where no driver of ours goes.
 */
import { constants, existsSync, readFileSync } from "node:fs";
import { type FileHandle, mkdtemp, open, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BOOT_KEYBOARD_DESCRIPTOR } from "@busbar/hid";
import { Gadget, inVirtualMachine, waitFor } from "@busbar/lab/guest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../src/run.ts";
import { driver, isBuilt, onWamr, onWasmtime, Running, UNBUILT } from "./native-program.ts";
import { gadgetGrant, SLOW_LIMITS } from "./support.ts";

describe.runIf(inVirtualMachine())("the native USB host", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp("/dev/shm/busbar-native-");
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function boardOf(
    name: string,
    device: string,
    productId: number,
    interfaces: number[],
    settings = {},
  ) {
    const path = join(folder, `${device}.json`);
    const entry = {
      driver: driver(name),
      usb: gadgetGrant(productId, interfaces),
      limits: SLOW_LIMITS,
      settings,
    };
    await writeFile(path, JSON.stringify({ devices: { [device]: entry } }));
    return path;
  }

  const programs = [
    ["Wasmtime", onWasmtime],
    ["WAMR", onWamr],
  ] as const;

  test.for(programs)(
    "bulk transfers of the loopback gadget come back, on %s",
    { timeout: 120_000 },
    async ([_, host], { skip }) => {
      skip(!isBuilt(host), UNBUILT);
      using gadget = new Gadget({ name: "loopback", productId: 0x20, functions: [{ name: "Loopback.0" }] });
      gadget.plug();
      const running = new Running("echo", await boardOf("usb-echo", "echo", 0x20, [0]), host);
      expect(await running.endBesidesWaiting()).toEqual([
        "event echo started",
        "info 0x1209:0x0020 loopback bulk",
        ...[1, 100, 512, 513, 4096, 5000, 65_536].map((length) => `same ${length}`),
        "ran",
        "event echo stopped: the board was closed",
        "closed",
      ]);
    },
  );

  test.for(programs)(
    "a device is waited for, pulled out while transfers are under way, and used again, on %s",
    {
      timeout: 120_000,
    },
    async ([_, host], { skip }) => {
      skip(!isBuilt(host), UNBUILT);
      using gadget = new Gadget({ name: "loopback", productId: 0x21, functions: [{ name: "Loopback.0" }] });
      const running = new Running("unplug", await boardOf("usb-echo", "echo", 0x21, [0]), host);
      expect(await running.until("event echo waiting")).toBe(
        "event echo waiting: no USB device that is plugged in matches; plug it in, or correct the entry",
      );
      gadget.plug();
      await running.until("running");
      await new Promise((resolve) => setTimeout(resolve, 200));
      gadget.unplug();
      await running.until("ended");
      await running.until("event echo waiting");
      gadget.plug();
      const said = await running.end();
      expect(said.map((line) => line.replace(/on port \S+/, "on port P"))).toEqual([
        expect.stringMatching(/^event echo waiting/),
        "event echo started",
        "running",
        ...(said[3]?.startsWith("event")
          ? ["event echo stopped: the USB device 0x1209:0x0021 on port P was unplugged", "ended disconnected"]
          : [
              expect.stringMatching(/^ended (disconnected|bus|timeout|protocol)$/),
              "event echo stopped: the USB device 0x1209:0x0021 on port P was unplugged",
            ]),
        expect.stringMatching(/^event echo waiting/),
        "event echo started",
        "works again",
        "event echo stopped: the board was closed",
        "closed",
      ]);
    },
  );

  test("a source is read; it has no streams, as the kernel says", { timeout: 120_000 }, async ({ skip }) => {
    skip(!existsSync(onWasmtime.program), UNBUILT);
    using gadget = new Gadget({
      name: "source",
      productId: 0x22,
      functions: [{ name: "SourceSink.0", attributes: { pattern: "0" } }],
    });
    gadget.plug();
    const running = new Running("bulk", await boardOf("usb-echo", "raw", 0x22, [0]));
    expect(await running.endBesidesWaiting()).toEqual([
      "read 16384 zeros true",
      "streams Some(InvalidParam)",
      "closed Some(NoDevice)",
    ]);
  });

  /** dummy_hcd refuses isochronous transfers (drivers/usb/gadget/udc/dummy_hcd.c), so it is QEMU's sound card that takes them. */
  test("isochronous packets reach QEMU's sound card", { timeout: 120_000 }, async ({ skip }) => {
    skip(!existsSync(onWasmtime.program), UNBUILT);
    const path = join(folder, "sound.json");
    // hw/usb/dev-audio.c: interface 1 is the stream.
    const usb = { vendorId: 0x46f4, productId: 0x0002, interfaces: [1] };
    await writeFile(path, JSON.stringify({ devices: { raw: { driver: driver("usb-echo"), usb } } }));
    const running = new Running("isochronous", path);
    expect(await running.endBesidesWaiting()).toEqual([
      ...Array(10).fill("8 of 8 packets, 192 bytes each"),
      "closed",
    ]);
  });

  test("commands on bulk streams of QEMU's disk are answered each on its own", { timeout: 120_000 }, async ({
    skip,
  }) => {
    skip(!existsSync(onWasmtime.program), UNBUILT);
    const path = join(folder, "attached.json");
    // hw/usb/dev-uas.c.
    const usb = { vendorId: "0x46f4", productId: "0x0003", interfaces: [0] };
    await writeFile(path, JSON.stringify({ devices: { raw: { driver: driver("usb-echo"), usb } } }));
    const running = new Running("streams", path);
    expect(await running.endBesidesWaiting()).toEqual([
      "streams true",
      "stream 2: QEMU status [3, 2, 0]",
      "1 under way",
      "stream 1: QEMU status [3, 1, 0]",
      "0 under way",
      "another stream Some(Io)",
      "closed",
    ]);
  });

  describe("a keyboard", () => {
    const REPORT_BYTES = 8;
    let gadget: Gadget;
    let file: FileHandle;

    beforeAll(async () => {
      gadget = new Gadget({
        name: "keys",
        productId: 0x23,
        functions: [
          {
            name: "hid.keys",
            attributes: {
              protocol: "1",
              subclass: "1",
              report_length: String(REPORT_BYTES),
              report_desc: BOOT_KEYBOARD_DESCRIPTOR,
            },
          },
        ],
      });
      gadget.plug();
      file = await open(gadget.deviceFile("hid.keys"), constants.O_RDWR | constants.O_NONBLOCK);
      await gadget.recognised({ 0: "usbhid" });
    });
    afterAll(async () => {
      await file?.close();
      gadget?.remove();
    });

    test("is taken from the kernel, read, lit, and given back", { timeout: 120_000 }, async ({ skip }) => {
      skip(!isBuilt(), UNBUILT);
      const running = new Running("hid", await boardOf("hid", "keys", 0x23, [0]));
      await running.until("ready");
      expect(await gadget.kernelDriverOf(0)).toBe("usbfs");
      await file.write(Uint8Array.of(0, 0, 4, 0, 0, 0, 0, 0));
      await running.until("report");
      await file.write(new Uint8Array(REPORT_BYTES));
      await running.until("sent");
      const lights = new Uint8Array(REPORT_BYTES);
      const lit = await waitFor("bring the lights", async () => {
        const { bytesRead } = await file.read(lights, 0, REPORT_BYTES).catch(() => ({ bytesRead: 0 }));
        return bytesRead > 0 && lights[0] === 1 ? bytesRead : undefined;
      });
      expect(lit).toBe(1);
      running.goOn();
      expect(await running.endBesidesWaiting()).toEqual([
        "event keys started",
        `descriptor ${BOOT_KEYBOARD_DESCRIPTOR.length} fields 5`,
        "nothing true idle true true",
        "ready",
        "report 0x00070004",
        "raw [0, 0, 0, 0, 0, 0, 0, 0]",
        "sent",
        "event keys stopped: the board was closed",
        "closed",
      ]);
      await gadget.recognised({ 0: "usbhid" });
    });

    test("on which nobody types lets reads end in their time, and when they are cancelled", {
      timeout: 120_000,
    }, async ({ skip }) => {
      skip(!existsSync(onWasmtime.program), UNBUILT);
      const running = new Running("timeouts", await boardOf("usb-echo", "raw", 0x23, [0]));
      expect(await running.endBesidesWaiting()).toEqual([
        ...Array(3).fill("Timeout true"),
        "32 of 64 are under way",
        '{"Interrupted"}',
        "closed",
      ]);
    });

    test("that a killed process had taken is given back by the next one", { timeout: 120_000 }, async ({
      skip,
    }) => {
      skip(!isBuilt(), UNBUILT);
      const board = await boardOf("hid", "keys", 0x23, [0]);
      const killed = new Running("hid", board);
      await killed.until("ready");
      await killed.kill();
      expect(await gadget.kernelDriverOf(0)).toBeUndefined();
      const running = new Running("bulk", await boardOf("usb-echo", "raw", 0x7fff, [0]));
      await running.until("waiting");
      await gadget.recognised({ 0: "usbhid" });
      await running.kill();
    });
  });

  test("a serial port sends and receives", { timeout: 120_000 }, async ({ skip }) => {
    skip(!isBuilt(), UNBUILT);
    using gadget = new Gadget({ name: "serial", productId: 0x24, functions: [{ name: "acm.console" }] });
    gadget.plug();
    const running = new Running("serial", await boardOf("cdc-acm", "console", 0x24, [0, 1]));
    await running.until("ready");
    const path = gadget.deviceFile("acm.console");
    await run("stty", ["-F", path, "raw", "-echo"]);
    await using file = await open(path, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOCTTY);
    await file.write("from the gadget\n");
    await running.until("received");
    const bytes = Buffer.alloc(65_536);
    let text = "";
    await waitFor("bring all that was written", async () => {
      const { bytesRead } = await file.read(bytes, 0, bytes.length).catch(() => ({ bytesRead: 0 }));
      text += bytes.toString("latin1", 0, bytesRead);
      return text.length >= 14_001 || undefined;
    });
    expect(text.replaceAll("\r", "").startsWith("from the host from the host ")).toBe(true);
    await running.until("written");
    running.goOn();
    const said = await running.end();
    expect(said).toContain("received from the gadget");
    expect(said.at(-1)).toBe("closed");
  });

  test("a disk is read and written", { timeout: 120_000 }, async ({ skip }) => {
    skip(!isBuilt(), UNBUILT);
    const image = join(folder, "disk");
    await writeFile(image, "DISK");
    await truncate(image, 8 * 1024 * 1024);
    using gadget = new Gadget({
      name: "stick",
      productId: 0x25,
      functions: [{ name: "mass_storage.stick", attributes: { "lun.0/file": image } }],
    });
    gadget.plug();
    const settings = { "timeout-ms": 60_000, "ready-timeout-ms": 1000 };
    const running = new Running("disk", await boardOf("mass-storage", "stick", 0x25, [0], settings));
    expect(await running.endBesidesWaiting()).toEqual([
      "event stick started",
      "disk Linux 512 16384",
      `first [${[..."DISK"].map((character) => character.charCodeAt(0)).join(", ")}]`,
      "same",
      "past the end invalid-argument",
      "event stick stopped: the board was closed",
      "closed",
    ]);
    const written = readFileSync(image).subarray(100 * 512, 101 * 512);
    expect([...written.subarray(0, 4)]).toEqual([0, 1, 3, 1]);
  });
});
