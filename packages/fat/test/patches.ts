/** Changing an image where it hurts: by the field, not by the byte. */

import { parseBpb } from "../src/bpb.ts";
import { parseExfatBootSector } from "../src/exfat-boot.ts";
import { setChecksum } from "../src/exfat-directory.ts";
import { clusterOffset, type Geometry } from "../src/geometry.ts";
import type { SparseDisk } from "./images.ts";

/** Where everything is on a disk without partitions. */
export function geometryOf(disk: SparseDisk): Geometry {
  const sector = disk.bytes(0, 512);
  const bytes = disk.blockCount * disk.blockSize;
  return sector[3] === 0x45 ? parseExfatBootSector(sector, bytes) : parseBpb(sector, bytes);
}

/** Writes an entry of the FAT in force. */
export function pokeFat(disk: SparseDisk, cluster: number, value: number): void {
  const { kind, fatOffset } = geometryOf(disk);
  if (kind === "FAT12") {
    const offset = fatOffset + cluster + (cluster >> 1);
    const start = Math.floor(offset / 512) * 512;
    const bytes = disk.bytes(start, 1024);
    const old = bytes[offset - start]! | (bytes[offset - start + 1]! << 8);
    const pair = (cluster & 1) === 0 ? (old & 0xf000) | value : (old & 0x000f) | (value << 4);
    disk.poke(offset, littleEndian(pair, 2));
  } else {
    const size = kind === "FAT16" ? 2 : 4;
    disk.poke(fatOffset + cluster * size, littleEndian(value, size));
  }
}

/** A number as so many bytes. */
export function littleEndian(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, index) => Math.floor(value / 2 ** (8 * index)) % 256);
}

/** Where the root directory begins. */
export function rootOffset(disk: SparseDisk): number {
  const geometry = geometryOf(disk);
  const { root } = geometry;
  return "offset" in root ? root.offset : clusterOffset(geometry, root.firstCluster);
}

/** Where the short entry of a name of 11 characters is, in the first 16 KiB of the root directory. */
export function shortEntryOffset(disk: SparseDisk, name: string): number {
  const root = rootOffset(disk);
  const at = Buffer.from(disk.bytes(root, 16_384)).indexOf(name, 0, "latin1");
  if (at < 0 || at % 32 !== 0) throw new Error(`there is no ${name}`);
  return root + at;
}

/** Where exFAT's set of a file with a short name is. */
export function fileSetOffset(disk: SparseDisk, name: string): number {
  const nameEntry = Buffer.concat([Buffer.from([0xc1, 0]), Buffer.from(name, "utf16le")]);
  for (const offset of disk.offsets) {
    const at = Buffer.from(disk.bytes(offset, 512)).indexOf(nameEntry);
    if (at >= 0 && at % 32 === 0) return offset + at - 64;
  }
  throw new Error(`there is no ${name}`);
}

/** Makes the checksum of a file's set right again. */
export function sealFileSet(disk: SparseDisk, offset: number): void {
  const start = Math.floor(offset / 512) * 512;
  const all = disk.bytes(start, 16_384);
  const at = offset - start;
  const set = all.subarray(at, at + 32 * (1 + all[at + 1]!));
  disk.poke(offset + 2, littleEndian(setChecksum(set), 2));
}

/** Makes the checksum of exFAT's boot region right again. */
export function sealBootRegion(disk: SparseDisk): void {
  const sectorBytes = 2 ** disk.bytes(0, 512)[108]!;
  const region = disk.bytes(0, 11 * sectorBytes);
  let sum = 0;
  for (const [index, byte] of region.entries()) {
    if (![106, 107, 112].includes(index)) sum = ((sum & 1) * 0x8000_0000 + (sum >>> 1) + byte) % 2 ** 32;
  }
  const words = Array.from({ length: sectorBytes / 4 }, () => littleEndian(sum, 4)).flat();
  disk.poke(11 * sectorBytes, words);
}
