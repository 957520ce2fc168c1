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
import { type GptHeader, GptProblem, parseGptEntries, parseGptHeader } from "./gpt.ts";
import {
  type BootRecordEntry,
  isBootable,
  isBootSector,
  isExtended,
  isUsed,
  PROTECTIVE,
  parseBootRecord,
} from "./mbr.ts";

export type { AsyncBlockReader, BlockReader, BlockRequest, DiskSize } from "@busbar/guest/blocks";

/** A range of blocks. */
export interface Partition {
  /** As systems count: 1 to 4 for primary partitions of an MBR, 5 and more for logical ones; the entry of a GPT. */
  readonly index: number;
  readonly firstBlock: number;
  /** At least 1; all blocks are on the disk. */
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
  if (record === undefined) {
    return { kind: "none", fileSystem: isBootSector(first), partitions: [], problems: [] };
  }
  if (record.entries.some(({ type }) => type === PROTECTIVE)) return yield* findGpt(size);
  const problems: string[] = [];
  const partitions: Partition[] = [];
  for (const entry of record.entries) {
    if (entry.type === 0) continue;
    if (!isUsed(entry) || entry.startBlock + entry.blockCount > size.blockCount) {
      problems.push(`Partition ${entry.index} is left out: it does not lie on the disk.`);
    } else {
      partitions.push(ofBootRecord(entry, entry.index, entry.startBlock));
    }
  }
  const extended = record.entries.find(
    (entry) => isExtended(entry) && partitions.some(({ index }) => index === entry.index),
  );
  if (extended !== undefined) {
    const logical = yield* findLogical(extended, problems);
    // An extended partition is no place for a file system, only for other partitions.
    const primary = partitions.filter(({ index }) => index !== extended.index);
    return {
      kind: "mbr",
      diskSignature: record.diskSignature,
      partitions: [...primary, ...logical],
      problems,
    };
  }
  return { kind: "mbr", diskSignature: record.diskSignature, partitions, problems };
}

/**
 * Follows the chain of extended boot records: in each, the first entry is a partition, from that record on, and the
 * second one the next record, from the extended partition on.
 */
function* findLogical(extended: BootRecordEntry, problems: string[]): BlockSteps<Partition[]> {
  const partitions: Partition[] = [];
  const end = extended.startBlock + extended.blockCount;
  let block = extended.startBlock;
  for (let count = 0; count < MOST_LOGICAL_PARTITIONS; count += 1) {
    const record = parseBootRecord(yield { firstBlock: block, count: 1 });
    if (record === undefined) {
      problems.push(`The list of logical partitions breaks off: block ${block} holds no boot record.`);
      return partitions;
    }
    const [entry, link] = record.entries as [BootRecordEntry, BootRecordEntry];
    if (isUsed(entry) && !isExtended(entry)) {
      const firstBlock = block + entry.startBlock;
      const index = FIRST_LOGICAL_INDEX + partitions.length;
      if (firstBlock + entry.blockCount <= end) partitions.push(ofBootRecord(entry, index, firstBlock));
      else
        problems.push(`A logical partition is left out: block ${firstBlock} on is not in the extended one.`);
    }
    if (!isUsed(link) || !isExtended(link)) return partitions;
    const next = extended.startBlock + link.startBlock;
    // The chain only goes up in what systems write; going down it could go round for ever.
    if (next <= block || next >= end) {
      problems.push(`The list of logical partitions breaks off: it goes from block ${block} to ${next}.`);
      return partitions;
    }
    block = next;
  }
  problems.push(`The list of logical partitions is cut off after ${MOST_LOGICAL_PARTITIONS}.`);
  return partitions;
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
function* findGpt(size: DiskSize): BlockSteps<PartitionTable> {
  const problems: string[] = [];
  const copies = [
    { copy: "primary", block: 1 },
    { copy: "backup", block: size.blockCount - 1 },
  ] as const;
  for (const { copy, block } of copies) {
    if (block >= size.blockCount || block < 1) continue;
    try {
      const header = parseGptHeader(yield { firstBlock: block, count: 1 }, block, size.blockCount);
      const partitions = yield* readEntries(header, size.blockSize);
      return { kind: "gpt", diskGuid: header.diskGuid, copy, partitions, problems };
    } catch (error) {
      if (!(error instanceof GptProblem)) throw error;
      problems.push(`The ${copy} partition table is damaged: ${error.message}.`);
    }
  }
  throw DriverError.protocol(
    `${problems.join(" ")} Repair it with a partition tool before anything is written to the disk.`,
  );
}

function* readEntries(header: GptHeader, blockSize: number): BlockSteps<Partition[]> {
  const count = Math.ceil((header.entryCount * header.entrySize) / blockSize);
  const entries = parseGptEntries(yield { firstBlock: header.entriesBlock, count }, header);
  return entries.map(({ index, firstBlock, lastBlock, typeGuid, guid, name, attributes }) => ({
    index,
    firstBlock,
    blockCount: lastBlock - firstBlock + 1,
    type: typeGuid,
    bootable: (attributes & LEGACY_BOOTABLE) !== 0n,
    name,
    guid,
    attributes,
  }));
}
