/** The hid component on every host against the kernel's HID gadget: drivers/usb/gadget/function/f_hid.c. */
import { constants } from "node:fs";
import { type FileHandle, mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  BOOT_KEYBOARD_DESCRIPTOR,
  buildKeyboardLeds,
  decodeReport,
  KeyboardDecoder,
  MouseDecoder,
  parseReportDescriptor,
} from "@busbar/hid";
import type { Hid, HidReport } from "@busbar/host";
import { Gadget, startUdevd, waitFor } from "@busbar/lab/guest";
import { afterAll, beforeAll, expect, it } from "vitest";
import { run } from "../src/run.ts";
import { type BoardUnderTest, boardFile, describeOn, hosts, times } from "./hosts.ts";
import { driver } from "./native-program.ts";
import { gadgetGrant, Random, SLOW_LIMITS } from "./support.ts";

const PRODUCT_ID = 0x0010;

/** A mouse with buttons, a wheel, and movements of 12 bits, which share a byte. */
const MOUSE_DESCRIPTOR = Uint8Array.of(
  ...[0x05, 0x01], // Usage Page (Generic Desktop)
  ...[0x09, 0x02], // Usage (Mouse)
  ...[0xa1, 0x01], // Collection (Application)
  ...[0x09, 0x01], //   Usage (Pointer)
  ...[0xa1, 0x00], //   Collection (Physical)
  ...[0x05, 0x09, 0x19, 0x01, 0x29, 0x08], // Usage Page (Button), 1 to 8
  ...[0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x08, 0x81, 0x02], // Input (Data, Variable, Absolute), 8 times 1 bit
  ...[0x05, 0x01, 0x09, 0x30, 0x09, 0x31], // X and Y
  ...[0x16, 0x01, 0xf8, 0x26, 0xff, 0x07, 0x75, 0x0c, 0x95, 0x02, 0x81, 0x06], // -2047 to 2047, relative, 12 bits each
  ...[0x09, 0x38, 0x15, 0x81, 0x25, 0x7f, 0x75, 0x08, 0x95, 0x01, 0x81, 0x06], // Wheel
  ...[0xc0],
  ...[0x06, 0x00, 0xff, 0x09, 0x01], // a vendor's feature report of 4 bytes, and an output report of 3
  ...[0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95, 0x04, 0xb1, 0x02],
  ...[0x09, 0x02, 0x95, 0x03, 0x91, 0x02],
  ...[0xc0],
);

/** Ids of modifiers on the keyboard page: E0 to E7. */
const FIRST_MODIFIER = 0xe0;
const KEYBOARD_PAGE = 0x0007_0000;

interface Stroke {
  readonly report: Uint8Array;
  readonly usage: number;
  readonly pressed: boolean;
  readonly modifierBits: number;
  /** All that are down then, in order. */
  readonly down: readonly number[];
}

/** Somebody types: each report has one key more or less than the one before. */
function* strokes(random: Random): Generator<Stroke, never, void> {
  const keys: number[] = [];
  let modifierBits = 0;
  for (;;) {
    const id = random.below(5) === 0 ? FIRST_MODIFIER + random.below(8) : 4 + random.below(98);
    let pressed: boolean;
    let usage = KEYBOARD_PAGE + id;
    if (id >= FIRST_MODIFIER) {
      modifierBits ^= 1 << (id - FIRST_MODIFIER);
      pressed = (modifierBits & (1 << (id - FIRST_MODIFIER))) !== 0;
    } else {
      pressed = !keys.includes(id) && keys.length < 6;
      if (pressed) keys.push(id);
      else usage = KEYBOARD_PAGE + keys.splice(Math.max(keys.indexOf(id), 0), 1)[0]!;
    }
    const modifiers = Array.from({ length: 8 }, (_, bit) => FIRST_MODIFIER + bit).filter(
      (_, bit) => (modifierBits & (1 << bit)) !== 0,
    );
    const report = new Uint8Array(8);
    report.set([modifierBits, 0, ...keys]);
    yield { report, usage, pressed, modifierBits, down: [...modifiers, ...keys].sort((a, b) => a - b) };
  }
}

/** The ids of the keys that a decoded report says are down. */
function keysDown({ values }: HidReport): number[] {
  const active = values.filter(({ number, usage }) => number !== 0 && usage > KEYBOARD_PAGE);
  return active.map(({ usage }) => usage & 0xffff).sort((a, b) => a - b);
}

