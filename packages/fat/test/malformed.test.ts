/** What contradicts itself ends in one typed error, after as little reading as it takes. */

import { DriverError } from "@busbar/guest";
import { describe, expect, test } from "vitest";
import { type FileSystem, openFileSystem } from "../src/index.ts";
import { diskOf, images, SparseDisk } from "./images.ts";
import {
  fileSetOffset,
  geometryOf,
  littleEndian,
  pokeFat,
  rootOffset,
  sealBootRegion,
  sealFileSet,
  shortEntryOffset,
} from "./patches.ts";

type Tag = DriverError["payload"]["tag"];

/** The case of the error that something ends in. */
function tagOf(body: () => unknown): Tag {
  try {
    body();
  } catch (error) {
    if (error instanceof DriverError) return error.payload.tag;
    throw error;
  }
  throw new Error("it did not fail");
}

function readAll(fileSystem: FileSystem, path: string): number {
  let length = 0;
  for (const part of fileSystem.read(path)) length += part.length;
  return length;
}

const floppy = "FAT12, a floppy";
const fat32 = "FAT32, 512";
const exfat = "exFAT, 512";
const fatKinds = images.filter(({ name, empty }) => empty !== true && !name.startsWith("exFAT"));

describe("boot sectors", () => {
  test.each<[string, Tag, number, readonly number[]]>([
    ["NTFS", "wrong-device", 3, [...Buffer.from("NTFS    "), 0, 2, 8, 0, 0, 0]],
    ["BPB_BytsPerSec 0", "wrong-device", 11, [0, 0]],
    ["BPB_BytsPerSec 513", "wrong-device", 11, [1, 2]],
    ["BPB_BytsPerSec 8192", "wrong-device", 11, [0, 32]],
    ["BPB_SecPerClus 0", "wrong-device", 13, [0]],
    ["BPB_SecPerClus 3", "wrong-device", 13, [3]],
    ["BPB_RsvdSecCnt 0", "wrong-device", 14, [0, 0]],
    ["BPB_NumFATs 0", "wrong-device", 16, [0]],
    ["BPB_TotSec 0", "wrong-device", 19, [0, 0]],
    ["BPB_Media", "wrong-device", 21, [0x12]],
    ["no FAT", "protocol", 22, [0, 0]],
    ["a FAT that fills the volume", "protocol", 22, [0xff, 0xff]],
  ])("%s", (_, tag, offset, values) => {
    const disk = diskOf(floppy);
    disk.poke(offset, values);
    expect(tagOf(() => openFileSystem(disk))).toBe(tag);
    expect(disk.reads).toHaveLength(1);
  });

  test.each<[string, Tag, number, readonly number[]]>([
    ["a root directory before the first cluster", "protocol", 44, [1, 0, 0, 0]],
    ["a root directory past the last cluster", "protocol", 44, [0xff, 0xff, 0xff, 0x0f]],
  ])("FAT32: %s", (_, tag, offset, values) => {
    expect(tagOf(() => openFileSystem(diskOf(fat32).poke(offset, values)))).toBe(tag);
  });

  test("FAT32: the active FAT is used, and FSInfo is not", () => {
    const disk = diskOf(fat32);
    const { fatOffset, fatBytes } = geometryOf(disk);
    disk.poke(fatOffset, new Uint8Array(fatBytes).fill(0xff)); // the first FAT: nothing but ends
    disk.poke(512, new Uint8Array(512).fill(0xa5)); // FSInfo
    expect(tagOf(() => readAll(openFileSystem(disk), "frag.bin"))).toBe("protocol");
    disk.poke(40, [0x81, 0]);
    expect(readAll(openFileSystem(disk), "frag.bin")).toBe(21_000);
  });

  test.each<[string, Tag, number, readonly number[]]>([
    ["BootSignature", "protocol", 510, [0, 0]],
    ["MustBeZero", "protocol", 20, [1]],
    ["BytesPerSectorShift", "protocol", 108, [8]],
    ["SectorsPerClusterShift", "protocol", 109, [200]],
    ["VolumeLength", "protocol", 77, [1]],
    ["FatOffset", "protocol", 80, [1, 0, 0, 0]],
    ["FatLength", "protocol", 84, [1, 0, 0, 0]],
    ["ClusterHeapOffset", "protocol", 88, [0, 0, 0, 0]],
    ["ClusterCount", "protocol", 92, [0xff, 0xff, 0xff, 0xff]],
    ["FirstClusterOfRootDirectory", "protocol", 96, [0, 0, 0, 0]],
    ["NumberOfFats", "protocol", 110, [3]],
  ])("exFAT: %s", (_, tag, offset, values) => {
    expect(tagOf(() => openFileSystem(diskOf(exfat).poke(offset, values)))).toBe(tag);
  });

  test("exFAT: the checksum of the boot region, without what changes all the time", () => {
    expect(tagOf(() => openFileSystem(diskOf(exfat).poke(100, [1, 2, 3, 4])))).toBe("protocol");
    expect(openFileSystem(diskOf(exfat).poke(106, [2]).poke(112, [55])).kind).toBe("exFAT");
  });

  test("an empty disk, a partition that is not on it, and blocks of another size", () => {
    expect(tagOf(() => openFileSystem(new SparseDisk(4096, 512)))).toBe("wrong-device");
    expect(tagOf(() => openFileSystem(diskOf(floppy), { firstBlock: 2880, blockCount: 1 }))).toBe(
      "invalid-argument",
    );
    expect(tagOf(() => openFileSystem(diskOf(floppy), { firstBlock: -1, blockCount: 5 }))).toBe(
      "invalid-argument",
    );
    expect(
      tagOf(() =>
        openFileSystem({ ...diskOf(floppy), blockSize: 520, blockCount: 9, read: () => new Uint8Array() }),
      ),
    ).toBe("unsupported");
  });

  test("a disk that gives fewer bytes than it was asked for", () => {
    const disk = { blockSize: 512, blockCount: 2880, read: () => new Uint8Array(100) };
    expect(tagOf(() => openFileSystem(disk))).toBe("protocol");
    const parts = { ...disk, maximumTransferBlocks: 1, read: () => new Uint8Array(9999) };
    expect(tagOf(() => openFileSystem(parts))).toBe("protocol");
  });
});

