/** Volumes that are odd in a way that Linux gets along with: read, with a warning where something is not as it should be. */

import { describe, expect, test } from "vitest";
import { defaultUpCaseTable } from "../src/default-up-case.ts";
import { type FileSystem, openFileSystem } from "../src/index.ts";
import { parseUpCaseTable } from "../src/up-case.ts";
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

const floppy = "FAT12, a floppy";
const fat32 = "FAT32, 512";
const exfat = "exFAT, 512";
const full = images.filter(({ empty }) => empty !== true);
const fatKinds = full.filter(({ name }) => !name.startsWith("exFAT"));

function bytesOf(fileSystem: FileSystem, path: string): Buffer {
  return Buffer.concat([...fileSystem.read(path)]);
}

function names(fileSystem: FileSystem, folder = "/"): string[] {
  return [...fileSystem.list(folder)].map(({ name }) => name);
}

/** All of the tree that the images have, read. */
function expectWhole(fileSystem: FileSystem, image: string): void {
  const right = openFileSystem(diskOf(image));
  expect(names(fileSystem)).toEqual(names(right));
  for (const path of ["README.TXT", "frag.bin", "sub/deep/inner file.dat", "many/entry number 3.txt"]) {
    expect(bytesOf(fileSystem, path).equals(bytesOf(right, path)), path).toBe(true);
  }
}

/** The first part of a disk. */
function cutOff(disk: SparseDisk, blockCount: number) {
  return {
    blockSize: disk.blockSize,
    blockCount,
    read(first: number, count: number) {
      if (first + count > blockCount) throw new Error(`block ${first + count - 1} of ${blockCount}`);
      return disk.read(first, count);
    },
  };
}

describe.each(fatKinds)("$name", ({ name }) => {
  test.each([0x00, 0x60, 0x33])(
    "with a first byte of %i is read, on all of the disk and in a partition",
    (jump) => {
      const disk = diskOf(name).poke(0, [jump]);
      const fileSystem = openFileSystem(disk);
      expectWhole(fileSystem, name);
      expect(fileSystem.warnings).toEqual([]);
      const shifted = {
        blockSize: disk.blockSize,
        blockCount: disk.blockCount + 8,
        read: (first: number, count: number) => disk.read(first - 8, count),
      };
      expectWhole(openFileSystem(shifted, { firstBlock: 8, blockCount: disk.blockCount }), name);
    },
  );

  test("without the signature at the end of its boot sector is read", () => {
    expectWhole(openFileSystem(diskOf(name).poke(510, [0, 0])), name);
  });
});

describe.each(full)("$name, more than its partition", ({ name }) => {
  test("that claims more than there is, is read as far as it goes, and that is said", () => {
    const disk = diskOf(name);
    const warnings: string[] = [];
    const options = { warn: (message: string) => void warnings.push(message) };
    const partition = { firstBlock: 0, blockCount: disk.blockCount - 64 };
    const fileSystem = openFileSystem(disk, partition, options);
    expectWhole(fileSystem, name);
    expect(warnings).toEqual([expect.stringContaining("what lies beyond cannot be read")]);
    expect(fileSystem.warnings).toEqual(warnings);
  });

  test("on a disk that was cut off: what is there of a file, and then an error", () => {
    const disk = diskOf(name);
    const entry = openFileSystem(disk).stat("sub/deep/inner file.dat");
    const { location, size } = entry;
    const geometry = geometryOf(disk);
    const { clusterBytes, heapOffset } = geometry;
    const start = heapOffset + (location.firstCluster - 2) * clusterBytes;
    const there = Math.ceil((start + 4096) / disk.blockSize);
    const whole = bytesOf(openFileSystem(disk), "sub/deep/inner file.dat");
    // The partition still says how large it was.
    const fileSystem = openFileSystem(cutOff(disk, there), { firstBlock: 0, blockCount: disk.blockCount });
    const parts: Uint8Array[] = [];
    const read = () => {
      for (const part of fileSystem.read(entry)) parts.push(part);
    };
    if (there * disk.blockSize < start + size) expect(read).toThrow("it leads to byte");
    else read();
    const length = Math.min(size, there * disk.blockSize - start);
    expect(Buffer.concat(parts).equals(whole.subarray(0, length))).toBe(true);
  });
});

