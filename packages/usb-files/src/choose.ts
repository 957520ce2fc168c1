import { type BlockRange, type FileSystem, openFileSystem } from "@busbar/fat";
import { DriverError } from "@busbar/guest";
import type { BlockReader } from "@busbar/guest/blocks";
import { type Partition, readPartitions } from "@busbar/mass-storage/partitions";

/**
 * Opens the file system of a disk: of the partition that is asked for, else of the first that has one, else the whole
 * disk's.
 *
 * @param wanted a partition's number
 * @param warn is told what is odd about the disk and was got along with
 * @throws DriverError: `not-found` without that partition, `wrong-device` without a file system
 */
export function chooseFileSystem(
  disk: BlockReader,
  wanted: number | undefined,
  warn: (message: string) => void,
): FileSystem {
  const { kind, partitions, problems } = readPartitions(disk);
  for (const problem of problems) warn(problem);
  if (kind === "none") {
    if (wanted === undefined) return openFileSystem(disk, undefined, { warn });
    throw DriverError.notFound("The disk has no partitions; leave out --partition.");
  }
  if (wanted !== undefined) {
    const partition = partitions.find(({ index }) => index === wanted);
    if (partition !== undefined) return openFileSystem(disk, partition, { warn });
    throw DriverError.notFound(`The disk has no partition ${wanted}; it has ${numbers(partitions)}.`);
  }
  for (const partition of partitions) {
    const fileSystem = openIfAny(disk, partition, warn);
    if (fileSystem !== undefined) return fileSystem;
  }
  // A table of nothing but garbage may stand in the boot sector of a file system.
  const whole = openIfAny(disk, { firstBlock: 0, blockCount: disk.blockCount }, warn);
  if (whole !== undefined) return whole;
  throw DriverError.wrongDevice(
    `No partition has a FAT or exFAT file system (there are ${numbers(partitions)}); use another disk.`,
  );
}

function openIfAny(
  disk: BlockReader,
  partition: BlockRange,
  warn: (message: string) => void,
): FileSystem | undefined {
  try {
    return openFileSystem(disk, partition, { warn });
  } catch (error) {
    if (error instanceof DriverError && error.payload.tag === "wrong-device") return undefined;
    throw error;
  }
}

function numbers(partitions: readonly Partition[]): string {
  return partitions.map(({ index }) => index).join(", ") || "none";
}
