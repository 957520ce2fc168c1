/** GUID partition tables: UEFI 2.10 section 5.3. No I/O; nothing is read past the end. */

import { crc32 } from "./crc32.ts";

/** "EFI PART", little-endian. */
const SIGNATURE = 0x5452_4150_2049_4645n;
/** HeaderSize of revision 1.0; later ones may be longer. */
const HEADER_BYTES = 92;
const HEADER_CRC_OFFSET = 16;

/** SizeOfPartitionEntry is 128 times a power of two; nobody uses more than 128. */
const SMALLEST_ENTRY = 128;
const LARGEST_ENTRY = 4096;
/** 128 entries of 128 bytes are the least that UEFI asks for; this is 64 times as much. */
const MOST_ENTRY_BYTES = 1024 * 1024;
/** Of so many partitions that overlap it is found out who is at fault; where there are more, the table is garbage, or a trap. */
const MOST_CONTESTED = 128;

/** Of a partition, whatever the header says. */
const FIRST_POSSIBLE_BLOCK = 2;

/** PartitionName: 36 UTF-16 units. */
const NAME_OFFSET = 56;
const NAME_END = 128;

/** A header that is whole: signature, sizes, CRC and its own place. */
export interface GptHeader {
  /** Revision: 0x00010000. */
  readonly revision: number;
  readonly headerSize: number;
  /** MyLBA. */
  readonly block: number;
  /** AlternateLBA: where the other copy is. */
  readonly alternateBlock: number;
  readonly firstUsableBlock: number;
  readonly lastUsableBlock: number;
  readonly diskGuid: string;
  /** PartitionEntryLBA. */
  readonly entriesBlock: number;
  /** NumberOfPartitionEntries. */
  readonly entryCount: number;
  /** SizeOfPartitionEntry. */
  readonly entrySize: number;
  /** PartitionEntryArrayCRC32. */
  readonly entriesCrc: number;
}

/** An entry that is used. */
export interface GptEntry {
  /** From 1. */
  readonly index: number;
  /** PartitionTypeGUID, in capitals, as all GUIDs here. */
  readonly typeGuid: string;
  /** UniquePartitionGUID. */
  readonly guid: string;
  readonly firstBlock: number;
  /** EndingLBA: the last block that belongs to it. */
  readonly lastBlock: number;
  readonly attributes: bigint;
  readonly name: string;
}

/** Why something is no header, or no list of entries: the rest of a sentence. */
export class GptProblem extends Error {
  override readonly name = "GptProblem";
}

/**
 * Reads and checks a header.
 *
 * @param bytes the whole block
 * @param block its number
 * @param blockCount of the disk: the table itself must not lie beyond; the partitions may, on a disk that was cut off
 * @throws GptProblem
 */
