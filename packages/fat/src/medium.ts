import { DriverError } from "@busbar/guest";
import type { BlockSteps, DiskSize } from "@busbar/guest/blocks";
import { damaged } from "./errors.ts";

/** Where on a disk a file system is: a partition, as `@busbar/mass-storage/partitions` finds it. */
export interface BlockRange {
  readonly firstBlock: number;
  readonly blockCount: number;
}

/** The bytes of a partition by their offset, whatever size the disk's blocks have. */
export class Medium {
  /** How many there are. */
  readonly bytes: number;
  readonly #blockSize: number;
  readonly #firstBlock: number;

  /**
   * @param range all of the disk where it is left out; where it ends past the disk, what is there
   * @throws DriverError `unsupported` for other blocks than of 512 to 4096 bytes; `invalid-argument` for a range that is
   *   not on the disk
   */
  constructor({ blockSize, blockCount }: DiskSize, range: BlockRange = { firstBlock: 0, blockCount }) {
    if (![512, 1024, 2048, 4096].includes(blockSize)) {
      throw DriverError.unsupported(
        `The disk has blocks of ${blockSize} bytes; only 512, 1024, 2048 and 4096 are supported.`,
      );
    }
    const { firstBlock, blockCount: count } = range;
    const whole = [firstBlock, count, blockCount].every((value) => Number.isSafeInteger(value) && value >= 0);
    if (!whole || count < 1 || firstBlock >= blockCount) {
      throw DriverError.invalidArgument(
        `Blocks ${firstBlock} to ${firstBlock + count - 1} are not on a disk of ${blockCount} blocks.`,
      );
    }
    this.#blockSize = blockSize;
    this.#firstBlock = firstBlock;
    this.bytes = Math.min(count, blockCount - firstBlock) * blockSize;
  }

  /** How many of `length` bytes from `offset` on are there; `length` where none is, so that reading them says so. */
  there(offset: number, length: number): number {
    return offset < this.bytes ? Math.min(length, this.bytes - offset) : length;
  }

  /**
   * Reads `length` bytes from `offset` on, in one request for the blocks that they are in.
   *
   * @throws DriverError `protocol` where they are not on the medium, or the disk gave another number of bytes
   */
  *read(offset: number, length: number): BlockSteps<Uint8Array> {
    if (length < 1 || offset < 0 || offset + length > this.bytes) {
      throw damaged(`it leads to byte ${offset + length} of ${this.bytes}`);
    }
    const first = Math.floor(offset / this.#blockSize);
    const count = Math.ceil((offset + length) / this.#blockSize) - first;
    const blocks = yield { firstBlock: this.#firstBlock + first, count };
    const expected = count * this.#blockSize;
    if (blocks.length !== expected) {
      throw DriverError.protocol(`The disk gave ${blocks.length} bytes where ${expected} were asked for.`);
    }
    const start = offset - first * this.#blockSize;
    return blocks.subarray(start, start + length);
  }
}