describe.each(fatKinds)("chains of $name", ({ name }) => {
  const bad = name.startsWith("FAT12") ? 0xff7 : name.startsWith("FAT16") ? 0xfff7 : 0x0fff_fff7;

  test("that lead to nothing", () => {
    for (const value of [0, 1, bad, geometryOf(diskOf(name)).clusterCount + 2]) {
      const disk = diskOf(name);
      const { firstCluster } = openFileSystem(disk).stat("frag.bin").location;
      pokeFat(disk, firstCluster, value);
      expect(
        tagOf(() => readAll(openFileSystem(disk), "frag.bin")),
        `${value}`,
      ).toBe("protocol");
    }
  });

  test("that end before the file", () => {
    const disk = diskOf(name);
    pokeFat(disk, openFileSystem(disk).stat("frag.bin").location.firstCluster, 0x0fff_ffff % (bad + 9));
    expect(tagOf(() => readAll(openFileSystem(disk), "frag.bin"))).toBe("protocol");
    expect(tagOf(() => [...openFileSystem(disk).read("frag.bin", { offset: 20_000 })])).toBe("protocol");
  });

  test("that go round, also where it is only after the last byte", () => {
    const disk = diskOf(name);
    const { firstCluster } = openFileSystem(disk).stat("frag.bin").location;
    pokeFat(disk, firstCluster, firstCluster);
    disk.budget = 2 ** 20;
    expect(tagOf(() => readAll(openFileSystem(disk), "frag.bin"))).toBe("protocol");
    const small = openFileSystem(disk).stat("README.TXT").location.firstCluster;
    pokeFat(disk, small, small);
    expect(tagOf(() => readAll(openFileSystem(disk), "README.TXT"))).toBe("protocol");
  });

  test("that are longer than the file are no harm", () => {
    const disk = diskOf(name);
    const fileSystem = openFileSystem(disk);
    pokeFat(
      disk,
      fileSystem.stat("README.TXT").location.firstCluster,
      fileSystem.stat("lower.txt").location.firstCluster,
    );
    expect(readAll(openFileSystem(disk), "README.TXT")).toBe(18);
  });

  test("of directories that go round", () => {
    const disk = diskOf(name);
    const { firstCluster } = openFileSystem(disk).stat("many").location;
    pokeFat(disk, firstCluster, firstCluster);
    disk.budget = 16 * 2 ** 20;
    // Large clusters hold all of the directory, and nothing is read after its end.
    const { clusterBytes } = geometryOf(disk);
    if (clusterBytes < 4096) expect(tagOf(() => [...openFileSystem(disk).list("many")])).toBe("protocol");
  });
});

