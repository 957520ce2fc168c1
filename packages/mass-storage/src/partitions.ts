/** What is on a disk: the partitions of an MBR or a GPT, or one file system without any. */

import { DriverError } from "@busbar/guest";
import {
  type AsyncBlockReader,
  type BlockReader,
  type BlockSteps,
  type DiskSize,
  runSteps,
  runStepsAsync,
} from "@busbar/guest/blocks";
import { type GptHeader, GptProblem, judgeEntries, parseGptEntries, parseGptHeader } from "./gpt.ts";
import {
  type BootRecord,
  type BootRecordEntry,
  isBootable,
  isBootSector,
  isBootSectorWithoutJump,
  isExtended,
  isUsed,
  PROTECTIVE,
  parseBootRecord,
  parseExtendedBootRecord,
} from "./mbr.ts";

export type { AsyncBlockReader, BlockReader, BlockRequest, DiskSize } from "@busbar/guest/blocks";

/** A range of blocks. */
export interface Partition {
  /** As systems count: 1 to 4 for primary partitions of an MBR, 5 and more for logical ones; the entry of a GPT. */
  readonly index: number;
  readonly firstBlock: number;
  /** At least 1; all blocks are on the disk: of a partition that ends past it, those that are there. */
  readonly blockCount: number;
  /** "0x0C", or the type GUID in capitals. */
  readonly type: string;
  /** Whether it is the one to boot from: MBR status, or GPT attribute bit 2. */
  readonly bootable: boolean;
  /** GPT only: its name, empty where it has none. */
  readonly name?: string;
  /** GPT only: its own GUID. */
  readonly guid?: string;
  /** GPT only: attribute bits. */
  readonly attributes?: bigint;
}

/**
 * What the first blocks say. "none" is a disk without partitions: `fileSystem` says whether the first block looks like
 * the boot sector of FAT, exFAT or NTFS. `problems` are sentences about what had to be left out or replaced.
 */
export type PartitionTable = {
  readonly partitions: readonly Partition[];
  readonly problems: readonly string[];
} & (
  | { readonly kind: "none"; readonly fileSystem: boolean }
  | { readonly kind: "mbr"; readonly diskSignature: number }
  | { readonly kind: "gpt"; readonly diskGuid: string; readonly copy: "primary" | "backup" }
);

/** A chain of logical partitions that is longer is a mistake, or a trap. */
const MOST_LOGICAL_PARTITIONS = 128;
const FIRST_LOGICAL_INDEX = 5;

/** GPT attribute "legacy BIOS bootable": UEFI 2.10 table 5.8. */
const LEGACY_BOOTABLE = 4n;

/**
 * Reads the partition table of a disk.
 *
 * @throws DriverError `protocol` for a GPT both copies of which are damaged; what `disk.read` throws
 */
export function readPartitions(disk: BlockReader): PartitionTable {
  return runSteps(findPartitions(disk), disk);
}

/** `readPartitions` for a disk that answers later. */
export function readPartitionsAsync(disk: AsyncBlockReader): Promise<PartitionTable> {
  return runStepsAsync(findPartitions(disk), disk);
}

/** The search itself: yields what to read, and is given the bytes. At most 1 MiB at a time and 132 times. */
export function* findPartitions(size: DiskSize): BlockSteps<PartitionTable> {
  if (size.blockCount < 1) return { kind: "none", fileSystem: false, partitions: [], problems: [] };
  const first = yield { firstBlock: 0, count: 1 };
  // A file system's boot sector ends in 55 AA as well, and has machine code where the entries would be.
  const record = isBootSector(first) ? undefined : parseBootRecord(first);
  if (record === undefined || (!record.entries.some(isUsed) && isBootSectorWithoutJump(first))) {
    const fileSystem = isBootSector(first) || isBootSectorWithoutJump(first);
    return { kind: "none", fileSystem, partitions: [], problems: [] };
  }
  if (record.entries.some(({ type }) => type === PROTECTIVE)) return yield* findGpt(size, record);
  const table = yield* findMbr(size, record, []);
  // Entries none of which is on the disk are what a boot sector has there.
  const isFileSystem = table.partitions.length === 0 && isBootSectorWithoutJump(first);
  return isFileSystem ? { kind: "none", fileSystem: true, partitions: [], problems: [] } : table;
}

/** As Linux reads it: block/partitions/msdos.c. */
function* findMbr(size: DiskSize, record: BootRecord, problems: string[]): BlockSteps<PartitionTable> {
  const partitions: Partition[] = [];
  const logical: Partition[] = [];
  const visited = new Set<number>();
  for (const entry of record.entries) {
    if (!isUsed(entry) || entry.type === PROTECTIVE) continue;
    // An extended partition is no place for a file system, only for other partitions.
    if (isExtended(entry)) yield* findLogical(size, entry, visited, logical, problems);
    else addPartition(size, entry, entry.index, entry.startBlock, partitions, problems);
  }
  const { diskSignature } = record;
  return { kind: "mbr", diskSignature, partitions: [...partitions, ...logical], problems };
}

/** Adds what is on the disk of a partition. */
function addPartition(
  { blockCount }: DiskSize,
  entry: BootRecordEntry,
  index: number,
  firstBlock: number,
  partitions: Partition[],
  problems: string[],
): void {
  if (firstBlock >= blockCount) {
    problems.push(
      `Partition ${index} is left out: it begins with block ${firstBlock}, and the disk has ${blockCount}.`,
    );
    return;
  }
  const there = Math.min(entry.blockCount, blockCount - firstBlock);
  if (there < entry.blockCount) {
    problems.push(`Partition ${index} is cut off: of its ${entry.blockCount} blocks the disk has ${there}.`);
  }
  partitions.push({ ...ofBootRecord(entry, index, firstBlock), blockCount: there });
}