export function parseGptHeader(bytes: Uint8Array, block: number, blockCount: number): GptHeader {
  if (bytes.length < HEADER_BYTES) throw new GptProblem("the block is too short for a header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getBigUint64(0, true) !== SIGNATURE) throw new GptProblem("the signature is missing");
  const headerSize = view.getUint32(12, true);
  if (headerSize < HEADER_BYTES || headerSize > bytes.length) {
    throw new GptProblem(`the header claims ${headerSize} bytes`);
  }
  const covered = bytes.slice(0, headerSize);
  // The CRC is made with its own field as zero.
  covered.fill(0, HEADER_CRC_OFFSET, HEADER_CRC_OFFSET + 4);
  if (crc32(covered) !== view.getUint32(HEADER_CRC_OFFSET, true)) {
    throw new GptProblem("the checksum of the header is wrong");
  }
  const number = (offset: number, what: string) => {
    const value = view.getBigUint64(offset, true);
    if (value >= BigInt(blockCount)) throw new GptProblem(`${what} lies beyond the end of the disk`);
    return Number(value);
  };
  const header: GptHeader = {
    revision: view.getUint32(8, true),
    headerSize,
    block: number(24, "the header"),
    // A disk image that was copied to a larger or smaller disk has its other copy anywhere.
    alternateBlock: Number(view.getBigUint64(32, true)),
    // Linux takes any; blocks 0 and 1 are the protective MBR and the header itself.
    firstUsableBlock: Math.max(FIRST_POSSIBLE_BLOCK, number(40, "the first usable block")),
    lastUsableBlock: Number(view.getBigUint64(48, true)),
    diskGuid: parseGuid(bytes, 56),
    entriesBlock: number(72, "the list of partitions"),
    entryCount: view.getUint32(80, true),
    entrySize: view.getUint32(84, true),
    entriesCrc: view.getUint32(88, true),
  };
  if (header.block !== block) throw new GptProblem(`the header says that it is block ${header.block}`);
  checkEntries(header, bytes.length, blockCount);
  return header;
}

function checkEntries(
  { entryCount, entrySize, entriesBlock }: GptHeader,
  blockLength: number,
  blockCount: number,
): void {
  const isPowerOfTwo = (entrySize & (entrySize - 1)) === 0;
  if (entrySize < SMALLEST_ENTRY || entrySize > LARGEST_ENTRY || !isPowerOfTwo) {
    throw new GptProblem(`an entry claims ${entrySize} bytes`);
  }
  const length = entryCount * entrySize;
  if (entryCount === 0 || length > MOST_ENTRY_BYTES) {
    throw new GptProblem(`the list claims ${entryCount} partitions`);
  }
  if (entriesBlock < 2 || entriesBlock + Math.ceil(length / blockLength) > blockCount) {
    throw new GptProblem("the list of partitions does not fit on the disk");
  }
}

/**
 * Reads and checks the list of partitions.
 *
 * @param bytes at least `entryCount` times `entrySize` bytes, from block `entriesBlock` on
 * @throws GptProblem for a wrong checksum
 */
export function parseGptEntries(bytes: Uint8Array, header: GptHeader): GptEntry[] {
  const { entryCount, entrySize, entriesCrc } = header;
  const list = bytes.subarray(0, entryCount * entrySize);
  if (list.length < entryCount * entrySize) throw new GptProblem("the list of partitions is cut off");
  if (crc32(list) !== entriesCrc) throw new GptProblem("the checksum of the list of partitions is wrong");
  const entries: GptEntry[] = [];
  for (let index = 0; index < entryCount; index += 1) {
    const entry = parseEntry(list.subarray(index * entrySize, (index + 1) * entrySize), index + 1);
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

/** Why a partition cannot be used: the rest of a sentence. */
export interface SpoiledEntry {
  readonly entry: GptEntry;
  readonly reason: string;
}

/**
 * Tells the partitions that can be used from those that cannot: outside of the usable blocks, or in the place of another one.
 * Of two in one place, the one that is in the way of more others is at fault, and else the later one; where more than
 * 128 overlap, all are.
 */
export function judgeEntries(
  entries: readonly GptEntry[],
  { firstUsableBlock, lastUsableBlock }: GptHeader,
): { readonly usable: GptEntry[]; readonly spoiled: SpoiledEntry[] } {
  const spoiled: SpoiledEntry[] = [];
  const usable = entries.filter((entry) => {
    const { firstBlock, lastBlock } = entry;
    const reason =
      firstBlock > lastBlock
        ? "it ends before it begins"
        : firstBlock < firstUsableBlock || lastBlock > lastUsableBlock
          ? "it lies outside of the usable blocks"
          : undefined;
    if (reason !== undefined) spoiled.push({ entry, reason });
    return reason === undefined;
  });
  const inTheWay = overlapCounts(usable);
  const contested = usable.filter((_, index) => inTheWay[index]! > 1);
  if (contested.length > MOST_CONTESTED) {
    for (const entry of contested) spoiled.push({ entry, reason: "it has blocks of other partitions" });
  } else {
    spoiled.push(...settle(contested));
  }
  const out = new Set(spoiled.map(({ entry }) => entry));
  return { usable: usable.filter((entry) => !out.has(entry)), spoiled };
}

/** Who of some that overlap is at fault. */
function settle(contested: readonly GptEntry[]): SpoiledEntry[] {
  const left = [...contested];
  const spoiled: SpoiledEntry[] = [];
  for (;;) {
    const inTheWay = overlapCounts(left);
    const most = Math.max(0, ...inTheWay);
    // Each overlaps itself.
    if (most < 2) return spoiled;
    const [entry] = left.splice(inTheWay.lastIndexOf(most), 1);
    const other = left.find((each) => overlap(entry!, each))!;
    spoiled.push({ entry: entry!, reason: `it has blocks of partition ${other.index}` });
  }
}

/** How many of the entries each of them overlaps, itself among them. */
function overlapCounts(entries: readonly GptEntry[]): number[] {
  const firsts = Float64Array.from(entries, ({ firstBlock }) => firstBlock).sort();
  const lasts = Float64Array.from(entries, ({ lastBlock }) => lastBlock).sort();
  // All that begin before its end, but for those that end before it begins.
  return entries.map(({ firstBlock, lastBlock }) => {
    return countBelow(firsts, lastBlock + 1) - countBelow(lasts, firstBlock);
  });
}

/** How many of sorted numbers are below a limit. */
function countBelow(sorted: Float64Array, limit: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function overlap(one: GptEntry, other: GptEntry): boolean {
  return one.firstBlock <= other.lastBlock && other.firstBlock <= one.lastBlock;
}

/** @returns `undefined` for an entry that is not used: its type is all zeros */
function parseEntry(bytes: Uint8Array, index: number): GptEntry | undefined {
  if (bytes.subarray(0, 16).every((byte) => byte === 0)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let name = "";
  for (let offset = NAME_OFFSET; offset < NAME_END; offset += 2) {
    const unit = view.getUint16(offset, true);
    if (unit === 0) break;
    name += String.fromCharCode(unit);
  }
  return {
    index,
    typeGuid: parseGuid(bytes, 0),
    guid: parseGuid(bytes, 16),
    firstBlock: Number(view.getBigUint64(32, true)),
    lastBlock: Number(view.getBigUint64(40, true)),
    attributes: view.getBigUint64(48, true),
    name,
  };
}

/** UEFI 2.10 appendix A: the first three fields are little-endian, the last two as they are written. */
function parseGuid(bytes: Uint8Array, offset: number): string {
  const order = [3, 2, 1, 0, -1, 5, 4, -1, 7, 6, -1, 8, 9, -1, 10, 11, 12, 13, 14, 15];
  return order
    .map((at) => (at < 0 ? "-" : bytes[offset + at]!.toString(16).padStart(2, "0")))
    .join("")
    .toUpperCase();
}
