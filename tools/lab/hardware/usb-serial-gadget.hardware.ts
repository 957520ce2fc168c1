/** The cdc-acm component on every host against the kernel's serial gadget: drivers/usb/gadget/function/f_acm.c. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { closeSync, constants, openSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { ReadStream } from "node:tty";
import type { SerialPort } from "@busbar/host";
import { Gadget, startUdevd } from "@busbar/lab/guest";
import { afterAll, beforeAll, expect, it } from "vitest";
import { run } from "../src/run.ts";
import { type BoardUnderTest, boardFile, describeOn, type Ended, hosts } from "./hosts.ts";
import { driver } from "./native-program.ts";
import { gadgetGrant, Random, SLOW_LIMITS } from "./support.ts";

const PRODUCT_ID = 0x0011;
const MEBIBYTE = 1024 * 1024;

const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

describeOn(hosts, "the kernel's serial gadget", (host) => {
  const length = MEBIBYTE * host.portionOfBytes;
  let udevd: AsyncDisposable;
  let gadget: Gadget;
  /** None on a host without the command. */
  let diagnosed: Ended | undefined;
  let board: BoardUnderTest;
  let port: SerialPort;
  let fromDriver: ReadStream;
  let fromDriverFile: number;
  /** No stream: Node's streams write to a terminal in this thread, and the driver runs in it, too. */
  let toDriver: FileHandle;

  beforeAll(async () => {
    udevd = await startUdevd();
    gadget = new Gadget({ name: "console", productId: PRODUCT_ID, functions: [{ name: "acm.console" }] });
    gadget.plug();
    await gadget.recognised({ 0: "cdc_acm", 1: "cdc_acm" });
    const file = gadget.deviceFile("acm.console");
    fromDriverFile = openSync(file, constants.O_RDWR | constants.O_NOCTTY);
    fromDriver = new ReadStream(fromDriverFile);
    toDriver = await open(file, constants.O_WRONLY | constants.O_NOCTTY);
    // Every byte as it is; Node's own raw mode puts a carriage return before each line feed.
    await run("stty", ["--file", file, "raw", "-echo"]);
    const usb = gadgetGrant(PRODUCT_ID, [0, 1]);
    const devices = { console: { driver: driver("cdc-acm"), usb, limits: SLOW_LIMITS } };
    const path = await boardFile({ devices });
    if (await host.has("doctor")) diagnosed = await host.run("doctor", path);
    board = await host.open(path);
    port = await board.serialPort("console");
  });

  afterAll(async () => {
    await board?.[Symbol.asyncDispose]();
    fromDriver.destroy();
    await once(fromDriver, "close");
    // The stream opened the terminal again. Until all are closed, the gadget cannot be removed.
    closeSync(fromDriverFile);
    await toDriver?.close();
    gadget?.remove();
    await udevd[Symbol.asyncDispose]();
  });

  it("doctor finds it, and who has it", ({ skip }) => {
    if (diagnosed === undefined) return skip("it has no doctor");
    expect(diagnosed.stdout).toContain("ok   udevd runs, so USB devices may come and go.\n");
    expect(diagnosed.stdout).toMatch(
      /^ok {3}console: The USB device is 0x1209:0x0011 on port [0-9.-]+, and this user may use it; its driver takes interface 0 from cdc_acm, interface 1 from cdc_acm while it runs\.$/m,
    );
  });

  /** Now and then somebody has something else to do. */
  async function pause(random: Random): Promise<void> {
    if (random.below(8) === 0) await setTimeout(random.below(200));
  }

  async function gadgetWrites(bytes: Uint8Array, random: Random): Promise<void> {
    for (let offset = 0; offset < bytes.length; ) {
      const { bytesWritten } = await toDriver.write(
        bytes.subarray(offset, offset + 1 + random.below(20_000)),
      );
      offset += bytesWritten;
      await pause(random);
    }
  }

  async function gadgetReads(length: number, random: Random): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for (let got = 0; got < length; ) {
      const part = fromDriver.read() as Buffer | null;
      if (part === null) {
        await once(fromDriver, "readable");
      } else {
        parts.push(part);
        got += part.length;
        await pause(random);
      }
    }
    return Buffer.concat(parts);
  }

  async function driverWrites(bytes: Uint8Array, random: Random): Promise<void> {
    for (let offset = 0; offset < bytes.length; ) {
      const piece = bytes.subarray(offset, offset + 1 + random.below(40_000));
      await port.write(piece);
      offset += piece.length;
      await pause(random);
    }
    await port.drain();
  }

  async function driverReads(length: number, random: Random): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for (let got = 0; got < length; ) {
      const part = await port.read({ maxBytes: 1 + random.below(30_000), timeoutMs: 60_000 });
      if (part.length === 0) throw new Error(`Nothing came for a minute after ${got} of ${length} bytes.`);
      parts.push(part);
      got += part.length;
      await pause(random);
    }
    return Buffer.concat(parts);
  }

  it("is recognized, and takes the line settings", async () => {
    expect(port.info).toMatchObject({ productId: PRODUCT_ID });
    const settings = { baudRate: 57_600, dataBits: 7, parity: "even", stopBits: "two" } as const;
    await port.setLineSettings(settings);
    expect(await port.lineSettings()).toEqual(settings);
  });

  it(`${length} bytes from the gadget arrive whole`, { timeout: 300_000 }, async () => {
    const bytes = new Random(1).bytes(length);
    const start = performance.now();
    const [received] = await Promise.all([
      driverReads(bytes.length, new Random(2)),
      gadgetWrites(bytes, new Random(3)),
    ]);
    console.log(`read ${length} bytes in ${Math.round(performance.now() - start)} ms`);
    expect(digest(received)).toBe(digest(bytes));
    expect((await port.lineState()).overrun).toBe(false);
  });

  it(`${length} bytes to the gadget arrive whole`, { timeout: 300_000 }, async () => {
    const bytes = new Random(4).bytes(length);
    const start = performance.now();
    const [received] = await Promise.all([
      gadgetReads(bytes.length, new Random(5)),
      driverWrites(bytes, new Random(6)),
    ]);
    console.log(`wrote ${length} bytes in ${Math.round(performance.now() - start)} ms`);
    expect(digest(received)).toBe(digest(bytes));
  });

  it("a quarter of that each way at once arrives whole", { timeout: 300_000 }, async () => {
    const [down, up] = [new Random(7).bytes(length / 4), new Random(8).bytes(length / 4)];
    const [received, sent] = await Promise.all([
      driverReads(down.length, new Random(9)),
      gadgetReads(up.length, new Random(10)),
      gadgetWrites(down, new Random(11)),
      driverWrites(up, new Random(12)),
    ]);
    expect(digest(received)).toBe(digest(down));
    expect(digest(sent)).toBe(digest(up));
  });
});
