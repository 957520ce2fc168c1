/** What the fuzz runs share: inputs from a random source, and the rules that no input may break. */

import { DriverError } from "@busbar/guest";
import { parseBpb } from "../src/bpb.ts";
import { isExfat, parseExfatBootSector } from "../src/exfat-boot.ts";
import { parseFileSet, setChecksum } from "../src/exfat-directory.ts";
import { isCluster } from "../src/geometry.ts";
import { type FileEntry, type FileSystem, isoTime, openFileSystem, printable } from "../src/index.ts";
import { isLongNamePart, LongNameParts } from "../src/long-name.ts";
import { shortName } from "../src/short-name.ts";
import { parseExfatTime } from "../src/time.ts";
import { parseUpCaseTable } from "../src/up-case.ts";
import { diskOf, images, type SparseDisk } from "./images.ts";
import { littleEndian, sealBootRegion } from "./patches.ts";

/** A whole number from 0 to below `below`. */
export type Random = (below: number) => number;

/** Marsaglia's xorshift32: the same numbers for the same seed. */
export function randomOf(seed: number): Random {
  let state = Math.imul(seed ^ 0x9e37_79b9, 0x85eb_ca6b) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Runs something that may throw DriverError and nothing else. @returns whether it was accepted */
function tolerate(body: () => void): boolean {
  try {
    body();
    return true;
  } catch (error) {
    if (error instanceof DriverError) return false;
    throw error;
  }
}

function rule(holds: boolean, what: string): void {
  if (!holds) throw new Error(`broken: ${what}`);
}

const bootSectors = images.map(({ name }) => diskOf(name).bytes(0, 512));

/** All parsers, on bytes that are nearly what they want, or anything. @returns whether one took them */
export function exerciseParsers(random: Random): boolean {
  return random(2) === 0 ? exerciseBootSector(random) : exerciseEntries(random);
}

function exerciseBootSector(random: Random): boolean {
  const sector = Uint8Array.from(bootSectors[random(bootSectors.length)]!);
  for (let count = random(4); count >= 0; count -= 1) sector[random(120)] = random(256);
  const bytes = 2 ** (12 + random(40));
  return tolerate(() => {
    const geometry = isExfat(sector) ? parseExfatBootSector(sector, bytes) : parseBpb(sector, bytes);
    const { heapOffset, clusterBytes, clusterCount, fatOffset, fatBytes, root, kind } = geometry;
    const entryBits = { FAT12: 12, FAT16: 16, FAT32: 32, exFAT: 32 }[kind];
    rule((clusterCount + 2) * entryBits <= fatBytes * 8, "all clusters have an entry");
    rule(Number.isSafeInteger(heapOffset + clusterBytes * clusterCount), "offsets that can be counted");
    rule(fatOffset > 0 && fatOffset + fatBytes <= heapOffset, "the FAT is before the clusters");
    rule(
      "offset" in root ? root.offset + root.bytes <= heapOffset : isCluster(geometry, root.firstCluster),
      "a root",
    );
  });
}

/** Entries of both kinds of directory, and an up-case table. */
function exerciseEntries(random: Random): boolean {
  const bytes = new Uint8Array(32 * (1 + random(20))).fill(0x41);
  for (let count = random(bytes.length / 4); count > 0; count -= 1) bytes[random(bytes.length)] = random(256);
  const parts = new LongNameParts();
  for (let at = 0; at < bytes.length; at += 32) {
    const slot = bytes.subarray(at, at + 32);
    if (random(2) === 0) {
      slot[0] = random(2) === 0 ? 0x41 : at / 32;
      slot[11] = 0x0f;
    }
    if (isLongNamePart(slot)) parts.add(slot);
    const name = parts.nameFor(slot);
    rule(
      name === undefined || (name.length >= 1 && name.length <= 255),
      "a long name of 1 to 255 characters",
    );
    rule(shortName(slot, slot[12]).length <= 12, "a short name of 12 characters at most");
  }
  rule(!/[\p{Cc}\p{Cs}]/u.test(printable(String.fromCharCode(...bytes, 0xd800))), "a printable name");
  if (random(64) === 0) {
    const upper = { length: 0 };
    tolerate(() => {
      upper.length = parseUpCaseTable(bytes, random(2) === 0 ? 0 : tableChecksum(bytes)).length;
    });
    rule(upper.length === 0 || upper.length === 65_536, "an up-case table of all characters");
  }
  const time = parseExfatTime(random(2 ** 31) * 2 + random(2), random(256), random(256));
  rule(time === undefined || isoTime(time).length <= 25, "a time");
  if (random(4) > 0) {
    bytes.set([0x85, bytes.length / 32 - 1]);
    if (bytes.length > 64) {
      bytes[32] = 0xc0;
      bytes[35] = random(40);
      bytes.fill(0, 40, 64);
      for (let at = 64; at < bytes.length; at += 32) bytes[at] = 0xc1;
    }
    bytes.set(littleEndian(setChecksum(bytes), 2), 2);
  }
  return tolerate(() => {
    const { name, size, location } = parseFileSet(bytes);
    rule(name.length >= 1 && name.length <= 255, "a name of 1 to 255 characters");
    rule(Number.isSafeInteger(size) && location.validBytes <= Math.max(size, location.validBytes), "a size");
  });
}

function tableChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum = ((sum & 1) * 0x8000_0000 + (sum >>> 1) + byte) % 2 ** 32;
  return sum;
}

