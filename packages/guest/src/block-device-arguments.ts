/** The checks of what a program asks a disk for, the same for every driver; all of them come before the bus. */

import { DriverError } from "./errors.ts";

/** How large a disk is, and how much of it goes at once. */
export interface BlockRange {
  readonly blockCount: number;
  /** The most blocks of one read or write. */
  readonly maximumTransferBlocks: number;
}

/**
 * Checks that `count` blocks from `firstBlock` on are on the medium, and not too many at once.
 *
 * @throws DriverError `invalid-argument`
 */
export function checkBlockRange(
  { blockCount, maximumTransferBlocks }: BlockRange,
  firstBlock: number,
  count: number,
): void {
  if (!Number.isInteger(count) || count < 1 || count > maximumTransferBlocks) {
    throw DriverError.invalidArgument(
      `${count} blocks at once are not possible, only 1 to ${maximumTransferBlocks}.`,
    );
  }
  if (!Number.isSafeInteger(firstBlock) || firstBlock < 0 || firstBlock + count > blockCount) {
    throw DriverError.invalidArgument(
      `Blocks ${firstBlock} to ${firstBlock + count - 1} are not all on the medium: its last one is ${blockCount - 1}.`,
    );
  }
}

/**
 * How many blocks `data` is.
 *
 * @throws DriverError `invalid-argument` where it is no whole number of them
 */
export function blocksOf(data: Uint8Array, blockSize: number): number {
  const count = data.length / blockSize;
  if (Number.isInteger(count)) return count;
  throw DriverError.invalidArgument(
    `${data.length} bytes are no whole number of blocks, which have ${blockSize} bytes.`,
  );
}