describe("entries of FAT", () => {
  test.each<[string, number, readonly number[]]>([
    ["a first cluster that does not exist", 26, [0xff, 0x0f]],
    ["no first cluster, with a size", 26, [0, 0]],
    ["a size larger than the volume", 28, [0xff, 0xff, 0xff, 0xff]],
    ["a size larger than its chain", 28, [0xff, 0xff, 0, 0]],
  ])("%s", (_, offset, values) => {
    const disk = diskOf(floppy);
    disk.poke(shortEntryOffset(disk, "README  TXT") + offset, values);
    expect(openFileSystem(disk).stat("README.TXT").kind).toBe("file");
    disk.budget = 2 ** 20;
    expect(tagOf(() => readAll(openFileSystem(disk), "README.TXT"))).toBe("protocol");
  });

  test("times that are none are left out", () => {
    const disk = diskOf(floppy);
    disk.poke(shortEntryOffset(disk, "README  TXT") + 13, new Uint8Array(7).fill(0xff));
    disk.poke(shortEntryOffset(disk, "README  TXT") + 22, [0, 0, 0, 0]);
    const entry = openFileSystem(disk).stat("README.TXT");
    expect(entry).not.toHaveProperty("created");
    expect(entry).not.toHaveProperty("modified");
    expect(entry).not.toHaveProperty("accessed");
  });

  test("a first byte of 0x05 is 0xE5, and case bits make letters small", () => {
    const disk = diskOf(floppy);
    const at = shortEntryOffset(disk, "README  TXT");
    disk.poke(at, [0x05]).poke(at + 12, [0x18]);
    const names = [...openFileSystem(disk).list("/")].map(({ name }) => name);
    expect(names).toContain("σeadme.txt");
  });

  test("long names that do not belong to the entry are ignored", () => {
    const long = "A long file name with spaces.txt";
    const short = "ALONGF~1.TXT";
    const listed = (change: (disk: SparseDisk, at: number) => void): string[] => {
      const disk = diskOf(floppy);
      change(disk, shortEntryOffset(disk, "ALONGF~1TXT"));
      return [...openFileSystem(disk).list("/")].map(({ name }) => name);
    };
    expect(listed(() => {})).toContain(long);
    // Three parts come before the entry: the checksum, the order, the first part, the mark of the last part.
    for (const [back, field, value] of [
      [32, 13, 0],
      [64, 13, 0],
      [64, 0, 3],
      [96, 0, 0xe5],
      [96, 0, 0x03],
      [96, 0, 0x55],
      [96, 0, 0x40],
      [32, 0, 0xe5],
    ] as const) {
      const names = listed((disk, at) => void disk.poke(at - back + field, [value]));
      expect(names, `${back} ${field}`).toContain(short);
      expect(names).not.toContain(long);
    }
  });

  test("what comes after the end of a directory is not there", () => {
    const disk = diskOf(floppy);
    disk.poke(rootOffset(disk), [0]);
    expect([...openFileSystem(disk).list("/")]).toEqual([]);
  });
});

