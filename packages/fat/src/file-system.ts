/** What a program uses, with a disk that answers at once and with one that answers later. */

import { DriverError } from "@busbar/guest";
import {
  type AsyncBlockReader,
  type BlockReader,
  type BlockSteps,
  runSteps,
  runStepsAsync,
} from "@busbar/guest/blocks";
import type { Content } from "./content.ts";
import type { FileEntry } from "./entry.ts";
import type { FatKind } from "./geometry.ts";
import type { BlockRange } from "./medium.ts";
import { Volume } from "./volume.ts";
import { Warnings } from "./warnings.ts";

/** How a file system is opened. */
export interface OpenOptions {
  /** Is told, once each, what is odd about the volume and was got along with: sentences that are safe to print. */
  readonly warn?: (message: string) => void;
}

/** Which part of a file to read, and in what pieces. */
export interface ReadOptions {
  /** Where to begin; 0 by default. Past the end there is nothing. */
  readonly offset?: number;
  /** How many bytes; to the end by default. */
  readonly length?: number;
  /**
   * The most bytes of one piece, 512 to 16 MiB; 128 KiB by default. A multiple of the cluster size is read fastest.
   * Pieces are smaller where clusters do not follow each other.
   */
  readonly chunkBytes?: number;
}

const DEFAULT_CHUNK_BYTES = 128 * 1024;
const SMALLEST_CHUNK_BYTES = 512;
const LARGEST_CHUNK_BYTES = 16 * 2 ** 20;

/** What both kinds have: facts of the boot sector. */
abstract class OpenedFileSystem {
  protected readonly volume: Volume;

  constructor(volume: Volume) {
    this.volume = volume;
  }

  /** Which of the four file systems. */
  get kind(): FatKind {
    return this.volume.geometry.kind;
  }

  /** What is odd about the volume and was got along with so far: sentences that are safe to print. */
  get warnings(): readonly string[] {
    return this.volume.warnings.all;
  }

  /** 32 bits that the formatter chose. */
  get serialNumber(): number {
    return this.volume.geometry.serialNumber;
  }

  /** Bytes of a cluster. */
  get clusterBytes(): number {
    return this.volume.geometry.clusterBytes;
  }

  /** Bytes of the partition that are on the disk: a volume can claim more, and no file is larger than this. */
  get mediumBytes(): number {
    return this.volume.mediumBytes;
  }

  /** How many clusters there are for files, or are said to be. */
  get clusterCount(): number {
    return this.volume.geometry.clusterCount;
  }
}

/** A file system on a disk that answers at once. Paths have "/" between names; upper and lower case are the same. */
export class FileSystem extends OpenedFileSystem {
  readonly #disk: BlockReader;

  /** Use `openFileSystem`. */
  constructor(volume: Volume, disk: BlockReader) {
    super(volume);
    this.#disk = disk;
  }

  /** The volume's label; empty where it has none. @throws DriverError */
  label(): string {
    return this.#run(this.volume.label());
  }

  /** One file or directory. @throws DriverError `not-found` */
  stat(path: string): FileEntry {
    return this.#run(this.volume.find(path));
  }

  /**
   * What is in a directory, in the order of the medium; read as it is asked for.
   *
   * @param directory a path, or an entry
   * @throws DriverError `not-found`; `invalid-argument` for a file
   */
  *list(directory: string | FileEntry): Generator<FileEntry, void, void> {
    const reader = this.volume.directory(this.#entry(directory));
    for (let entry = this.#run(reader.next()); entry !== undefined; entry = this.#run(reader.next()))
      yield entry;
  }

  /**
   * The bytes of a file, in pieces; read as they are asked for.
   *
   * @param file a path, or an entry
   * @throws DriverError `not-found`; `invalid-argument` for a directory; `protocol` at the place where the chain breaks
   */
  *read(file: string | FileEntry, options: ReadOptions = {}): Generator<Uint8Array, void, void> {
    const pieces = new Pieces(options);
    const content = this.#run(this.volume.file(this.#entry(file), pieces.offset));
    for (let piece = this.#run(pieces.next(content)); piece !== undefined; ) {
      yield piece;
      piece = this.#run(pieces.next(content));
    }
  }

  #entry(place: string | FileEntry): FileEntry {
    return typeof place === "string" ? this.stat(place) : place;
  }

  #run<Result>(steps: BlockSteps<Result>): Result {
    return runSteps(steps, this.#disk);
  }
}

/** A file system on a disk that answers later: the same, with promises. */
export class AsyncFileSystem extends OpenedFileSystem {
  readonly #disk: AsyncBlockReader;

