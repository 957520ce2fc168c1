/**
 * Three drivers on one composite gadget, which is pulled out in the middle of what they do, again and again: on Node on one board.
 * On the others two of them, for which apps can ask, on a board each, for an app makes one call after the other.
 */
import { readdirSync, readlinkSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { BlockDevice, OpenBoard, SerialPort, UsbEcho } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { Gadget, inVirtualMachine, startUdevd } from "@busbar/lab/guest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BoardUnderTest, boardFile, describeOn, hostsWithoutNode, isWhole, times } from "./hosts.ts";
import { driver } from "./native-program.ts";
import { gadgetGrant, memory, openAgain, Random, SLOW_LIMITS } from "./support.ts";

const PRODUCT_ID = 0x0014;
/** A round takes six to ten seconds where the processor is emulated. */
const ROUNDS = Number(process.env.BUSBAR_UNPLUG_ROUNDS ?? (isWhole ? 20 : 10));
/** Until then, what is made once is made. */
const WARM_UP_ROUNDS = 5;
const DISK_BYTES = 8 * 1024 * 1024;
const BLOCK_BYTES = 512;

/** How many device files of USB this process has open. */
function openUsbFiles(): number {
  const targets = readdirSync("/proc/self/fd").map((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`);
    } catch {
      // That of the listing itself.
      return "";
    }
  });
  return targets.filter((target) => target.startsWith("/dev/bus/usb")).length;
}

/** A gadget with a loopback, a disk and a serial port. */
async function compositeGadget(folder: string): Promise<Gadget> {
  const disk = join(folder, "disk");
  await writeFile(disk, new Uint8Array(DISK_BYTES));
  return new Gadget({
    name: "composite",
    productId: PRODUCT_ID,
    functions: [
      { name: "Loopback.0" },
      { name: "mass_storage.stick", attributes: { "lun.0/file": disk } },
      { name: "acm.console" },
    ],
  });
}

async function accessDisk(stick: BlockDevice, random: Random): Promise<never> {
  for (;;) {
    const [first, count] = [random.below(DISK_BYTES / BLOCK_BYTES - 64), 1 + random.below(64)];
    if (random.below(2) === 0) await stick.read(first, count);
    else await stick.write(first, new Uint8Array(count * BLOCK_BYTES));
  }
}

async function writeEndlessly(port: SerialPort, random: Random): Promise<never> {
  for (;;) await port.write(new Uint8Array(1 + random.below(5000)));
}

async function readEndlessly(port: SerialPort): Promise<never> {
  for (;;) await port.read();
}

/** How a call ended: with which error. */
function endingOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "finished",
    (error: { code?: string }) => error.code ?? String(error),
  );
}

/** A transfer that is on the wire when the device leaves may fail as such before anybody knows why. */
const ENDINGS = ["disconnected", "bus"];

/** Expects both to work. */
async function expectWorking(stick: BlockDevice, port: SerialPort): Promise<void> {
  await stick.write(7, new Uint8Array(BLOCK_BYTES).fill(7));
  expect(await stick.read(7, 1)).toEqual(new Uint8Array(BLOCK_BYTES).fill(7));
  expect((await port.lineState()).overrun).toBe(false);
}

describe.runIf(inVirtualMachine())("a device that is pulled out, on node", () => {
  let udevd: AsyncDisposable;
  let folder: string;
  let gadget: Gadget;
  let board: OpenBoard;
  const random = new Random(200);

  beforeAll(async () => {
    udevd = await startUdevd();
    folder = await mkdtemp("/dev/shm/busbar-unplug-");
    gadget = await compositeGadget(folder);
    gadget.plug();
    const limits = SLOW_LIMITS;
    board = await openBoard(
      {
        devices: {
          echo: { driver: "@busbar/usb-echo", usb: gadgetGrant(PRODUCT_ID, [0]), limits },
          stick: { driver: "@busbar/mass-storage", usb: gadgetGrant(PRODUCT_ID, [1]), limits },
          console: { driver: "@busbar/cdc-acm", usb: gadgetGrant(PRODUCT_ID, [2, 3]), limits },
        },
      },
      { folder: import.meta.dirname },
    );
  });

  afterAll(async () => {
    await board?.[Symbol.asyncDispose]();
    gadget?.remove();
    await rm(folder, { recursive: true, force: true });
    await udevd[Symbol.asyncDispose]();
  });

  /** Opens all three. */
  async function openAll(): Promise<{ echo: UsbEcho; stick: BlockDevice; port: SerialPort }> {
    return {
      echo: await openAgain(() => board.usbEcho("echo")),
      stick: await openAgain(() => board.blockDevice("stick")),
      port: await openAgain(() => board.serialPort("console")),
    };
  }

  it(`${ROUNDS} times ends every call in a typed error, and works when it is back`, {
    timeout: ROUNDS * 30_000,
  }, async () => {
    const start = performance.now();
    const endings = new Map<string, number>();
    let warm: ReturnType<typeof memory> | undefined;
    for (let round = 0; round < ROUNDS; round += 1) {
      if (round === WARM_UP_ROUNDS) warm = memory();
      const { echo, stick, port } = await openAll();
      const calls = [
        echo.run("bulk", 1 + random.below(4096), 1_000_000),
        accessDisk(stick, random),
        writeEndlessly(port, random),
        readEndlessly(port),
      ].map(endingOf);
      await setTimeout(random.below(300));
      gadget.unplug();
      for (const ending of await Promise.all(calls)) {
        expect(ENDINGS, `round ${round}`).toContain(ending);
        endings.set(ending, (endings.get(ending) ?? 0) + 1);
      }
      gadget.plug();
    }
    const { echo, stick, port } = await openAll();
    expect(await echo.roundTrip("bulk", Uint8Array.of(1, 2, 3))).toEqual(Uint8Array.of(1, 2, 3));
    await expectWorking(stick, port);
    expect(openUsbFiles()).toBe(1);

    const now = memory();
    const kibibytes = (bytes: number) => `${Math.round(bytes / 1024)} KiB`;
    console.log(
      `${ROUNDS} rounds in ${Math.round((performance.now() - start) / 1000)} s, calls ended`,
      Object.fromEntries(endings),
      `in use ${kibibytes(now.used - warm!.used)} more, besides the heap ${kibibytes(now.native - warm!.native)} more`,
    );
    // Three drivers start in each round, and one that stays has a megabyte.
    expect(now.used - warm!.used).toBeLessThan(ROUNDS * 100 * 1024);
    expect(now.native - warm!.native).toBeLessThan(ROUNDS * 1024 * 1024);
  });

  it("leaves nothing open", async () => {
    await board[Symbol.asyncDispose]();
    expect(openUsbFiles()).toBe(0);
  });
});

describeOn(hostsWithoutNode, "a device that is pulled out", (host) => {
  const rounds = times(host, 3);
  const random = new Random(201);
  let folder: string;
  let gadget: Gadget;
  let boards: BoardUnderTest[];

  beforeAll(async () => {
    folder = await mkdtemp("/dev/shm/busbar-unplug-");
    gadget = await compositeGadget(folder);
    gadget.plug();
    const boardOf = async (device: string, name: string, interfaces: number[]) => {
      const entry = { driver: driver(name), usb: gadgetGrant(PRODUCT_ID, interfaces), limits: SLOW_LIMITS };
      return await host.open(await boardFile({ devices: { [device]: entry } }));
    };
    boards = await Promise.all([
      boardOf("stick", "mass-storage", [1]),
      boardOf("console", "cdc-acm", [2, 3]),
    ]);
  });

  afterAll(async () => {
    for (const board of boards ?? []) await board[Symbol.asyncDispose]();
    gadget?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  async function openBoth(): Promise<[BlockDevice, SerialPort]> {
    const [first, second] = boards as [BoardUnderTest, BoardUnderTest];
    return await Promise.all([
      openAgain(() => first.blockDevice("stick")),
      openAgain(() => second.serialPort("console")),
    ]);
  }

  it(`${rounds} times ends every call in a typed error, and works when it is back`, {
    timeout: 60_000 + rounds * 60_000,
  }, async () => {
    for (let round = 0; round < rounds; round += 1) {
      const [stick, port] = await openBoth();
      const calls = [
        accessDisk(stick, random),
        random.below(2) === 0 ? readEndlessly(port) : writeEndlessly(port, random),
      ].map(endingOf);
      await setTimeout(random.below(300));
      gadget.unplug();
      for (const ending of await Promise.all(calls)) expect(ENDINGS, `round ${round}`).toContain(ending);
      gadget.plug();
    }
    await expectWorking(...(await openBoth()));
  });

  it("gives the kernel what it had", async () => {
    for (const board of boards.splice(0)) await board[Symbol.asyncDispose]();
    await gadget.recognised({ 1: "usb-storage", 2: "cdc_acm", 3: "cdc_acm" });
  });
});
