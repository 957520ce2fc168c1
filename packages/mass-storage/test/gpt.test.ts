import { DriverError } from "@busbar/guest";
import { describe, expect, test } from "vitest";
import { crc32 } from "../src/crc32.ts";
import { judgeEntries, parseGptHeader } from "../src/gpt.ts";
import { readPartitions, readPartitionsAsync } from "../src/partitions.ts";
import { diskOf, type GptFields, gptImage, putBootRecord, sealHeader } from "./images.ts";
import vectors from "./vectors/usb_mass_storage.json" with { type: "json" };

const [, gptVector] = vectors.partition_tables as unknown as [unknown, { recomputed: GptVector }];

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

  test("a table that calls all blocks usable: the partitions that are behind its header", () => {
    const partitions: [number, number][] = [
      [34, 36],
      [1, 3],
      [50, 52],
    ];
    const { indexes, problems } = usable(partitions, { firstUsable: 0 });
    expect(indexes).toEqual([1, 3]);
    expect(problems).toEqual([expect.stringContaining("Partition 2 is left out")]);
  });

  test("as many partitions as a table holds, in each other's way: all of them, at once", () => {
    const header = { ...parseGptHeader(gptImage(fields).subarray(512, 1024), 1, 100), lastUsableBlock: 1e6 };
    const entries = Array.from({ length: 8192 }, (_, index) => ({
      ...{ index: index + 1, typeGuid: "", guid: "", attributes: 0n, name: "" },
      ...(index === 0 ? { firstBlock: 40, lastBlock: 49 } : { firstBlock: 100, lastBlock: 100 + index }),
    }));
    const { usable, spoiled } = judgeEntries(entries, header);
    expect(usable.map(({ index }) => index)).toEqual([1]);
    expect(spoiled).toHaveLength(8191);
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
