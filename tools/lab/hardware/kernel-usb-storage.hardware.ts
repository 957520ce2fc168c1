/** Our model of a disk, judged by the kernel's own usb-storage, sd and vfat. */

import { randomBytes } from "node:crypto";
import { mkdtemp, open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { nodeClock } from "@busbar/host-node";
import { type AttachedUsbDevice, attachUsbDevice, inVirtualMachine, waitFor } from "@busbar/lab/guest";
import { Disk, type DiskFaultKind, type DiskOptions, MemoryMedium } from "@busbar/mass-storage/model";
import { describe, expect, it } from "vitest";
import { run } from "../src/run.ts";

const MIB = 1024 * 1024;
const READ_10 = 0x28;
const WRITE_10 = 0x2a;
/** Which Node has no name for. */
const ENOMEDIUM = 123;

let serialNumbers = 0;

/** A disk of one unit, and its medium. */
function diskOf(bytes: number, unit: object = {}, options: Partial<DiskOptions> = {}) {
  serialNumbers += 1;
  const medium = new MemoryMedium(bytes);
  const serialNumber = `disk-${serialNumbers}`;
  return { medium, disk: new Disk({ units: [{ medium, ...unit }], serialNumber, ...options }, nodeClock) };
}

/** The block device that a USB device became, once it knows its size. */
async function blockDevice(
  device: AttachedUsbDevice,
): Promise<{ path: string; queue: (name: string) => Promise<string> }> {
  const name = await device.find(/\/block\/sd[a-z]$/);
  const text = async (file: string) => (await readFile(`/sys/block/${name}/${file}`, "utf8")).trim();
  return { path: `/dev/${name}`, queue: text };
}

async function writeAt(path: string, offset: number, data: Uint8Array): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.write(data, 0, data.length, offset);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Everything, or what the kernel says. Its cache is empty after the last user has closed the device. */
async function readAt(path: string, offset: number, length: number): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const data = Buffer.alloc(length);
    for (let count = 0; count < length; ) {
      const { bytesRead } = await file.read(data, count, length - count, offset + count);
      if (bytesRead === 0) throw new Error("The disk ends here.");
      count += bytesRead;
    }
    return data;
  } finally {
    await file.close();
  }
}

/** A file in the root folder of a FAT16 volume: what Microsoft's FAT specification calls fatgen103, sections 3 to 6. */
function fat16File(medium: MemoryMedium, shortName: string): Buffer {
  const volume = Buffer.from(medium.read(0, medium.bytes));
  expect(volume.toString("latin1", 54, 62)).toBe("FAT16   ");
  expect(volume.readUInt16LE(510)).toBe(0xaa55);
  const sectorBytes = volume.readUInt16LE(11);
  const clusterBytes = volume[13]! * sectorBytes;
  const fat = volume.readUInt16LE(14) * sectorBytes;
  const root = fat + volume[16]! * volume.readUInt16LE(22) * sectorBytes;
  const data = root + volume.readUInt16LE(17) * 32;
  const entry = volume.subarray(volume.indexOf(shortName, root, "latin1"));
  const clusters: Buffer[] = [];
  for (
    let cluster = entry.readUInt16LE(26);
    cluster < 0xfff8;
    cluster = volume.readUInt16LE(fat + cluster * 2)
  ) {
    const start = data + (cluster - 2) * clusterBytes;
    clusters.push(volume.subarray(start, start + clusterBytes));
  }
  return Buffer.concat(clusters).subarray(0, entry.readUInt32LE(28));
}

