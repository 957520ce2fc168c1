/** The disk and echo models on the bare machine. */

import { openBoard } from "@busbar/host-node";
import { Disk, MemoryMedium } from "@busbar/mass-storage/model";
import { SimulatedUsb } from "@busbar/sim";
import { UsbEcho } from "@busbar/usb-echo/model";
import { profiled } from "../profile.ts";
import { type DiskEffort, type DiskPair, diskRows, sequentialRead } from "./disk.ts";
import { echoCosts, PlainEcho } from "./echo.ts";
import { PlainDisk } from "./plain-disk.ts";
import { preciseClock } from "./precise-clock.ts";
import { diskTable, echoTable } from "./report.ts";

const MIB = 1024 * 1024;
const blockSize = 512;
const effort: DiskEffort = { passBytes: 16 * MIB, rounds: 7, commands: 500 };

/** Prints the tables of the models. */
export async function reportModels(): Promise<void> {
  await using fast = await openPair(undefined, 1);
  console.log(diskTable("disk model without timing", await diskRows(fast, effort)));
  const share = await profiled(async () => {
    for (let block = 0; block + 8 <= (8 * MIB) / blockSize; block += 8) await fast.component.read(block, 8);
  });
  console.log(`Where the time of sequential 4 KiB reads goes: ${share}.\n`);
  for (const megabytes of [40, 400]) {
    for (const queue of [1, 2]) {
      await using pair = await openPair(megabytes * 1e6, queue);
      const rows = [];
      for (const kib of [64, 512]) rows.push(await sequentialRead(pair, kib, effort));
      console.log(
        diskTable(`disk model of ${megabytes} MB/s, ${queue} command${queue > 1 ? "s" : ""} ahead`, rows),
      );
    }
  }
  await measureEcho();
}

async function measureEcho(): Promise<void> {
  const usb = () => {
    const bus = new SimulatedUsb(preciseClock);
    bus.plug("1-1", new UsbEcho());
    return bus;
  };
  const driver = "@busbar/usb-echo";
  await using board = await openBoard(
    { devices: { echo: { driver, usb: { class: "0xff" }, limits: { callMs: 600_000 } } } },
    { usb: [usb()], i2c: [], folder: import.meta.dirname },
  );
  await using echo = await board.usbEcho("echo");
  const plain = await PlainEcho.open(usb());
  console.log(
    echoTable("echo model, 32 bytes, bulk", await echoCosts(echo, plain, { rounds: 15, trips: 300 })),
  );
  const share = await profiled(() => echo.run("bulk", 32, 10_000));
  console.log(`Where the time of round trips inside goes: ${share}.\n`);
  await plain.close();
}

/** Two disks that are alike, one for the component and one for the plain loop. */
async function openPair(
  bytesPerSecond: number | undefined,
  queue: number,
): Promise<DiskPair & AsyncDisposable> {
  // Beyond the pass: the last blocks of a medium are read one by one, as Linux does.
  const medium = new MemoryMedium(effort.passBytes + MIB);
  // What is faster than high speed can be is on a port that can do more.
  const speed = bytesPerSecond !== undefined && bytesPerSecond <= 60e6 ? "high" : "super";
  const usb = () => {
    const bus = new SimulatedUsb(preciseClock);
    bus.plug("1-1", new Disk({ units: [{ medium }], bytesPerSecond, speed }, preciseClock));
    return bus;
  };
  const driver = "@busbar/mass-storage";
  const board = await openBoard(
    { devices: { stick: { driver, usb: { class: "0x08" }, settings: { queue } } } },
    { usb: [usb()], i2c: [], folder: import.meta.dirname, clock: preciseClock },
  );
  const component = await board.blockDevice("stick");
  const plain = await PlainDisk.open(usb(), blockSize);
  return {
    component,
    plain,
    queue,
    async [Symbol.asyncDispose]() {
      await plain.close();
      await board[Symbol.asyncDispose]();
    },
  };
}
