/** Disk images for the tests of partition tables, made independently of the parsers: Node's CRC, fields by hand. */

import { crc32 } from "node:zlib";
import type { BlockReader } from "../src/partitions.ts";

/** An MBR entry. */
export interface MbrEntry {
  readonly status?: number;
  readonly type: number;
  readonly start: number;
  readonly count: number;
}

/** Puts a boot record into a block. */
export function putBootRecord(image: Uint8Array, offset: number, entries: readonly MbrEntry[]): void {
  const view = new DataView(image.buffer, image.byteOffset + offset, 512);
  for (const [index, { status = 0, type, start, count }] of entries.entries()) {
    const at = 446 + 16 * index;
    view.setUint8(at, status);
    view.setUint8(at + 4, type);
    view.setUint32(at + 8, start, true);
    view.setUint32(at + 12, count, true);
  }
  view.setUint16(510, 0xaa55, true);
}

/** What a GPT says of one partition. */
export interface GptPartition {
  readonly typeGuid: string;
  readonly guid: string;
  readonly first: number;
  readonly last: number;
  readonly attributes: bigint;
  readonly name: string;
}

/** What a GPT image is made from. */
export interface GptFields {
  readonly blockSize: number;
  readonly blockCount: number;
  readonly diskGuid: string;
  readonly firstUsable: number;
  readonly lastUsable: number;
  readonly partitions: readonly GptPartition[];
}

const ENTRIES = 128;
const ENTRY_BYTES = 128;

/** A whole disk with both copies: UEFI 2.10 section 5.3. */
export function gptImage(fields: GptFields): Uint8Array {
  const { blockSize, blockCount, partitions } = fields;
  const image = new Uint8Array(blockSize * blockCount);
  putBootRecord(image, 0, [{ type: 0xee, start: 1, count: blockCount - 1 }]);
  const entries = Buffer.alloc(ENTRIES * ENTRY_BYTES);
  for (const [index, { typeGuid, guid, first, last, attributes, name }] of partitions.entries()) {
    const at = index * ENTRY_BYTES;
    putGuid(entries, at, typeGuid);
    putGuid(entries, at + 16, guid);
    entries.writeBigUInt64LE(BigInt(first), at + 32);
    entries.writeBigUInt64LE(BigInt(last), at + 40);
    entries.writeBigUInt64LE(attributes, at + 48);
    entries.write(name, at + 56, "utf16le");
  }
  const entryBlocks = Math.ceil(entries.length / blockSize);
  image.set(entries, 2 * blockSize);
  image.set(entries, (blockCount - 1 - entryBlocks) * blockSize);
  image.set(gptHeader(fields, 1, blockCount - 1, 2, entries), blockSize);
  const last = blockCount - 1;
  image.set(gptHeader(fields, last, 1, last - entryBlocks, entries), last * blockSize);
  return image;
}

/** One header with its CRC. */
function gptHeader(
  { diskGuid, firstUsable, lastUsable }: GptFields,
  block: number,
  alternate: number,
  entriesBlock: number,
  entries: Buffer,
): Buffer {
  const header = Buffer.alloc(92);
  header.write("EFI PART", 0, "ascii");
  header.writeUInt32LE(0x0001_0000, 8);
  header.writeUInt32LE(92, 12);
  header.writeBigUInt64LE(BigInt(block), 24);
  header.writeBigUInt64LE(BigInt(alternate), 32);
  header.writeBigUInt64LE(BigInt(firstUsable), 40);
  header.writeBigUInt64LE(BigInt(lastUsable), 48);
  putGuid(header, 56, diskGuid);
  header.writeBigUInt64LE(BigInt(entriesBlock), 72);
  header.writeUInt32LE(ENTRIES, 80);
  header.writeUInt32LE(ENTRY_BYTES, 84);
  header.writeUInt32LE(crc32(entries), 88);
  header.writeUInt32LE(crc32(header), 16);
  return header;
}

/** Makes the CRC of a changed header right again. */
export function sealHeader(image: Uint8Array, offset: number): void {
  const header = Buffer.from(image.buffer, image.byteOffset + offset, 92);
  header.writeUInt32LE(0, 16);
  header.writeUInt32LE(crc32(header), 16);
}

/** Mixed endianness: the first three fields are little-endian. */
function putGuid(target: Buffer, offset: number, guid: string): void {
  const [a, b, c, d, e] = guid.split("-") as [string, string, string, string, string];
  target.writeUInt32LE(Number.parseInt(a, 16), offset);
  target.writeUInt16LE(Number.parseInt(b, 16), offset + 4);
  target.writeUInt16LE(Number.parseInt(c, 16), offset + 6);
  target.write(d + e, offset + 8, "hex");
}

/** A disk of these bytes that counts what is read, and refuses to read past its end. */
export function diskOf(
  image: Uint8Array,
  blockSize = 512,
): BlockReader & { readonly reads: [number, number][] } {
  const blockCount = Math.floor(image.length / blockSize);
  const reads: [number, number][] = [];
  return {
    blockSize,
    blockCount,
    reads,
    read(first, count) {
      reads.push([first, count]);
      if (first < 0 || count < 1 || first + count > blockCount) throw new RangeError("past the end");
      return image.subarray(first * blockSize, (first + count) * blockSize);
    },
  };
}
