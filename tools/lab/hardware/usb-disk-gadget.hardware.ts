/** The mass-storage component on every host against the kernel's disk gadget: f_mass_storage.c, with disks of Linux's tools. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, open, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type FileEntry, openFileSystemAsync } from "@busbar/fat";
import type { BlockDevice } from "@busbar/host";
import { Gadget, startUdevd } from "@busbar/lab/guest";
import { readPartitionsAsync } from "@busbar/mass-storage/partitions";
import { afterAll, beforeAll, expect, it } from "vitest";
import { emptyImage, partitionedImage } from "./disk-image.ts";
import { type BoardUnderTest, boardFile, describeOn, hosts, times } from "./hosts.ts";
import { driver } from "./native-program.ts";
import { gadgetGrant, Random, SLOW_LIMITS } from "./support.ts";

const PRODUCT_ID = 0x0012;
const BLOCK_BYTES = 512;
const MEBIBYTE = 1024 * 1024;
const FUNCTION = "mass_storage.stick";

/** The digest of a part of a file. */
async function digestOfFile(file: string, start = 0, length?: number): Promise<string> {
  const hash = createHash("sha256");
  const end = length === undefined ? undefined : start + length - 1;
  for await (const chunk of createReadStream(file, { start, end })) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}

describeOn(hosts, "the kernel's disk gadget", (host) => {
  let udevd: AsyncDisposable;
  let folder: string;
  let gadget: Gadget;
  let board: BoardUnderTest;
  let stick: BlockDevice;

  /** A file of the machine's memory. */
  const image = (name: string) => join(folder, name);

  /** The digest of blocks, read through the driver in the longest commands there are. */
  async function digestOfBlocks(first: number, count: number): Promise<string> {
    const { maximumTransferBlocks } = await stick.info();
    const hash = createHash("sha256");
    for (let block = first; block < first + count; block += maximumTransferBlocks) {
      hash.update(await stick.read(block, Math.min(maximumTransferBlocks, first + count - block)));
    }
    return hash.digest("hex");
  }

  function speed(what: string, bytes: number, start: number): void {
    const seconds = (performance.now() - start) / 1000;
    console.log(`${what} ${bytes / MEBIBYTE} MiB in ${seconds.toFixed(1)} s`);
  }

  beforeAll(async () => {
    udevd = await startUdevd();
    folder = await mkdtemp("/dev/shm/busbar-disk-");
    gadget = new Gadget({
      name: "stick",
      productId: PRODUCT_ID,
      functions: [
        {
          name: FUNCTION,
          attributes: {
            "lun.0/removable": "1",
            "lun.0/file": await partitionedImage(image("partitioned"), image("content.bin")),
          },
        },
      ],
    });
    gadget.plug();
    const usb = gadgetGrant(PRODUCT_ID, [0]);
    const settings = { "timeout-ms": 60_000, "ready-timeout-ms": 1000 };
    const devices = { stick: { driver: driver("mass-storage"), usb, limits: SLOW_LIMITS, settings } };
    board = await host.open(await boardFile({ devices }));
    stick = await board.blockDevice("stick");
  });

  afterAll(async () => {
    await board?.[Symbol.asyncDispose]();
    gadget?.remove();
    await rm(folder, { recursive: true, force: true });
    await udevd[Symbol.asyncDispose]();
  });

  it("is the disk that it is", async () => {
    expect(await stick.info()).toMatchObject({
      vendor: "Linux",
      blockSize: BLOCK_BYTES,
      blockCount: (64 * MEBIBYTE) / BLOCK_BYTES,
      readOnly: false,
      removable: true,
    });
  });

  it("the partitions of sfdisk are found, and what is in them is read whole", {
    timeout: 300_000,
  }, async () => {
    const { blockSize, blockCount } = await stick.info();
    const table = await readPartitionsAsync({
      blockSize,
      blockCount,
      read: (first, count) => stick.read(first, count),
    });
    expect(table).toEqual({
      kind: "mbr",
      diskSignature: 0x12345678,
      problems: [],
      partitions: [
        { index: 1, firstBlock: 2048, blockCount: 81_920, type: "0x0C", bootable: true },
        { index: 2, firstBlock: 83_968, blockCount: 32_768, type: "0x0E", bootable: false },
      ],
    });
    const [fat] = table.partitions;
    const bootSector = await stick.read(fat!.firstBlock, 1);
    expect(Buffer.from(bootSector.subarray(71, 82)).toString()).toBe("BUSBAR     ");
    const count = fat!.blockCount * host.portionOfBytes;
    const start = performance.now();
    const digest = await digestOfBlocks(fat!.firstBlock, count);
    speed("read", count * blockSize, start);
    expect(digest).toBe(
      await digestOfFile(image("partitioned"), fat!.firstBlock * blockSize, count * blockSize),
    );
  });

  // Where a byte takes long, the app usb-files does that: apps.hardware.ts.
  it.skipIf(host.isBrief)(
    "the file that mcopy put on mkfs.vfat's file system is listed, and read back whole",
    {
      timeout: 300_000,
    },
    async () => {
      const disk = {
        ...(await stick.info()),
        read: (first: number, count: number) => stick.read(first, count),
      };
      const { partitions } = await readPartitionsAsync(disk);
      const files = await openFileSystemAsync(disk, partitions[0]);
      expect([files.kind, await files.label()]).toEqual(["FAT32", "BUSBAR"]);
      const entries: FileEntry[] = [];
      for await (const entry of files.list("/")) entries.push(entry);
      expect(entries.map(({ name, size }) => [name, size])).toEqual([["a rather long name.bin", 300_000]]);
      const hash = createHash("sha256");
      for await (const piece of files.read("/a rather long name.bin")) hash.update(piece);
      expect(hash.digest("hex")).toBe(await digestOfFile(image("content.bin")));
    },
  );

  it("what is written is the same in the file behind it", { timeout: 600_000 }, async () => {
    const { maximumTransferBlocks, blockCount: all } = await stick.info();
    const blockCount = all * host.portionOfBytes;
    const pieceBlocks = Math.min(maximumTransferBlocks, blockCount);
    const random = new Random(64);
    const pattern = random.bytes(pieceBlocks * BLOCK_BYTES);
    const hash = createHash("sha256");
    const start = performance.now();
    for (let block = 0; block < blockCount; block += pieceBlocks) {
      // No two pieces are the same: a piece in a wrong place is found.
      new DataView(pattern.buffer).setUint32(random.below(pattern.length / 4) * 4, block);
      hash.update(pattern);
      await stick.write(block, pattern);
    }
    await stick.flush();
    speed("wrote", blockCount * BLOCK_BYTES, start);
    expect(await digestOfFile(image("partitioned"), 0, blockCount * BLOCK_BYTES)).toBe(hash.digest("hex"));
  });

  it("pieces of every length at every place are written and nothing beside them", {
    timeout: 300_000,
  }, async () => {
    const random = new Random(65);
    /** In blocks; the longest piece has 48. */
    const area = host.isBrief ? 64 : 2048;
    const expected = Buffer.from(await stick.read(0, area));
    for (let count = 0; count < times(host, 30); count += 1) {
      const first = random.below(area - 48);
      const data = random.bytes((1 + random.below(48)) * BLOCK_BYTES);
      expected.set(data, first * BLOCK_BYTES);
      await stick.write(first, data);
      const again = random.below(area - 48);
      expect(Buffer.from(await stick.read(again, 48))).toEqual(
        expected.subarray(again * BLOCK_BYTES, (again + 48) * BLOCK_BYTES),
      );
    }
    await stick.flush();
    const file = await open(image("partitioned"));
    const { buffer } = await file.read(Buffer.alloc(expected.length), 0, expected.length, 0);
    await file.close();
    expect(buffer.equals(expected)).toBe(true);
  });

  it("a medium that is taken out, and another one, are told of", { timeout: 120_000 }, async () => {
    gadget.setAttribute(FUNCTION, "lun.0/forced_eject", "1");
    await expect(stick.read(0, 1)).rejects.toMatchObject({
      code: expect.stringMatching(/^(disconnected|not-found)$/),
    });
    await expect(stick.read(0, 1)).rejects.toMatchObject({ code: "not-found" });

    const other = image("other");
    const count = 2048 * host.portionOfBytes;
    await writeFile(other, new Random(8).bytes(count * BLOCK_BYTES));
    await truncate(other, 8 * MEBIBYTE);
    gadget.setAttribute(FUNCTION, "lun.0/file", other);
    await expect(stick.read(0, 1)).rejects.toMatchObject({ code: "disconnected" });
    expect((await stick.info()).blockCount).toBe((8 * MEBIBYTE) / BLOCK_BYTES);
    expect(await digestOfBlocks(0, count)).toBe(await digestOfFile(other, 0, count * BLOCK_BYTES));
  });

  it("a medium behind a switch is not written to", { timeout: 120_000 }, async () => {
    const file = await emptyImage(image("locked"), 8);
    gadget.setAttribute(FUNCTION, "lun.0/forced_eject", "1");
    gadget.setAttribute(FUNCTION, "lun.0/ro", "1");
    gadget.setAttribute(FUNCTION, "lun.0/file", file);
    await expect(stick.read(0, 1)).rejects.toMatchObject({ code: "disconnected" });
    expect((await stick.info()).readOnly).toBe(true);
    const before = await digestOfFile(file);
    await expect(stick.write(3, new Uint8Array(BLOCK_BYTES).fill(1))).rejects.toMatchObject({
      code: "access-denied",
    });
    expect(await digestOfFile(file)).toBe(before);
    expect(await stick.read(3, 1)).toEqual(new Uint8Array(BLOCK_BYTES));
  });
});