describe.runIf(inVirtualMachine())("the kernel's usb-storage", () => {
  it.each([512, 4096])("writes and reads a disk with blocks of %i bytes", async (blockSize) => {
    const { disk, medium } = diskOf(8 * MIB, { blockSize });
    await using device = await attachUsbDevice(disk);
    const { path, queue } = await blockDevice(device);
    expect(await queue("queue/logical_block_size")).toBe(String(blockSize));
    expect(await queue("size")).toBe(String((8 * MIB) / 512));
    expect(await queue("device/vendor")).toBe("Busbar");

    for (const [offset, length] of [
      [0, blockSize],
      [MIB + 12_288, 300_000],
      [8 * MIB - 65_536, 65_536],
    ] as const) {
      const data = randomBytes(length);
      await writeAt(path, offset, data);
      expect(data.equals(medium.read(offset, length)), `written at ${offset}`).toBe(true);
      const other = randomBytes(length);
      medium.write(offset, other);
      expect((await readAt(path, offset, length)).equals(other), `read at ${offset}`).toBe(true);
    }
  });

  it("makes a FAT volume, and a file in it that the medium has", async () => {
    const { disk, medium } = diskOf(16 * MIB);
    await using device = await attachUsbDevice(disk);
    const { path } = await blockDevice(device);
    await run("mkfs.vfat", ["-F", "16", "-s", "4", path]);
    const folder = await mkdtemp("/tmp/busbar-vfat-");
    await run("mount", ["-t", "vfat", path, folder]);
    const content = randomBytes(200_000);
    await writeFile(join(folder, "HELLO.BIN"), content);
    await run("umount", [folder]);
    expect(fat16File(medium, "HELLO   BIN").equals(content)).toBe(true);

    await run("mount", ["-t", "vfat", "-o", "ro", path, folder]);
    expect((await readFile(join(folder, "HELLO.BIN"))).equals(content)).toBe(true);
    await run("umount", [folder]);
  });

  it("does not write to a write-protected disk", async () => {
    const { disk, medium } = diskOf(MIB, { readOnly: true });
    medium.write(0, Buffer.from("protected"));
    await using device = await attachUsbDevice(disk);
    const { path, queue } = await blockDevice(device);
    // sd clears the flag each time that it looks at the medium, before it has asked whether it is protected.
    await waitFor("find the disk protected", async () => (await queue("ro")) === "1" || undefined);
    expect((await readAt(path, 0, 9)).toString()).toBe("protected");
    await expect(writeAt(path, 0, new Uint8Array(512))).rejects.toMatchObject({
      code: expect.stringMatching(/^(EACCES|EROFS|EPERM)$/),
    });
    expect(Buffer.from(medium.read(0, 9)).toString()).toBe("protected");
  });

  it("recovers from every fault of a command, and reads what the medium has", async () => {
    const { disk, medium } = diskOf(4 * MIB, {}, { stallShort: true, stallMaxLun: true });
    await using device = await attachUsbDevice(disk);
    const { path } = await blockDevice(device);
    const faults: DiskFaultKind[] = [
      ...(["stall-command", "stall-data", "stall-status", "short-data", "no-data"] as const),
      ...(["wrong-tag", "bad-signature", "phase-error", "fail"] as const),
    ];
    for (const [index, fault] of faults.entries()) {
      const data = randomBytes(20_000);
      medium.write(index * 131_072, data);
      const before = disk.units[0]!.commands.length;
      // An aborted command, which the kernel tries again.
      disk.inject({ fault, operation: READ_10, sense: [0x0b, 0, 0] });
      expect((await readAt(path, index * 131_072, data.length)).equals(data), fault).toBe(true);
      const reads = disk.units[0]!.commands.slice(before).filter((operation) => operation === READ_10);
      // A stalled status is asked for again, and everything else as a new command: BOT 1.0 sections 5.3.3 and 6.7.
      expect(reads.length > 1, `tried again after ${fault}`).toBe(fault !== "stall-status");
      disk.clearFaults();
    }
  });

  it("shows every unit of a card reader, and which of them has no medium", async () => {
    const medium = new MemoryMedium(MIB);
    const disk = new Disk({ units: [{}, { medium }], serialNumber: "reader" }, nodeClock);
    await using device = await attachUsbDevice(disk);
    const second = await device.find(/0:0:1\/block\/sd[a-z]$/);
    const first = await device.find(/0:0:0\/block\/sd[a-z]$/);
    expect((await readFile(`/sys/block/${second}/size`, "utf8")).trim()).toBe(String(MIB / 512));
    expect((await readFile(`/sys/block/${first}/size`, "utf8")).trim()).toBe("0");
    await expect(open(`/dev/${first}`, "r")).rejects.toMatchObject({ errno: -ENOMEDIUM });
  });

  it.each(["by hand", "by a fault"])(
    "ends a write to a disk that is unplugged %s, and takes the next one",
    async (how) => {
      const { disk, medium } = diskOf(64 * MIB, {}, { bytesPerSecond: 2_000_000 });
      {
        await using device = await attachUsbDevice(disk);
        const { path } = await blockDevice(device);
        if (how === "by a fault") disk.inject({ fault: "unplug", operation: WRITE_10, command: 3 });
        const ended = expect(writeAt(path, 0, randomBytes(16 * MIB))).rejects.toMatchObject({
          code: expect.stringMatching(/^(EIO|ENODEV|ENXIO)$/),
        });
        if (how === "by hand") {
          const { commands } = disk.units[0]!;
          await waitFor("write to the disk", () => commands.includes(WRITE_10) || undefined);
          await device.unplug();
        }
        await ended;
      }
      const data = randomBytes(10_000);
      medium.write(MIB, data);
      await using again = await attachUsbDevice(disk);
      const { path } = await blockDevice(again);
      expect((await readAt(path, MIB, data.length)).equals(data)).toBe(true);
    },
  );
});