describe("FAT", () => {
  test("a table smaller than the count of clusters: those that it has", () => {
    const disk = diskOf(floppy);
    // The number of sectors that the volume has makes clusters that its FAT of 9 sectors has no entries for.
    disk.poke(19, littleEndian(4000, 2));
    const fileSystem = openFileSystem(disk);
    expectWhole(fileSystem, floppy);
    expect(fileSystem.clusterCount).toBe((9 * 512 * 8) / 12 - 2);
    expect(fileSystem.warnings).toContainEqual(expect.stringContaining("3070 of 3967 clusters"));
  });

  test("a root directory without entries, a later version, an active FAT that is none", () => {
    const empty = openFileSystem(diskOf(floppy).poke(17, [0, 0]));
    expect(names(empty)).toEqual([]);
    const later = openFileSystem(diskOf(fat32).poke(42, [1, 0]));
    expectWhole(later, fat32);
    expect(later.warnings).toEqual([expect.stringContaining("version 1")]);
    const active = openFileSystem(diskOf(fat32).poke(40, [0x85, 0]));
    expectWhole(active, fat32);
    expect(active.warnings).toEqual([expect.stringContaining("FAT 0 is used")]);
  });

  test("a folder without a cluster is empty", () => {
    const disk = diskOf(floppy);
    disk.poke(shortEntryOffset(disk, "SUB        ") + 26, [0, 0]);
    const fileSystem = openFileSystem(disk);
    expect(names(fileSystem, "sub")).toEqual([]);
    expect(fileSystem.warnings).toEqual(['The folder "sub" has no cluster: it is taken for empty.']);
  });

  test("a file whose name begins with a point is no folder's own entry", () => {
    const disk = diskOf(floppy);
    disk.poke(shortEntryOffset(disk, "README  TXT"), [...Buffer.from(".HIDDEN")]);
    expect(names(openFileSystem(disk))).toContain(".HIDDEN.TXT");
    expect(names(openFileSystem(disk), "sub")).not.toContain(".");
  });

  test("parts of a long name before a volume label", () => {
    const disk = diskOf(floppy);
    const at = shortEntryOffset(disk, "ALONGF~1TXT");
    // The entry becomes a volume label; its three parts stay, with a checksum that fits.
    disk.poke(at + 11, [0x08]);
    const fileSystem = openFileSystem(disk);
    expect(names(fileSystem)).toEqual(
      names(openFileSystem(diskOf(floppy))).filter((name) => !name.startsWith("A long")),
    );
    expect(fileSystem.label()).toBe("BUSBAR");
    // The label is that entry's own 11 characters, and not the long name, where there is no other.
    const root = rootOffset(disk);
    const label = [...Array(16).keys()].find(
      (slot) => disk.bytes(root, 512)[slot * 32 + 11] === 0x08 && root + slot * 32 !== at,
    );
    if (label !== undefined) disk.poke(root + label * 32, [0xe5]);
    expect(openFileSystem(disk).label()).toBe("ALONGF~1TXT");
  });
});

describe.each(full)("$name", ({ name }) => {
  test.each([0, 1, 7])(
    "a chain ends with what ends one in Linux, %i after the mark of a bad cluster",
    (after) => {
      const isExfat = name.startsWith("exFAT");
      const bad = [0xff7, 0xfff7, 0x0fff_fff7, 0xffff_fff7];
      const mark = bad[["FAT12", "FAT16", "FAT32", "exFAT"].findIndex((kind) => name.startsWith(kind))]!;
      const disk = diskOf(name);
      const { firstCluster } = openFileSystem(disk).stat("README.TXT").location;
      if (isExfat) {
        // Its chain is in the FAT from now on.
        const at = fileSetOffset(disk, "README.TXT");
        disk.poke(at + 33, [0x01]);
        sealFileSet(disk, at);
      }
      pokeFat(disk, firstCluster, mark + after);
      const read = () => bytesOf(openFileSystem(disk), "README.TXT").length;
      if (isExfat && after === 0) expect(read).toThrow("no cluster");
      else expect(read()).toBe(18);
    },
  );
});

