import { describe, expect, test } from "vitest";
import { isBootSector, parseBootRecord } from "../src/mbr.ts";
import { readPartitions } from "../src/partitions.ts";
import { bytes } from "./hex.ts";
import { diskOf, putBootRecord } from "./images.ts";
import vectors from "./vectors/usb_mass_storage.json" with { type: "json" };

const [mbrVector] = vectors.partition_tables as unknown as [
  { sector0_hex: string; recomputed: { disk_signature: number; partitions: MbrVectorEntry[] } },
];

interface MbrVectorEntry {
  index: number;
  status: number;
  type: number;
  start_lba: number;
  sectors: number;
}

describe("MBR", () => {
  test("vector mbrman_disk1", () => {
    const { disk_signature, partitions } = mbrVector.recomputed;
    const record = parseBootRecord(bytes(mbrVector.sector0_hex))!;
    expect(record.diskSignature).toBe(disk_signature);
    expect(record.entries).toEqual(
      partitions.map(({ index, status, type, start_lba, sectors }) => ({
        index,
        status,
        type,
        startBlock: start_lba,
        blockCount: sectors,
      })),
    );
    const image = new Uint8Array(512 * 8);
    image.set(bytes(mbrVector.sector0_hex));
    expect(readPartitions(diskOf(image))).toEqual({
      kind: "mbr",
      diskSignature: disk_signature,
      partitions: [
        { index: 1, firstBlock: 1, blockCount: 1, type: "0x06", bootable: false },
        { index: 2, firstBlock: 3, blockCount: 1, type: "0x0B", bootable: false },
      ],
      problems: [],
    });
  });

  test.each(vectors.malformed_partition_tables.filter(({ sector0_hex }) => sector0_hex))(
    "malformed vector $name",
    ({ name, sector0_hex }) => {
      const table = readPartitions(diskOf(bytes(sector0_hex!)));
      if (name === "mbr_no_signature") expect(table).toMatchObject({ kind: "none", fileSystem: false });
      else {
        // It starts with the boot record itself, and of its 100 blocks the disk has one.
        expect(table).toMatchObject({
          kind: "mbr",
          partitions: [{ blockCount: 1 }],
          problems: [expect.stringContaining("cut off")],
        });
      }
    },
  );

  test("vector superfloppy: a file system without partitions", () => {
    // The image is not at hand; this is the boot sector that "FAT: General Overview" 1.03 describes.
    const sector = new Uint8Array(512);
    sector.set([0xeb, 0x3c, 0x90, ...Buffer.from("MSDOS5.0"), 0x00, 0x02, 0x01, 0x01, 0x00, 0x02]);
    sector.set([0x55, 0xaa], 510);
    // Machine code where entries would be.
    sector.fill(0xcd, 62, 510);
    expect(isBootSector(sector)).toBe(true);
    expect(readPartitions(diskOf(sector))).toMatchObject({ kind: "none", fileSystem: true });
    sector.set(Buffer.from("EXFAT   "), 3);
    sector.fill(0, 11, 64);
    expect(isBootSector(sector)).toBe(true);
  });

  test("a boot loader's jump does not make it a file system", () => {
    const sector = new Uint8Array(512 * 8);
    sector.set([0xeb, 0x63, 0x90]);
    putBootRecord(sector, 0, [{ status: 0x80, type: 0x0c, start: 1, count: 7 }]);
    expect(readPartitions(diskOf(sector))).toMatchObject({
      kind: "mbr",
      partitions: [{ index: 1, bootable: true, type: "0x0C" }],
    });
  });

  test("logical partitions count from 5, and the extended one is not listed", () => {
    const image = new Uint8Array(512 * 100);
    putBootRecord(image, 0, [
      { type: 0x83, start: 1, count: 9 },
      { type: 0x0f, start: 10, count: 60 },
    ]);
    putBootRecord(image, 10 * 512, [
      { type: 0x83, start: 2, count: 8 },
      { type: 0x05, start: 20, count: 10 },
    ]);
    putBootRecord(image, 30 * 512, [
      { type: 0x0b, start: 1, count: 9 },
      { type: 0x05, start: 40, count: 10 },
    ]);
    putBootRecord(image, 50 * 512, [{ type: 0x07, start: 1, count: 19 }]);
    const { partitions, problems } = readPartitions(diskOf(image));
    expect(
      partitions.map(({ index, firstBlock, blockCount, type }) => [index, firstBlock, blockCount, type]),
    ).toEqual([
      [1, 1, 9, "0x83"],
      [5, 12, 8, "0x83"],
      [6, 31, 9, "0x0B"],
      [7, 51, 19, "0x07"],
    ]);
    expect(problems).toEqual([]);
  });

  test.each([
    ["to itself", 0, "goes from block 10 to 10"],
    ["beyond its end", 60, "block 70 holds no boot record"],
    ["beyond the end of the disk", 90, "block 100 is not on the disk"],
    ["back to itself", 10, "goes from block 20 to 20"],
    ["to a block that is none", 5, "block 15 holds no boot record"],
  ])("a chain %s ends there", (_, next, problem) => {
    const image = new Uint8Array(512 * 100);
    putBootRecord(image, 0, [{ type: 0x05, start: 10, count: 60 }]);
    putBootRecord(image, 10 * 512, [
      { type: 0x83, start: 1, count: 2 },
      { type: 0x05, start: next, count: 10 },
    ]);
    if (next === 10) {
      putBootRecord(image, 20 * 512, [
        { type: 0, start: 0, count: 0 },
        { type: 0x05, start: 10, count: 10 },
      ]);
    }
    const table = readPartitions(diskOf(image));
    // An entry that starts at 0 is an unused one.
    expect(table.partitions).toHaveLength(1);
    if (next !== 0) expect(table.problems[0]).toContain(problem);
  });

  test("a chain that goes round ends where it has been before", () => {
    const image = new Uint8Array(512 * 100);
    putBootRecord(image, 0, [{ type: 0x05, start: 10, count: 60 }]);
    for (const [block, next] of [
      [10, 20],
      [30, 5],
      [15, 20],
    ] as const) {
      putBootRecord(image, block * 512, [
        { type: 0x83, start: 1, count: 2 },
        { type: 0x05, start: next, count: 10 },
      ]);
    }
    const disk = diskOf(image);
    const { partitions, problems } = readPartitions(disk);
    expect(partitions.map(({ firstBlock }) => firstBlock)).toEqual([11, 31, 16]);
    expect(problems).toEqual(["The list of logical partitions breaks off: it goes from block 15 to 30."]);
    expect(disk.reads).toHaveLength(4);
  });

  test("the status bytes of an extended record, and entries three and four that do not fit, are not looked at", () => {
    const image = new Uint8Array(512 * 100);
    putBootRecord(image, 0, [{ type: 0x05, start: 10, count: 60 }]);
    putBootRecord(image, 10 * 512, [
      { status: 0x12, type: 0x83, start: 1, count: 2 },
      { type: 0, start: 0, count: 0 },
      { type: 0x83, start: 4, count: 2 },
      { type: 0x77, start: 50, count: 5000 },
    ]);
    const { partitions, problems } = readPartitions(diskOf(image));
    expect(partitions.map(({ index, firstBlock }) => [index, firstBlock])).toEqual([
      [5, 11],
      [6, 14],
    ]);
    expect(problems).toEqual([]);
  });

  test("two extended partitions", () => {
    const image = new Uint8Array(512 * 100);
    putBootRecord(image, 0, [
      { type: 0x05, start: 10, count: 10 },
      { type: 0x0f, start: 30, count: 10 },
    ]);
    for (const block of [10, 30]) putBootRecord(image, block * 512, [{ type: 0x83, start: 1, count: 2 }]);
    expect(
      readPartitions(diskOf(image)).partitions.map(({ index, firstBlock }) => [index, firstBlock]),
    ).toEqual([
      [5, 11],
      [6, 31],
    ]);
  });

  test("no more than 128 logical partitions are looked for", () => {
    const image = new Uint8Array(512 * 1000);
    putBootRecord(image, 0, [{ type: 0x05, start: 1, count: 999 }]);
    for (let block = 1; block < 999; block += 1) {
      putBootRecord(image, block * 512, [
        { type: 0x83, start: 1, count: 1 },
        { type: 0x05, start: block, count: 1 },
      ]);
    }
    const disk = diskOf(image);
    expect(readPartitions(disk).partitions).toHaveLength(128);
    expect(disk.reads).toHaveLength(129);
  });

  test("a partition that begins past the disk is left out, and of one that ends there is what is there", () => {
    const image = new Uint8Array(512 * 10);
    putBootRecord(image, 0, [
      { type: 0x83, start: 1, count: 10 },
      { type: 0x83, start: 0xffff_ffff, count: 0xffff_ffff },
      { type: 0x83, start: 10, count: 1 },
    ]);
    const { partitions, problems } = readPartitions(diskOf(image));
    expect(partitions).toMatchObject([{ index: 1, firstBlock: 1, blockCount: 9 }]);
    expect(problems).toEqual([
      "Partition 1 is cut off: of its 10 blocks the disk has 9.",
      "Partition 2 is left out: it begins with block 4294967295, and the disk has 10.",
      "Partition 3 is left out: it begins with block 10, and the disk has 10.",
    ]);
  });

  test("a partition from block 0 on, as images for both discs and sticks have it, is one", () => {
    const image = new Uint8Array(512 * 10);
    putBootRecord(image, 0, [
      { status: 0x80, type: 0x17, start: 0, count: 10 },
      { type: 0xef, start: 4, count: 2 },
      { type: 0, start: 6, count: 2 },
    ]);
    expect(readPartitions(diskOf(image))).toMatchObject({
      partitions: [
        { index: 1, firstBlock: 0, blockCount: 10 },
        { index: 2, firstBlock: 4, blockCount: 2 },
        { index: 3, firstBlock: 6, blockCount: 2, type: "0x00" },
      ],
      problems: [],
    });
  });

  test.each([0x00, 0x60])("a boot sector whose first byte is %i counts where no partition does", (jump) => {
    const sector = new Uint8Array(512 * 8);
    sector.set([jump, 0x3c, 0x90, ...Buffer.from("MSDOS5.0"), 0x00, 0x02, 0x01, 0x01, 0x00, 0x02]);
    sector.set([16, 0, 8, 0, 0xf8, 1, 0], 17);
    putBootRecord(sector, 0, []);
    expect(readPartitions(diskOf(sector))).toMatchObject({ kind: "none", fileSystem: true });
    // Without the signature at its end, which Linux does not ask for.
    expect(readPartitions(diskOf(sector.with(510, 0)))).toMatchObject({ kind: "none", fileSystem: true });
    putBootRecord(sector, 0, [{ type: 0x65, start: 0x6f6d_6572, count: 0x7620_6b73 }]);
    expect(readPartitions(diskOf(sector))).toMatchObject({ kind: "none", fileSystem: true });
    putBootRecord(sector, 0, [{ type: 0x0c, start: 1, count: 7 }]);
    expect(readPartitions(diskOf(sector))).toMatchObject({ kind: "mbr", partitions: [{ index: 1 }] });
  });

  test("a status that no entry has: no boot record", () => {
    const image = new Uint8Array(512);
    putBootRecord(image, 0, [{ status: 0x12, type: 0x83, start: 1, count: 1 }]);
    expect(parseBootRecord(image)).toBeUndefined();
  });
});