  /** Use `openFileSystemAsync`. */
  constructor(volume: Volume, disk: AsyncBlockReader) {
    super(volume);
    this.#disk = disk;
  }

  /** As `FileSystem.label`. */
  label(): Promise<string> {
    return this.#run(this.volume.label());
  }

  /** As `FileSystem.stat`. */
  stat(path: string): Promise<FileEntry> {
    return this.#run(this.volume.find(path));
  }

  /** As `FileSystem.list`. */
  async *list(directory: string | FileEntry): AsyncGenerator<FileEntry, void, void> {
    const reader = this.volume.directory(await this.#entry(directory));
    for (;;) {
      const entry = await this.#run(reader.next());
      if (entry === undefined) return;
      yield entry;
    }
  }

  /** As `FileSystem.read`. */
  async *read(file: string | FileEntry, options: ReadOptions = {}): AsyncGenerator<Uint8Array, void, void> {
    const pieces = new Pieces(options);
    const content = await this.#run(this.volume.file(await this.#entry(file), pieces.offset));
    for (;;) {
      const piece = await this.#run(pieces.next(content));
      if (piece === undefined) return;
      yield piece;
    }
  }

  async #entry(place: string | FileEntry): Promise<FileEntry> {
    return typeof place === "string" ? await this.stat(place) : place;
  }

  #run<Result>(steps: BlockSteps<Result>): Promise<Result> {
    return runStepsAsync(steps, this.#disk);
  }
}

/** Takes a file's content piece by piece, as far as it was asked for. */
class Pieces {
  readonly offset: number;
  readonly #chunkBytes: number;
  #left: number;

  constructor({
    offset = 0,
    length = Number.POSITIVE_INFINITY,
    chunkBytes = DEFAULT_CHUNK_BYTES,
  }: ReadOptions) {
    const isWhole = Number.isInteger(chunkBytes);
    if (!isWhole || chunkBytes < SMALLEST_CHUNK_BYTES || chunkBytes > LARGEST_CHUNK_BYTES) {
      throw DriverError.invalidArgument(
        `chunkBytes is ${chunkBytes}, but must be a whole number from ${SMALLEST_CHUNK_BYTES} to ${LARGEST_CHUNK_BYTES}.`,
      );
    }
    if (!(length >= 0))
      throw DriverError.invalidArgument(`The length is ${length}, but must not be below 0.`);
    this.offset = offset;
    this.#chunkBytes = chunkBytes;
    this.#left = length;
  }

  *next(content: Content): BlockSteps<Uint8Array | undefined> {
    if (this.#left <= 0) return undefined;
    const piece = yield* content.chunk(Math.min(this.#chunkBytes, this.#left));
    this.#left -= piece?.length ?? 0;
    return piece;
  }
}

/**
 * Opens a file system.
 *
 * @param partition where it is on the disk; all of the disk where it is left out
 * @throws DriverError `wrong-device` where there is none; `protocol` where it is damaged; `unsupported` for a disk
 *   with blocks of another size than 512 to 4096 bytes; what `disk.read` throws
 */
export function openFileSystem(
  disk: BlockReader,
  partition?: BlockRange,
  { warn }: OpenOptions = {},
): FileSystem {
  return new FileSystem(runSteps(Volume.open(disk, partition, new Warnings(warn)), disk), disk);
}

/** `openFileSystem` for a disk that answers later. */
export async function openFileSystemAsync(
  disk: AsyncBlockReader,
  partition?: BlockRange,
  { warn }: OpenOptions = {},
): Promise<AsyncFileSystem> {
  const volume = await runStepsAsync(Volume.open(disk, partition, new Warnings(warn)), disk);
  return new AsyncFileSystem(volume, disk);
}