describe("exFAT", () => {
  /** Where the root directory has an entry of this type. */
  function entryOffset(disk: SparseDisk, type: number): number {
    const root = rootOffset(disk);
    const bytes = disk.bytes(root, 512);
    return root + [...Array(16).keys()].find((slot) => bytes[slot * 32] === type)! * 32;
  }

  test("the default up-case table is the one that formatters write", () => {
    const disk = diskOf(exfat);
    const entry = disk.bytes(rootOffset(disk), 512);
    const at = entryOffset(disk, 0x82) - rootOffset(disk);
    const view = new DataView(entry.buffer, entry.byteOffset + at, 32);
    const { heapOffset, clusterBytes } = geometryOf(disk);
    const start = heapOffset + (view.getUint32(20, true) - 2) * clusterBytes;
    const table = disk.bytes(start, 6144).subarray(0, view.getUint32(24, true));
    expect(view.getUint32(4, true)).toBe(0xe619_d30d);
    expect(defaultUpCaseTable()).toEqual(parseUpCaseTable(table, 0xe619_d30d));
  });

  test.each<[string, (disk: SparseDisk, at: number) => void, RegExp]>([
    ["none", (disk, at) => void disk.poke(at, [0x02]), /has no up-case table/],
    [
      "one with a wrong checksum",
      (disk, at) => void disk.poke(at + 4, [1, 2, 3, 4]),
      /checksum of its up-case/,
    ],
    ["one of an impossible size", (disk, at) => void disk.poke(at + 24, [0, 0, 0, 1]), /impossible size/],
    ["one of no size", (disk, at) => void disk.poke(at + 24, [0, 0, 0, 0]), /impossible size/],
    [
      "one that is nowhere",
      (disk, at) => void disk.poke(at + 20, [0xff, 0xff, 0xff, 0x7f]),
      /does not exist/,
    ],
  ])("an up-case table, %s: the standard's, and a warning", (_, change, warning) => {
    const disk = diskOf(exfat);
    change(disk, entryOffset(disk, 0x82));
    const fileSystem = openFileSystem(disk);
    expect(fileSystem.stat("gRÜßE, 日本語.TXT").size).toBe(24);
    expectWhole(fileSystem, exfat);
    expect(fileSystem.warnings).toEqual([expect.stringMatching(warning)]);
  });

  test("an error of the disk is none of the table", () => {
    const disk = diskOf(exfat);
    const fileSystem = openFileSystem({
      blockSize: 512,
      blockCount: disk.blockCount,
      read(first, count) {
        if (disk.reads.length > 1) throw new RangeError("gone");
        return disk.read(first, count);
      },
    });
    expect(() => fileSystem.stat("lower.txt")).toThrow(RangeError);
    expect(fileSystem.warnings).toEqual([]);
  });

  test.each([0x84, 0x86, 0x9f])(
    "an entry of the critical type %i, which is not known, hides itself",
    (type) => {
      const disk = diskOf(exfat);
      const all = names(openFileSystem(disk));
      disk.poke(fileSetOffset(disk, "lower.txt"), [type]);
      const fileSystem = openFileSystem(disk);
      expect(names(fileSystem)).toEqual(all.filter((name) => name !== "lower.txt"));
      expect(fileSystem.stat("README.TXT").size).toBe(18);
      expect(fileSystem.warnings).toEqual([expect.stringContaining(`0x${type.toString(16)}`)]);
    },
  );

  test("an entry of a benign type, which is not known, is passed over without a word", () => {
    const disk = diskOf(exfat);
    disk.poke(fileSetOffset(disk, "lower.txt"), [0xa6]);
    const fileSystem = openFileSystem(disk);
    expect(names(fileSystem)).not.toContain("lower.txt");
    expect(fileSystem.warnings).toEqual([]);
  });

  test("a count of clusters for which there is no room", () => {
    const disk = diskOf(exfat);
    const { clusterCount, fatBytes } = geometryOf(disk);
    const more = Math.min(clusterCount + 5, fatBytes / 4 - 2);
    expect(more).toBeGreaterThan(clusterCount);
    disk.poke(92, littleEndian(more, 4));
    sealBootRegion(disk);
    const fileSystem = openFileSystem(disk);
    expectWhole(fileSystem, exfat);
    expect(fileSystem.warnings).toEqual([expect.stringContaining("not enough room")]);
  });

  test("another version, and a FAT that is too small for all clusters", () => {
    const disk = diskOf(exfat).poke(105, [2]);
    sealBootRegion(disk);
    const later = openFileSystem(disk);
    expectWhole(later, exfat);
    expect(later.warnings).toEqual([expect.stringContaining("read as version 1")]);
    const small = diskOf(exfat);
    const { fatBytes } = geometryOf(small);
    small.poke(92, littleEndian(fatBytes / 4 + 100, 4));
    sealBootRegion(small);
    const clipped = openFileSystem(small);
    expectWhole(clipped, exfat);
    expect(clipped.clusterCount).toBe(fatBytes / 4 - 2);
    expect(clipped.warnings).toContainEqual(expect.stringContaining("the others are left out"));
  });

  test("more bytes that were never written than the medium has are no file", () => {
    const disk = diskOf(exfat);
    // A FAT and a heap that go on far beyond the medium, so that the file could be there.
    disk
      .poke(84, littleEndian(0x4000_0000, 4))
      .poke(92, littleEndian(0x0fff_ffff, 4))
      .poke(88, littleEndian(0x4000_1000, 4));
    sealBootRegion(disk);
    const content = openFileSystem(disk).read({
      ...openFileSystem(diskOf(exfat)).stat("lower.txt"),
      size: 2 ** 36,
      location: { firstCluster: 5, contiguous: true, validBytes: 0 },
    });
    expect(() => content.next()).toThrow("never written");
  });

  test("a folder whose size is no whole number of clusters", () => {
    const disk = diskOf(exfat);
    const at = fileSetOffset(disk, "many");
    const { validBytes } = openFileSystem(disk).stat("many").location;
    disk.poke(at + 40, littleEndian(validBytes - 32, 8)).poke(at + 56, littleEndian(validBytes - 32, 8));
    const fileSystem = openFileSystem(disk);
    expect(names(fileSystem, "many").length).toBeGreaterThan(0);
  });
});

test("a disk of zeros, of ones and of text has no file system", () => {
  for (const byte of [0x00, 0xff, 0x41]) {
    const disk = new SparseDisk(65_536, 512).poke(0, new Uint8Array(512).fill(byte));
    expect(() => openFileSystem(disk)).toThrow(
      expect.objectContaining({ payload: expect.objectContaining({ tag: "wrong-device" }) }),
    );
  }
});

test("a sentence is said once, and no medium can say more than fifty", () => {
  const disk = diskOf(exfat);
  const root = rootOffset(disk);
  pokeFat(disk, 2, 2);
  for (let slot = 0; slot < 16; slot += 1) disk.poke(root + slot * 32, [0x86]);
  const said: string[] = [];
  const fileSystem = openFileSystem(disk, undefined, { warn: (message) => void said.push(message) });
  names(fileSystem);
  names(fileSystem);
  expect(said.length).toBeGreaterThan(0);
  expect(new Set(said).size).toBe(said.length);
  expect(said.length).toBeLessThanOrEqual(50);
});
