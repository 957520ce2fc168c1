import { DriverError } from "@busbar/guest";
import { describe, expect, test } from "vitest";
import { crc32 } from "../src/crc32.ts";
import { isBootSector, parseBootRecord } from "../src/mbr.ts";
import { readPartitions, readPartitionsAsync } from "../src/partitions.ts";
import { bytes } from "./hex.ts";
import { diskOf, type GptFields, gptImage, putBootRecord, sealHeader } from "./images.ts";
import vectors from "./vectors/usb_mass_storage.json" with { type: "json" };

const [mbrVector, gptVector] = vectors.partition_tables as unknown as [
  { sector0_hex: string; recomputed: { disk_signature: number; partitions: MbrVectorEntry[] } },
  { recomputed: GptVector },
];

interface MbrVectorEntry {
  index: number;
  status: number;
  type: number;
  start_lba: number;
  sectors: number;
}

interface GptVector {
  disk_guid: string;
  first_usable: number;
  last_usable: number;
  backup_lba: number;
  partitions: {
    index: number;
    type_guid: string;
    unique_guid: string;
    first_lba: number;
    last_lba: number;
    name: string;
  }[];
}

/** The check value of CRC-32/ISO-HDLC in every catalogue. */
test("CRC of 123456789", () => expect(crc32(Buffer.from("123456789"))).toBe(0xcbf43926));

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
    putBootRecord(sector, 0, [{ type: 0x0c, start: 1, count: 7 }]);
    expect(readPartitions(diskOf(sector))).toMatchObject({ kind: "mbr", partitions: [{ index: 1 }] });
  });

  test("a status that no entry has: no boot record", () => {
    const image = new Uint8Array(512);
    putBootRecord(image, 0, [{ status: 0x12, type: 0x83, start: 1, count: 1 }]);
    expect(parseBootRecord(image)).toBeUndefined();
  });
});