/**
 * Follows the chain of extended boot records. In each there is a partition, counted from that record on, and the next record,
 * counted from the extended partition on; usually in this order, but some systems have them in any of the four entries.
 */
function* findLogical(
  size: DiskSize,
  extended: BootRecordEntry,
  visited: Set<number>,
  partitions: Partition[],
  problems: string[],
): BlockSteps<void> {
  const [start, length] = [extended.startBlock, extended.blockCount];
  let [block, recordLength] = [start, length];
  let from = 0;
  while (visited.size < MOST_LOGICAL_PARTITIONS) {
    if (visited.has(block)) {
      problems.push(`The list of logical partitions breaks off: it goes from block ${from} to ${block}.`);
      return;
    }
    visited.add(block);
    if (block >= size.blockCount) {
      problems.push(`The list of logical partitions breaks off: block ${block} is not on the disk.`);
      return;
    }
    const record = parseExtendedBootRecord(yield { firstBlock: block, count: 1 });
    if (record === undefined) {
      problems.push(`The list of logical partitions breaks off: block ${block} holds no boot record.`);
      return;
    }
    for (const entry of record.entries) {
      if (!isUsed(entry) || isExtended(entry)) continue;
      const firstBlock = block + entry.startBlock;
      const fits =
        entry.startBlock + entry.blockCount <= recordLength &&
        firstBlock + entry.blockCount <= start + length;
      // The third and fourth entries have garbage at times.
      if (entry.index > 2 && !fits) continue;
      if (partitions.length >= MOST_LOGICAL_PARTITIONS) continue;
      addPartition(size, entry, FIRST_LOGICAL_INDEX + partitions.length, firstBlock, partitions, problems);
    }
    const link = record.entries.find((entry) => isUsed(entry) && isExtended(entry));
    // One that starts where the extended partition does is an unused one, or the first record again.
    if (link === undefined || link.startBlock === 0) return;
    [from, block, recordLength] = [block, start + link.startBlock, link.blockCount];
  }
  problems.push(`The list of logical partitions is cut off after ${MOST_LOGICAL_PARTITIONS}.`);
}

function ofBootRecord(entry: BootRecordEntry, index: number, firstBlock: number): Partition {
  return {
    index,
    firstBlock,
    blockCount: entry.blockCount,
    type: `0x${entry.type.toString(16).toUpperCase().padStart(2, "0")}`,
    bootable: isBootable(entry),
  };
}

/** The copy in block 1 counts; where it is damaged, the one in the last block (UEFI 2.10 section 5.3.2). */
function* findGpt(size: DiskSize, record: BootRecord): BlockSteps<PartitionTable> {
  const problems: string[] = [];
  const copies = [
    { copy: "primary", block: 1 },
    { copy: "backup", block: size.blockCount - 1 },
  ] as const;
  for (const { copy, block } of copies) {
    if (block >= size.blockCount || block < 1) continue;
    try {
      const header = parseGptHeader(yield { firstBlock: block, count: 1 }, block, size.blockCount);
      const partitions = yield* readEntries(header, size, problems);
      if (copy === "primary" && header.alternateBlock >= size.blockCount) {
        problems.push(
          `The disk was cut off: its backup partition table is in block ${header.alternateBlock}, and there are ${size.blockCount} blocks.`,
        );
      }
      return { kind: "gpt", diskGuid: header.diskGuid, copy, partitions, problems };
    } catch (error) {
      if (!(error instanceof GptProblem)) throw error;
      problems.push(`The ${copy} partition table is damaged: ${error.message}.`);
    }
  }
  // A disk for systems that do not know GPT as well has the same partitions, or some of them, in its boot record.
  if (record.entries.some((entry) => isUsed(entry) && entry.type !== PROTECTIVE)) {
    return yield* findMbr(size, record, problems);
  }
  throw DriverError.protocol(
    `${problems.join(" ")} Repair it with a partition tool before anything is written to the disk.`,
  );
}

/** The partitions that can be used; what is wrong with the others spoils no more than themselves. */
function* readEntries(
  header: GptHeader,
  { blockSize, blockCount }: DiskSize,
  problems: string[],
): BlockSteps<Partition[]> {
  const count = Math.ceil((header.entryCount * header.entrySize) / blockSize);
  const entries = parseGptEntries(yield { firstBlock: header.entriesBlock, count }, header);
  const { usable, spoiled } = judgeEntries(entries, header);
  for (const { entry, reason } of spoiled) {
    problems.push(`Partition ${entry.index} is left out: ${reason}.`);
  }
  const partitions: Partition[] = [];
  for (const { index, firstBlock, lastBlock, typeGuid, guid, name, attributes } of usable) {
    const length = lastBlock - firstBlock + 1;
    const there = Math.min(length, blockCount - firstBlock);
    if (there < 1) {
      problems.push(
        `Partition ${index} is left out: it begins with block ${firstBlock}, and the disk has ${blockCount}.`,
      );
      continue;
    }
    if (there < length) {
      problems.push(`Partition ${index} is cut off: of its ${length} blocks the disk has ${there}.`);
    }
    const bootable = (attributes & LEGACY_BOOTABLE) !== 0n;
    partitions.push({
      index,
      firstBlock,
      blockCount: there,
      type: typeGuid,
      bootable,
      name,
      guid,
      attributes,
    });
  }
  return partitions;
}
