/**
 * Reading the blocks of a disk, for code that is written once and used twice: in a component, where the disk answers at
 * once, and in a host's program, where it answers later.
 */

/** The size of a disk. */
export interface DiskSize {
  /** Bytes of a block: 512, 1024, 2048 or 4096. */
  readonly blockSize: number;
  readonly blockCount: number;
  /** The most blocks of one read; without it, any number. */
  readonly maximumTransferBlocks?: number;
}

/** A disk that answers at once, as in a component. */
export interface BlockReader extends DiskSize {
  /** Reads `count` blocks from `firstBlock` on. @throws whatever the disk answers */
  read(firstBlock: number, count: number): Uint8Array;
}

/** A disk that answers later, as in a host's program. */
export interface AsyncBlockReader extends DiskSize {
  /** Reads `count` blocks from `firstBlock` on. @throws whatever the disk answers */
  read(firstBlock: number, count: number): Promise<Uint8Array>;
}

/** Blocks that have to be read before something can go on. */
export interface BlockRequest {
  readonly firstBlock: number;
  readonly count: number;
}

/** Something that needs blocks: yields what to read, is given the bytes, and returns what it found. */
export type BlockSteps<Result> = Generator<BlockRequest, Result, Uint8Array>;

/**
 * Goes through all steps with a disk that answers at once.
 *
 * @throws what the steps throw, and what `disk.read` throws
 */
export function runSteps<Result>(steps: BlockSteps<Result>, disk: BlockReader): Result {
  const transfers = inTransfers(steps, disk);
  let step = transfers.next();
  while (!step.done) step = transfers.next(disk.read(step.value.firstBlock, step.value.count));
  return step.value;
}

/** `runSteps` for a disk that answers later. */
export async function runStepsAsync<Result>(
  steps: BlockSteps<Result>,
  disk: AsyncBlockReader,
): Promise<Result> {
  const transfers = inTransfers(steps, disk);
  let step = transfers.next();
  while (!step.done) step = transfers.next(await disk.read(step.value.firstBlock, step.value.count));
  return step.value;
}

/** The same steps, with no request for more blocks than the disk gives at a time. */
function* inTransfers<Result>(steps: BlockSteps<Result>, disk: DiskSize): BlockSteps<Result> {
  const { blockSize, maximumTransferBlocks = Number.POSITIVE_INFINITY } = disk;
  let step = steps.next();
  while (!step.done) {
    const { firstBlock, count } = step.value;
    if (count <= maximumTransferBlocks) {
      step = steps.next(yield step.value);
      continue;
    }
    const bytes = new Uint8Array(count * blockSize);
    for (let done = 0; done < count; done += maximumTransferBlocks) {
      const part = { firstBlock: firstBlock + done, count: Math.min(maximumTransferBlocks, count - done) };
      // A disk that answers with too much must not overwrite the next part, nor end in a RangeError.
      bytes.set((yield part).subarray(0, part.count * blockSize), done * blockSize);
    }
    step = steps.next(bytes);
  }
  return step.value;
}