describe("GPT", () => {
  const { recomputed } = gptVector;
  /** The vector's fields; its image is not at hand, so it is built again from them. */
  const fields: GptFields = {
    blockSize: 512,
    blockCount: recomputed.backup_lba + 1,
    diskGuid: recomputed.disk_guid,
    firstUsable: recomputed.first_usable,
    lastUsable: recomputed.last_usable,
    partitions: recomputed.partitions.map((each, index) => ({
      typeGuid: each.type_guid,
      guid: each.unique_guid,
      first: each.first_lba,
      last: each.last_lba,
      // 9223372036854775812 in the vector, which JSON's numbers cannot say.
      attributes: index === 0 ? 0n : 0x8000_0000_0000_0004n,
      name: each.name,
    })),
  };
  const expected = {
    kind: "gpt",
    diskGuid: recomputed.disk_guid,
    copy: "primary",
    partitions: recomputed.partitions.map((each, index) => ({
      index: each.index,
      firstBlock: each.first_lba,
      blockCount: each.last_lba - each.first_lba + 1,
      type: each.type_guid,
      bootable: index === 1,
      name: each.name,
      guid: each.unique_guid,
      attributes: index === 0 ? 0n : 0x8000_0000_0000_0004n,
    })),
    problems: [],
  };

  test("vector gptman_disk1", () => expect(readPartitions(diskOf(gptImage(fields)))).toEqual(expected));

  test("the same through a disk that answers later", async () => {
    const disk = diskOf(gptImage(fields));
    const later = { ...disk, read: async (first: number, count: number) => disk.read(first, count) };
    expect(await readPartitionsAsync(later)).toEqual(expected);
  });

  test("blocks of 4096 bytes", () => {
    const image = gptImage({ ...fields, blockSize: 4096 });
    expect(readPartitions(diskOf(image, 4096))).toEqual(expected);
    // As the vector's source says: read with the other block size, there is no header.
    expect(() => readPartitions(diskOf(image, 512))).toThrow(DriverError);
  });

  const spoil: [string, (image: Uint8Array) => void, string][] = [
    ["the signature", (image) => image.fill(0, 512, 520), "signature"],
    ["a bit of the header", (image) => flip(image, 512 + 60), "checksum of the header"],
    ["a bit of the list", (image) => flip(image, 1024 + 60), "checksum of the list"],
    [
      "the header's size",
      (image) => void new DataView(image.buffer).setUint32(512 + 12, 91, true),
      "91 bytes",
    ],
    [
      "a huge header",
      (image) => void new DataView(image.buffer).setUint32(512 + 12, 0xffff_ffff, true),
      "bytes",
    ],
    ["its own place", (image) => reseal(image, (view) => view.setUint32(512 + 24, 7, true)), "block 7"],
    [
      "the first usable block",
      (image) => reseal(image, (view) => view.setUint32(512 + 40, 1, true)),
      "before the table ends",
    ],
    [
      "the place of the list",
      (image) => reseal(image, (view) => view.setUint32(512 + 72, 98, true)),
      "fit on the disk",
    ],
    [
      "a place far away",
      (image) => reseal(image, (view) => view.setUint32(512 + 76, 1, true)),
      "beyond the end",
    ],
    [
      "the number of entries",
      (image) => reseal(image, (view) => view.setUint32(512 + 80, 0xffff_ffff, true)),
      "4294967295",
    ],
    ["no entries", (image) => reseal(image, (view) => view.setUint32(512 + 80, 0, true)), "0 partitions"],
    [
      "the size of an entry",
      (image) => reseal(image, (view) => view.setUint32(512 + 84, 0x8000_0000, true)),
      "2147483648 bytes",
    ],
    [
      "an odd size of an entry",
      (image) => reseal(image, (view) => view.setUint32(512 + 84, 130, true)),
      "130 bytes",
    ],
  ];

  function flip(image: Uint8Array, offset: number): void {
    image[offset] = image[offset]! ^ 1;
  }

  function reseal(image: Uint8Array, change: (view: DataView) => void): void {
    change(new DataView(image.buffer));
    sealHeader(image, 512);
  }

  test.each(spoil)("%s is damaged: the backup counts", (_, damage, problem) => {
    const image = gptImage(fields);
    damage(image);
    const table = readPartitions(diskOf(image));
    expect(table).toEqual({ ...expected, copy: "backup", problems: [expect.stringContaining(problem)] });
  });

  test("both copies are damaged", () => {
    const image = gptImage(fields);
    image[512] = 0;
    image[99 * 512] = 0;
    expect(() => readPartitions(diskOf(image))).toThrow(
      expect.objectContaining({ payload: expect.objectContaining({ tag: "protocol" }) }),
    );
  });

  test("both copies are damaged, and the boot record has partitions as well", () => {
    const image = gptImage(fields);
    putBootRecord(image, 0, [
      { type: 0xee, start: 1, count: 33 },
      { type: 0x0c, start: 34, count: 8 },
    ]);
    image[512] = 0;
    image[99 * 512] = 0;
    expect(readPartitions(diskOf(image))).toMatchObject({
      kind: "mbr",
      partitions: [{ index: 2, firstBlock: 34, blockCount: 8 }],
      problems: [expect.stringContaining("primary"), expect.stringContaining("backup")],
    });
  });

  const usable = (
    partitions: readonly (readonly [first: number, last: number])[],
    change?: Partial<GptFields>,
  ) => {
    const [plain] = fields.partitions;
    const all = partitions.map(([first, last]) => ({ ...plain!, first, last }));
    const table = readPartitions(diskOf(gptImage({ ...fields, ...change, partitions: all })));
    return { indexes: table.partitions.map(({ index }) => index), problems: table.problems };
  };

  test.each<[string, [number, number][], number[], string]>([
    [
      "ends past the usable blocks",
      [
        [34, 36],
        [40, 67],
        [50, 52],
      ],
      [1, 3],
      "outside of the usable blocks",
    ],
    [
      "begins before them",
      [
        [34, 36],
        [2, 3],
        [50, 52],
      ],
      [1, 3],
      "outside of the usable blocks",
    ],
    [
      "ends before it begins",
      [
        [34, 36],
        [48, 40],
        [50, 52],
      ],
      [1, 3],
      "ends before it begins",
    ],
    [
      "has blocks of the one before",
      [
        [34, 36],
        [36, 40],
        [50, 52],
      ],
      [1, 3],
      "has blocks of partition 1",
    ],
    [
      "has blocks of two others",
      [
        [34, 36],
        [50, 52],
        [36, 51],
      ],
      [1, 2],
      "has blocks of partition 1",
    ],
    [
      "has blocks of two others, before them",
      [
        [36, 51],
        [34, 36],
        [50, 52],
      ],
      [2, 3],
      "has blocks of partition 2",
    ],
  ])("one partition that %s spoils only itself", (_, partitions, indexes, problem) => {
    const table = usable(partitions);
    expect(table.indexes).toEqual(indexes);
    expect(table.problems).toEqual([expect.stringContaining(problem)]);
  });

  test("a disk that was cut off: the table in front counts, and what is lost is said", () => {
    const [plain] = fields.partitions;
    const partitions = [
      [34, 40],
      [41, 60],
      [61, 66],
    ].map(([first, last]) => ({ ...plain!, first: first!, last: last! }));
    const image = gptImage({ ...fields, partitions });
    // Only the backup.
    expect(readPartitions(diskOf(image.subarray(0, 512 * 67)))).toMatchObject({
      copy: "primary",
      partitions: [{ index: 1 }, { index: 2 }, { index: 3 }],
      problems: [expect.stringContaining("backup partition table is in block 99")],
    });
    expect(readPartitions(diskOf(image.subarray(0, 512 * 50)))).toMatchObject({
      copy: "primary",
      partitions: [
        { index: 1, blockCount: 7 },
        { index: 2, firstBlock: 41, blockCount: 9 },
      ],
      problems: [
        "Partition 2 is cut off: of its 20 blocks the disk has 9.",
        "Partition 3 is left out: it begins with block 61, and the disk has 50.",
        expect.stringContaining("backup"),
      ],
    });
  });

  test("a disk that ends after its protective MBR", () => {
    const image = gptImage(fields).subarray(0, 512);
    expect(() => readPartitions(diskOf(image))).toThrow(DriverError);
  });
});