describeOn(hosts, "the kernel's HID gadget", (host) => {
  let udevd: AsyncDisposable;
  let folder: string;
  let gadget: Gadget;
  let board: BoardUnderTest;
  let keyboard: { hid: Hid; input: FileHandle; output: FileHandle };
  let mouse: { hid: Hid; input: FileHandle; output: FileHandle };

  /** Opens a function from both sides. What the kernel's usbhid set before, is dropped. */
  async function both(name: string, functionName: string) {
    const hid = await board.hid(name);
    const file = gadget.deviceFile(functionName);
    const input = await open(file, constants.O_WRONLY);
    const output = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    while ((await nextReport(output)) !== undefined);
    return { hid, input, output };
  }

  /** What the driver sent; undefined when there is nothing. */
  async function nextReport(output: FileHandle): Promise<number[] | undefined> {
    try {
      const { bytesRead, buffer } = await output.read(new Uint8Array(64), 0, 64);
      return [...buffer.subarray(0, bytesRead)];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") return undefined;
      throw error;
    }
  }
  const sent = (output: FileHandle) => waitFor("hand on the report", () => nextReport(output));

  /** Types as fast as the kernel takes it; by another process, which does not wait for this one. */
  async function type(typed: Generator<Stroke, never, void>, count: number): Promise<void> {
    const reports = Array.from({ length: count }, () => typed.next().value.report);
    const file = join(folder, "strokes");
    await writeFile(file, Buffer.concat(reports));
    await run("dd", [`if=${file}`, `of=${gadget.deviceFile("hid.keyboard")}`, "bs=8", "conv=notrunc"], {
      timeoutMs: 240_000,
    });
  }

  beforeAll(async () => {
    udevd = await startUdevd();
    folder = await mkdtemp("/dev/shm/busbar-hid-");
    gadget = new Gadget({
      name: "desk",
      productId: PRODUCT_ID,
      functions: [
        {
          name: "hid.keyboard",
          attributes: {
            protocol: "1",
            subclass: "1",
            report_length: "8",
            report_desc: BOOT_KEYBOARD_DESCRIPTOR,
          },
        },
        {
          name: "hid.mouse",
          attributes: { report_length: "5", no_out_endpoint: "1", report_desc: MOUSE_DESCRIPTOR },
        },
      ],
    });
    gadget.plug();
    // Taken from the kernel's driver, which has them first.
    await gadget.recognised({ 0: "usbhid", 1: "usbhid" });
    const ofInterface = (number: number) => ({
      driver: driver("hid"),
      usb: gadgetGrant(PRODUCT_ID, [number]),
      limits: SLOW_LIMITS,
    });
    const devices = { keyboard: ofInterface(0), mouse: ofInterface(1) };
    board = await host.open(await boardFile({ devices }));
    keyboard = await both("keyboard", "hid.keyboard");
    mouse = await both("mouse", "hid.mouse");
  });

  afterAll(async () => {
    for (const each of [keyboard, mouse]) {
      await each?.input.close();
      await each?.output.close();
    }
    await board?.[Symbol.asyncDispose]();
    gadget?.remove();
    await rm(folder, { recursive: true, force: true });
    await udevd[Symbol.asyncDispose]();
  });

  it("is described as it describes itself", () => {
    expect(keyboard.hid.info).toMatchObject({ bootInterface: "keyboard", productId: PRODUCT_ID });
    expect(keyboard.hid.reportDescriptor).toEqual(BOOT_KEYBOARD_DESCRIPTOR);
    expect(mouse.hid.info.bootInterface).toBe("none");
    expect(mouse.hid.reportDescriptor).toEqual(MOUSE_DESCRIPTOR);
  });

  it("hundreds of reports arrive as key events, all and in order", { timeout: 300_000 }, async () => {
    const COUNT = host.isBrief ? 10 : times(host, 2000);
    const expected = strokes(new Random(3));
    const descriptor = parseReportDescriptor(keyboard.hid.reportDescriptor);
    const decoder = new KeyboardDecoder();
    const writing = type(strokes(new Random(3)), COUNT);
    const start = performance.now();
    for (let count = 0; count < COUNT; count += 1) {
      const { data } = (await keyboard.hid.readRaw({ timeoutMs: 60_000 }))!;
      const { usage, pressed, modifierBits } = expected.next().value;
      const events = decoder.apply(decodeReport(descriptor, "input", data));
      expect(events, `report ${count}`).toMatchObject([
        { usage, pressed, modifiers: { bits: modifierBits } },
      ]);
    }
    console.log(`${COUNT} reports in ${Math.round(performance.now() - start)} ms`);
    await writing;
    expect(await keyboard.hid.readRaw({ timeoutMs: 0 })).toBeUndefined();
  });

  it("reports decoded by the component say which keys are down", { timeout: 120_000 }, async () => {
    const COUNT = times(host, 240);
    const expected = strokes(new Random(4));
    const writing = type(strokes(new Random(4)), COUNT);
    for (let count = 0; count < COUNT; count += 1) {
      const report = await keyboard.hid.read({ timeoutMs: 60_000 });
      expect(keysDown(report!), `report ${count}`).toEqual(expected.next().value.down);
    }
    await writing;
  });

  it("lights go through the interrupt endpoint, in order", async () => {
    const descriptor = parseReportDescriptor(keyboard.hid.reportDescriptor);
    for (let lights = 0; lights < 8; lights += 1) {
      const [numLock, capsLock, scrollLock] = [1, 2, 4].map((bit) => (lights & bit) !== 0);
      const data = buildKeyboardLeds(descriptor, {
        numLock: numLock!,
        capsLock: capsLock!,
        scrollLock: scrollLock!,
      })!;
      await keyboard.hid.sendRaw("output", { id: 0, data });
      expect(await sent(keyboard.output)).toEqual([lights]);
    }
    const led = keyboard.hid.fields.findIndex(({ kind }) => kind === "output");
    await keyboard.hid.send("output", [{ field: led, usage: 0x0008_0002, number: 1 }]);
    expect(await sent(keyboard.output)).toEqual([2]);
  });

  it("movements of 12 bits, the wheel and the buttons arrive", async () => {
    const random = new Random(12);
    const descriptor = parseReportDescriptor(mouse.hid.reportDescriptor);
    const decoder = new MouseDecoder();
    for (let count = 0; count < times(host, 400); count += 1) {
      const [x, y] = [random.below(4095) - 2047, random.below(4095) - 2047];
      const [buttons, wheel] = [random.below(256), random.below(255) - 127];
      const bits = (x & 0xfff) | ((y & 0xfff) << 12);
      await mouse.input.write(Uint8Array.of(buttons, bits, bits >> 8, bits >> 16, wheel));
      const { data } = (await mouse.hid.readRaw({ timeoutMs: 60_000 }))!;
      const moved = decoder.apply(decodeReport(descriptor, "input", data));
      expect(moved).toMatchObject({ movementX: x, movementY: y, wheel, buttons });
    }
  });

  it("output and feature reports go through the control pipe", async () => {
    await mouse.hid.sendRaw("output", { id: 0, data: Uint8Array.of(1, 2, 3) });
    expect(await sent(mouse.output)).toEqual([1, 2, 3]);
    await mouse.hid.sendRaw("feature", { id: 0, data: Uint8Array.of(9, 8, 7, 6) });
    expect(await sent(mouse.output)).toEqual([9, 8, 7, 6]);
    // The gadget answers with zeros, whatever is asked for.
    expect(await mouse.hid.getRaw("feature")).toEqual({ id: 0, data: new Uint8Array(4) });
  });

  it("what the gadget refuses is a typed error, and the next call works", async () => {
    // With an OUT endpoint it stalls SET_REPORT.
    await expect(keyboard.hid.sendRaw("feature", { id: 0, data: Uint8Array.of(1) })).rejects.toMatchObject({
      code: expect.stringMatching(/^(protocol|invalid-argument)$/),
    });
    await keyboard.input.write(new Uint8Array(8));
    expect(await keyboard.hid.readRaw({ timeoutMs: 60_000 })).toMatchObject({ data: new Uint8Array(8) });
  });

  it("closing gives the interface back to usbhid", async () => {
    expect(await gadget.kernelDriverOf(1)).toBe("usbfs");
    await mouse.hid[Symbol.asyncDispose]();
    await board[Symbol.asyncDispose]();
    expect([await gadget.kernelDriverOf(0), await gadget.kernelDriverOf(1)]).toEqual(["usbhid", "usbhid"]);
  });
});
