/** FAT12, FAT16, FAT32 and exFAT, for reading. */

export type { AsyncBlockReader, BlockReader, DiskSize } from "@busbar/guest/blocks";
export type { DataLocation } from "./content.ts";
export type { FileEntry } from "./entry.ts";
export {
  AsyncFileSystem,
  FileSystem,
  openFileSystem,
  openFileSystemAsync,
  type ReadOptions,
} from "./file-system.ts";
export type { FatKind } from "./geometry.ts";
export type { BlockRange } from "./medium.ts";
export { isPrintable, printable } from "./printable.ts";
export { type FileTime, isoTime } from "./time.ts";
