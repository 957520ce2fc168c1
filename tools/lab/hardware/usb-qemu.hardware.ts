/**
 * The hid and mass-storage components on every host against QEMU's own devices (hw/usb/dev-hid.c, dev-storage.c) on its xHCI
 * controller. QEMU's monitor types, moves the mouse, and pulls devices out.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { decodeReport, KeyboardDecoder, keyCode, MouseDecoder, parseReportDescriptor } from "@busbar/hid";
import type { Hid, HidRawReport } from "@busbar/host";
import { libusb } from "@busbar/host-node";
import {
  kernelDriverOf,
  type QemuInputEvent,
  QemuMonitor,
  qemuMedium,
  startUdevd,
  waitFor,
} from "@busbar/lab/guest";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type BoardUnderTest, boardFile, describeOn, times, wholeHosts } from "./hosts.ts";
import { driver } from "./native-program.ts";
import { openAgain, Random, SLOW_LIMITS } from "./support.ts";

const BLOCK_BYTES = 512;
/** The longest absolute coordinate of QEMU's input: INPUT_EVENT_ABS_MAX. */
const ABSOLUTE_MAXIMUM = 32_767;

const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

const key = (qcode: string, down: boolean): QemuInputEvent => ({
  type: "key",
  data: { down, key: { type: "qcode", data: qcode } },
});
const axis = (type: "rel" | "abs", name: "x" | "y", value: number): QemuInputEvent => ({
  type,
  data: { axis: name, value },
});
const button = (name: string, down: boolean): QemuInputEvent => ({
  type: "btn",
  data: { button: name, down },
});