describe("entries of exFAT", () => {
  function changed(name: string, change: (disk: SparseDisk, at: number) => void): FileSystem {
    const disk = diskOf(exfat);
    const at = fileSetOffset(disk, name);
    change(disk, at);
    sealFileSet(disk, at);
    disk.budget = 64 * 2 ** 20;
    return openFileSystem(disk);
  }

  test("a checksum that is wrong is told, and the file is there", () => {
    const disk = diskOf(exfat);
    disk.poke(fileSetOffset(disk, "lower.txt") + 4, [0x21]);
    const fileSystem = openFileSystem(disk);
    expect(fileSystem.stat("lower.txt").readOnly).toBe(true);
    expect(fileSystem.warnings).toEqual(['The checksum of the entries of "lower.txt" is wrong.']);
  });

  test.each<[string, number, readonly number[], RegExp]>([
    ["no stream extension", 32, [0xc1], /has no stream extension/],
    ["a set that breaks off", 64, [0x41], /breaks off/],
    ["a set that another file breaks off", 64, [0x85], /breaks off/],
    ["a name without an end", 35, [200], /name is not all there/],
    ["no name", 35, [0], /name is not all there/],
    ["a size of 2^63", 32 + 31, [0x80], /impossible size/],
  ])("%s hides its file, and no other", (_, offset, values, warning) => {
    const all = [...openFileSystem(diskOf(exfat)).list("/")].map(({ name }) => name);
    const fileSystem = changed("lower.txt", (disk, at) => void disk.poke(at + offset, values));
    expect([...fileSystem.list("/")].map(({ name }) => name)).toEqual(
      all.filter((name) => name !== "lower.txt"),
    );
    expect(fileSystem.warnings).toContainEqual(expect.stringMatching(warning));
  });

  test("more valid bytes than bytes are as many as there are bytes", () => {
    const fileSystem = changed("lower.txt", (disk, at) => void disk.poke(at + 40, [0xff, 0xff]));
    expect(readAll(fileSystem, "lower.txt")).toBe(18);
    expect(fileSystem.warnings).toEqual(['"lower.txt" has more valid bytes than bytes.']);
  });

  test.each<[string, number, readonly number[]]>([
    ["a first cluster that does not exist", 52, [0xff, 0xff, 0xff, 0x7f]],
    ["no first cluster, with a size", 52, [0, 0, 0, 0]],
    ["a size larger than the volume", 59, [1]],
  ])("%s", (_, offset, values) => {
    const fileSystem = changed("lower.txt", (disk, at) => void disk.poke(at + offset, values));
    expect(tagOf(() => readAll(fileSystem, "lower.txt"))).toBe("protocol");
  });

  test("a contiguous file past the last cluster", () => {
    const fileSystem = changed("frag.bin", (disk, at) => {
      const last = geometryOf(disk).clusterCount + 1;
      disk.poke(at + 33, [0x03]).poke(at + 52, littleEndian(last, 4));
    });
    expect(tagOf(() => readAll(fileSystem, "frag.bin"))).toBe("protocol");
  });

  test("bytes that were never written are zeros, and are not read", () => {
    const fileSystem = changed("frag.bin", (disk, at) => void disk.poke(at + 40, littleEndian(1500, 8)));
    const expected = Buffer.concat([...openFileSystem(diskOf(exfat)).read("frag.bin")]).fill(0, 1500);
    expect(Buffer.concat([...fileSystem.read("frag.bin")]).equals(expected)).toBe(true);
    const part = Buffer.concat([...fileSystem.read("frag.bin", { offset: 1400, length: 9000 })]);
    expect(part.equals(expected.subarray(1400, 10_400))).toBe(true);
    expect(
      [...fileSystem.read("frag.bin", { offset: 20_000 })].reduce((sum, { length }) => sum + length, 0),
    ).toBe(1000);
  });

  test("a file whose clusters follow each other needs no FAT", () => {
    const disk = diskOf(exfat);
    const name = "sub/deep/inner file.dat";
    const { location, size } = openFileSystem(disk).stat(name);
    const before = Buffer.concat([...openFileSystem(disk).read(name)]);
    if (location.contiguous) {
      for (let cluster = 0; cluster < size / 1024; cluster += 1)
        pokeFat(disk, location.firstCluster + cluster, 0);
    }
    expect(location.contiguous).toBe(true);
    expect(Buffer.concat([...openFileSystem(disk).read(name)]).equals(before)).toBe(true);
  });

  test("the second FAT where it is the active one", () => {
    const disk = diskOf(exfat);
    const { fatOffset, fatBytes, heapOffset } = geometryOf(disk);
    const room = heapOffset - fatOffset;
    expect(room).toBeGreaterThanOrEqual(2 * fatBytes);
    disk.poke(fatOffset + fatBytes, disk.bytes(fatOffset, fatBytes));
    disk.poke(fatOffset, new Uint8Array(fatBytes));
    disk.poke(110, [2]);
    sealBootRegion(disk);
    expect(tagOf(() => readAll(openFileSystem(disk), "frag.bin"))).toBe("protocol");
    disk.poke(106, [1]);
    expect(readAll(openFileSystem(disk), "frag.bin")).toBe(21_000);
  });
});

test("options of reading are checked", () => {
  const fileSystem = openFileSystem(diskOf(floppy));
  for (const options of [
    { offset: -1 },
    { offset: 0.5 },
    { length: -1 },
    { length: Number.NaN },
    { chunkBytes: 0 },
  ]) {
    expect(tagOf(() => [...fileSystem.read("lower.txt", options)])).toBe("invalid-argument");
  }
});

test("a name in an error is safe to print", () => {
  expect(() => openFileSystem(diskOf(floppy)).stat("a\u001b[2Jb\n")).toThrow('"a\\u{1b}[2Jb\\u{a}"');
});