/** What reading all of a damaged image may take; a loop without an end takes more. */
const READ_BUDGET = 64 * 2 ** 20;
const MOST_ENTRIES = 400;
const MOST_DEPTH = 6;

const small = images.filter(({ empty }) => empty !== true).map(({ name }) => name);
const disks = new Map(small.map((name) => [name, diskOf(name)]));

/** Changes a few bytes of an image, reads what there is, and changes them back. @returns whether all could be read */
export function exerciseImage(random: Random): boolean {
  const name = small[random(small.length)]!;
  const disk = disks.get(name)!;
  const before: [number, number][] = [];
  const poke = (offset: number, value: number) => {
    before.push([offset, disk.bytes(Math.floor(offset / 512) * 512, 512)[offset % 512]!]);
    disk.poke(offset, [value]);
  };
  const { offsets } = disk;
  const sectorShift = disk.bytes(0, 512)[108];
  for (let count = random(6); count >= 0; count -= 1) {
    // The boot sector and the FAT come first, and are a small part of all.
    const sector = offsets[random(random(2) === 0 ? Math.min(16, offsets.length) : offsets.length)]!;
    poke(sector + random(512), random(3) === 0 ? random(4) : random(256));
  }
  const isExfatImage = name.startsWith("exFAT");
  // With sectors of another size the checksum would be written where it could not be taken back.
  if (isExfatImage && disk.bytes(0, 512)[108] === sectorShift) sealBootRegion(disk);
  disk.budget = READ_BUDGET;
  disk.reads.length = 0;
  try {
    return tolerate(() => readEverything(disk));
  } finally {
    disk.budget = Number.POSITIVE_INFINITY;
    for (const [offset, value] of before.reverse()) disk.poke(offset, [value]);
    if (isExfatImage) sealBootRegion(disk);
  }
}

function readEverything(disk: SparseDisk): void {
  const fileSystem = openFileSystem(disk);
  rule(fileSystem.label().length <= 11, "a label of 11 characters at most");
  const volumeBytes = fileSystem.clusterBytes * fileSystem.clusterCount;
  let entries = 0;
  const walk = (folder: string | FileEntry, depth: number): void => {
    for (const entry of fileSystem.list(folder)) {
      entries += 1;
      if (entries > MOST_ENTRIES) return;
      rule(entry.name.length >= 0 && entry.name.length <= 255, "a name of 255 characters at most");
      if (entry.kind === "file")
        rule(readSome(fileSystem, entry) <= volumeBytes, "no file larger than its volume");
      else if (depth < MOST_DEPTH) walk(entry, depth + 1);
    }
  };
  walk("/", 0);
  fileSystem.stat("sub/deep/INNER file.dat");
}

/** At most 64 KiB of a file, and one byte near its end. */
function readSome(fileSystem: FileSystem, entry: FileEntry): number {
  let length = 0;
  for (const part of fileSystem.read(entry, { length: 65_536, chunkBytes: 16_384 })) length += part.length;
  rule(length === Math.min(entry.size, 65_536), "as many bytes as the entry says");
  if (entry.size < 65_536) for (const _ of fileSystem.read(entry, { offset: Math.max(entry.size - 1, 0) }));
  return entry.size < 65_536 ? length : 0;
}