describeOn(wholeHosts, "QEMU's own USB devices", (host) => {
  let udevd: AsyncDisposable;
  let monitor: QemuMonitor;
  let board: BoardUnderTest;
  const ports = new Map<string, string>();

  /** The port of a device, by what it calls itself. */
  async function portOf(product: string): Promise<string> {
    return await waitFor(`find ${product}`, async () => {
      const found = (await libusb().devices()).find((device) => device.product === product);
      return found?.location.port;
    });
  }

  beforeAll(async () => {
    udevd = await startUdevd();
    monitor = await QemuMonitor.open();
    for (const [name, product] of [
      ["keyboard", "QEMU USB Keyboard"],
      ["mouse", "QEMU USB Mouse"],
      ["tablet", "QEMU USB Tablet"],
      ["storage", "QEMU USB HARDDRIVE"],
    ] as const) {
      ports.set(name, await portOf(product));
    }
    const usb = (name: string) => ({ port: ports.get(name)!, interfaces: [0] });
    const hid = (name: string) => ({ driver: driver("hid"), usb: usb(name), limits: SLOW_LIMITS });
    const storage = {
      driver: driver("mass-storage"),
      usb: usb("storage"),
      // QEMU does not bear transfers ahead of their command.
      settings: { queue: 0, "timeout-ms": 60_000 },
      limits: SLOW_LIMITS,
    };
    const devices = { keyboard: hid("keyboard"), mouse: hid("mouse"), tablet: hid("tablet"), storage };
    board = await host.open(await boardFile({ devices }));
  });

  afterAll(async () => {
    await board?.[Symbol.asyncDispose]();
    await monitor?.[Symbol.asyncDispose]();
    await udevd[Symbol.asyncDispose]();
  });

  /** Plugs a device in where it was. QEMU needs a moment until the one before has let go of its name and its medium. */
  async function plug(device: { readonly id: string; readonly [property: string]: unknown }): Promise<void> {
    const port = ports.get(device.id)!.split("-")[1];
    await waitFor("let QEMU plug it in", async () => {
      try {
        await monitor.execute("device_add", { ...device, bus: "xhci.0", port });
        return true;
      } catch (error) {
        if (!/Duplicate|conflict/.test((error as Error).message)) throw error;
        return undefined;
      }
    });
  }

  async function nextReport(hid: Hid): Promise<HidRawReport> {
    const report = await hid.readRaw({ timeoutMs: 30_000 });
    if (report === undefined) throw new Error(`${hid.info.product} sent nothing for half a minute.`);
    return report;
  }

  async function typed(
    keyboard: Hid,
    events: readonly QemuInputEvent[],
  ): Promise<[string | undefined, boolean][]> {
    const descriptor = parseReportDescriptor(keyboard.reportDescriptor);
    const decoder = new KeyboardDecoder();
    const heard: [string | undefined, boolean][] = [];
    // QEMU forgets what comes when sixteen events wait.
    for (let first = 0; first < events.length; first += 8) {
      const some = events.slice(first, first + 8);
      await monitor.input(some);
      // A report without a change, which QEMU sends now and then, is none of them.
      for (const end = heard.length + some.length; heard.length < end; ) {
        const { data } = await nextReport(keyboard);
        const decoded = decodeReport(descriptor, "input", data);
        heard.push(
          ...decoder
            .apply(decoded)
            .map(({ usage, pressed }) => [keyCode(usage & 0xffff), pressed] as [string, boolean]),
        );
      }
    }
    return heard;
  }

  it("keys arrive, in order; the keyboard is taken from usbhid and given back", async () => {
    const port = ports.get("keyboard")!;
    expect(await kernelDriverOf(port, 0)).toBe("usbhid");
    {
      await using keyboard = await board.hid("keyboard");
      expect(await kernelDriverOf(port, 0)).toBe("usbfs");
      expect(keyboard.info).toMatchObject({ product: "QEMU USB Keyboard", bootInterface: "keyboard" });
      const strokes = [..."busbar"].flatMap((letter) => [key(letter, true), key(letter, false)]);
      const heard = await typed(keyboard, [
        ...[key("shift", true), key("h", true), key("h", false), key("shift", false)],
        ...strokes,
        ...[key("ctrl_r", true), key("f12", true), key("f12", false), key("ctrl_r", false)],
      ]);
      expect(heard).toEqual([
        ...[
          ["ShiftLeft", true],
          ["KeyH", true],
          ["KeyH", false],
          ["ShiftLeft", false],
        ],
        ...[..."BUSBAR"].flatMap((letter) => [
          [`Key${letter}`, true],
          [`Key${letter}`, false],
        ]),
        ...[
          ["ControlRight", true],
          ["F12", true],
          ["F12", false],
          ["ControlRight", false],
        ],
      ]);
    }
    expect(await kernelDriverOf(port, 0)).toBe("usbhid");
  });

  /** Makes QEMU give what it is told by `input` to this device, and not to another that has buttons, too. */
  async function select(hid: Hid, name: string): Promise<void> {
    const mice = (await monitor.execute("query-mice")) as { name: string; index: number }[];
    const { index } = mice.find((each) => each.name === name)!;
    await monitor.execute("human-monitor-command", { "command-line": `mouse_set ${index}` });
    // What another test left.
    while ((await hid.readRaw({ timeoutMs: 500 })) !== undefined);
  }

  it("the mouse moves, and its buttons and wheel too", async () => {
    await using mouse = await board.hid("mouse");
    await select(mouse, "QEMU HID Mouse");
    const descriptor = parseReportDescriptor(mouse.reportDescriptor);
    const decoder = new MouseDecoder();
    const random = new Random(1);
    for (let count = 0; count < 20; count += 1) {
      const [x, y] = [1 + random.below(127), -1 - random.below(127)];
      await monitor.input([axis("rel", "x", x), axis("rel", "y", y)]);
      const { data } = await nextReport(mouse);
      expect(decoder.apply(decodeReport(descriptor, "input", data))).toMatchObject({
        movementX: x,
        movementY: y,
      });
    }
    const steps = [
      ["left", true, 1, 0],
      ["right", true, 3, 0],
      ["left", false, 2, 0],
      ["right", false, 0, 0],
      ["wheel-up", true, 0, 1],
      ["wheel-down", true, 0, -1],
    ] as const;
    for (const [name, down, buttons, wheel] of steps) {
      await monitor.input([button(name, down)]);
      const { data } = await nextReport(mouse);
      expect(decoder.apply(decodeReport(descriptor, "input", data)), name).toMatchObject({ buttons, wheel });
    }
  });

  it("the tablet says where it is", async () => {
    await using tablet = await board.hid("tablet");
    await select(tablet, "QEMU HID Tablet");
    const descriptor = parseReportDescriptor(tablet.reportDescriptor);
    const decoder = new MouseDecoder();
    const random = new Random(2);
    const places = Array.from({ length: 20 }, () => [random.below(32_768), random.below(32_768)] as const);
    for (const [x, y] of [[0, 0] as const, [ABSOLUTE_MAXIMUM, ABSOLUTE_MAXIMUM] as const, ...places]) {
      await monitor.input([axis("abs", "x", x), axis("abs", "y", y)]);
      const { data } = await nextReport(tablet);
      const { position } = decoder.apply(decodeReport(descriptor, "input", data))!;
      expect(position!.x * ABSOLUTE_MAXIMUM).toBeCloseTo(x, 6);
      expect(position!.y * ABSOLUTE_MAXIMUM).toBeCloseTo(y, 6);
    }
  });

  it("the disk is read and written, and QEMU's file says the same", { timeout: 300_000 }, async () => {
    await using storage = await board.blockDevice("storage");
    const { blockSize, blockCount, vendor, maximumTransferBlocks } = await storage.info();
    expect([vendor, blockSize, blockCount]).toEqual(["QEMU", BLOCK_BYTES, 32_768]);
    const expected = Buffer.from(readFileSync(qemuMedium()));
    const hash = createHash("sha256");
    const start = performance.now();
    const end = blockCount * host.portionOfBytes;
    for (let block = 0; block < end; block += maximumTransferBlocks) {
      hash.update(await storage.read(block, Math.min(maximumTransferBlocks, end - block)));
    }
    console.log(
      `read ${end * BLOCK_BYTES} bytes of usb-storage in ${Math.round(performance.now() - start)} ms`,
    );
    expect(hash.digest("hex")).toBe(digest(expected.subarray(0, end * BLOCK_BYTES)));

    const random = new Random(3);
    for (let count = 0; count < times(host, 20); count += 1) {
      const data = random.bytes((1 + random.below(256)) * BLOCK_BYTES);
      const first = random.below(blockCount - 256);
      expected.set(data, first * BLOCK_BYTES);
      await storage.write(first, data);
    }
    await storage.flush();
    expect(digest(readFileSync(qemuMedium()))).toBe(digest(expected));
  });

  it("a disk that is pulled out while it is read ends in a typed error, and comes back", {
    timeout: 300_000,
  }, async () => {
    const random = new Random(4);
    for (let round = 0; round < 5; round += 1) {
      const storage = await openAgain(() => board.blockDevice("storage"));
      const reading = (async () => {
        for (;;) await storage.read(random.below(30_000), 1 + random.below(256));
      })();
      const ended = reading.catch((error: { code: string }) => error.code);
      await monitor.execute("device_del", { id: "storage" });
      // A transfer that is on the wire at that moment may fail as such before anybody knows why.
      expect(["disconnected", "bus"]).toContain(await ended);
      await plug({ driver: "usb-storage", id: "storage", drive: "medium", removable: true });
    }
    await using storage = await openAgain(() => board.blockDevice("storage"));
    expect(digest(await storage.read(0, 8))).toBe(
      digest(readFileSync(qemuMedium()).subarray(0, 8 * BLOCK_BYTES)),
    );
  });

  it("a keyboard that is pulled out while it is read ends in a typed error, and comes back", async () => {
    const keyboard = await board.hid("keyboard");
    const reading = expect(keyboard.readRaw()).rejects.toMatchObject({
      code: expect.stringMatching(/^(disconnected|bus)$/),
    });
    await monitor.execute("device_del", { id: "keyboard" });
    await reading;
    await plug({ driver: "usb-kbd", id: "keyboard" });
    await using again = await openAgain(() => board.hid("keyboard"));
    expect(await typed(again, [key("a", true), key("a", false)])).toEqual([
      ["KeyA", true],
      ["KeyA", false],
    ]);
  });
});
