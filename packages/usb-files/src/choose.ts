import { type BlockRange, type FileSystem, openFileSystem } from "@busbar/fat";
import { DriverError } from "@busbar/guest";
import type { BlockReader } from "@busbar/guest/blocks";
import { type Partition, readPartitions } from "@busbar/mass-storage/partitions";

/**
 * Opens the file system of a disk: of the partition that is asked for, else of the first that has one, else the whole
 * disk's.
 *
 * @param wanted a partition's number
 * @throws DriverError: `not-found` without that partition, `wrong-device` without a file system
 */
export function chooseFileSystem(disk: BlockReader, wanted: number | undefined): FileSystem {
  const { kind, partitions } = readPartitions(disk);
  if (kind === "none") {
    if (wanted === undefined) return openFileSystem(disk);
    throw DriverError.notFound("The disk has no partitions; leave out --partition.");
  }
  if (wanted !== undefined) {
    const partition = partitions.find(({ index }) => index === wanted);
    if (partition !== undefined) return openFileSystem(disk, partition);
    throw DriverError.notFound(`The disk has no partition ${wanted}; it has ${numbers(partitions)}.`);
  }
  for (const partition of partitions) {
    const fileSystem = openIfAny(disk, partition);
    if (fileSystem !== undefined) return fileSystem;
  }
  throw DriverError.wrongDevice(
    `No partition has a FAT or exFAT file system (there are ${numbers(partitions)}); use another disk.`,
  );
}

function openIfAny(disk: BlockReader, partition: BlockRange): FileSystem | undefined {
  try {
    return openFileSystem(disk, partition);
  } catch (error) {
    if (error instanceof DriverError && error.payload.tag === "wrong-device") return undefined;
    throw error;
  }
}

function numbers(partitions: readonly Partition[]): string {
  return partitions.map(({ index }) => index).join(", ") || "none";
}
