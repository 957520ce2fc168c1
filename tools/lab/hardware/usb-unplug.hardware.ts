/** Three drivers on one composite gadget, which is pulled out in the middle of what they do, again and again. */
import { readdirSync, readlinkSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { BlockDevice, OpenBoard, SerialPort, UsbEcho } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { Gadget, inVirtualMachine, startUdevd } from "@busbar/lab/guest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isWhole } from "./hosts.ts";
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

describe.runIf(inVirtualMachine())("a device that is pulled out", () => {
  let udevd: AsyncDisposable;
  let folder: string;
  let gadget: Gadget;
  let board: OpenBoard;
  const random = new Random(200);

  beforeAll(async () => {
    udevd = await startUdevd();
    folder = await mkdtemp("/dev/shm/busbar-unplug-");
    const disk = join(folder, "disk");
    await writeFile(disk, new Uint8Array(DISK_BYTES));
    gadget = new Gadget({
      name: "composite",
      productId: PRODUCT_ID,
      functions: [
        { name: "Loopback.0" },
        { name: "mass_storage.stick", attributes: { "lun.0/file": disk } },
        { name: "acm.console" },
      ],
    });
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

  async function accessDisk(stick: BlockDevice): Promise<never> {
    for (;;) {
      const [first, count] = [random.below(DISK_BYTES / BLOCK_BYTES - 64), 1 + random.below(64)];
      if (random.below(2) === 0) await stick.read(first, count);
      else await stick.write(first, new Uint8Array(count * BLOCK_BYTES));
    }
  }

  async function writeEndlessly(port: SerialPort): Promise<never> {
    for (;;) await port.write(new Uint8Array(1 + random.below(5000)));
  }

  async function readEndlessly(port: SerialPort): Promise<never> {
    for (;;) await port.read();
  }

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
        accessDisk(stick),
        writeEndlessly(port),
        readEndlessly(port),
      ].map((call) =>
        call.then(
          () => "finished",
          (error: { code?: string }) => error.code ?? String(error),
        ),
      );
      await setTimeout(random.below(300));
      gadget.unplug();
      for (const ending of await Promise.all(calls)) {
        // A transfer that is on the wire at that moment may fail as such before anybody knows why.
        expect(["disconnected", "bus"], `round ${round}`).toContain(ending);
        endings.set(ending, (endings.get(ending) ?? 0) + 1);
      }
      gadget.plug();
    }
    const { echo, stick, port } = await openAll();
    expect(await echo.roundTrip("bulk", Uint8Array.of(1, 2, 3))).toEqual(Uint8Array.of(1, 2, 3));
    await stick.write(7, new Uint8Array(BLOCK_BYTES).fill(7));
    expect(await stick.read(7, 1)).toEqual(new Uint8Array(BLOCK_BYTES).fill(7));
    expect((await port.lineState()).overrun).toBe(false);
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
