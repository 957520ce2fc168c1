/** Reads the blocks that a program will ask for next while it works on those that it has. */

import type { CommandSize } from "./command-size.ts";
import { isSilence } from "./command-size.ts";
import type { LogicalUnit, Medium } from "./logical-unit.ts";
import type { BulkOnlyTransport, CommandResult, Flight } from "./transport.ts";

/** So many reads in a row, each beginning where the one before ended, are a sequence. */
const SEQUENCE = 2;

/** A command that is under way. */
interface Ahead {
  readonly firstBlock: number;
  readonly count: number;
  readonly flight: Flight;
}

/** How a command ended that was under way. */
export interface ReadAheadResult {
  /** The blocks, whole; `undefined` where it failed or was ended, and has to be done anew. */
  readonly data: Uint8Array | undefined;
  /** The unit refused it: it has sense data, unless `overtaken`. */
  readonly failed: boolean;
  /** Another command was carried out after the one that failed, and so the reason is lost. */
  readonly overtaken: boolean;
  /** The device did not answer it, and was reset. */
  readonly silent?: boolean;
}

const missed: ReadAheadResult = { data: undefined, failed: false, overtaken: false };
const unanswered: ReadAheadResult = { ...missed, silent: true };

/**
 * The read-ahead of one logical unit: one command under way while nobody reads, two while somebody does. A read of more
 * than one command holds is such a sequence too, up to its end.
 */
export class ReadAhead {
  readonly #transport: BulkOnlyTransport;
  readonly #unit: LogicalUnit;
  readonly #size: CommandSize;
  readonly #enabled: boolean;
  readonly #ahead: Ahead[] = [];
  /** The read that is going on, or was last. */
  #first = 0;
  #count = 0;
  /** The block after those that it has got. */
  #position = 0;
  #nextBlock = -1;
  #inSequence = 0;

  constructor(transport: BulkOnlyTransport, unit: LogicalUnit, size: CommandSize, enabled: boolean) {
    this.#transport = transport;
    this.#unit = unit;
    this.#size = size;
    this.#enabled = enabled;
  }

  /** A program reads these blocks: in commands, each of which is taken, or read, one after the other. */
  begin(firstBlock: number, count: number): void {
    this.#inSequence = firstBlock === this.#nextBlock ? this.#inSequence + 1 : 1;
    this.#nextBlock = firstBlock + count;
    [this.#first, this.#count, this.#position] = [firstBlock, count, firstBlock];
  }

  /** Gives the blocks of one command where they are under way, and sends the command for those that follow. */
  take(firstBlock: number, count: number, medium: Medium): ReadAheadResult {
    this.#position = firstBlock + count;
    const [ahead] = this.#ahead;
    if (ahead === undefined) return missed;
    if (ahead.firstBlock !== firstBlock || ahead.count !== count) return this.settle();
    this.#follow(medium, this.#transport.queue);
    this.#ahead.shift();
    const result = this.#end(ahead.flight);
    if (result === undefined || result === "silent") {
      this.settle();
      return result === undefined ? missed : unanswered;
    }
    if (result.passed && result.data.length === count * medium.blockSize) {
      return { data: result.data, failed: false, overtaken: false };
    }
    const overtaken = this.#ahead.length > 0;
    this.settle();
    return { data: undefined, failed: !result.passed, overtaken };
  }

  /** Sends the command for the blocks after those that were taken or read. */
  follow(medium: Medium): void {
    const isOver = this.#position >= this.#nextBlock;
    this.#follow(medium, isOver ? Math.min(this.#transport.queue, 1) : this.#transport.queue);
  }

  /** Waits for what is under way and forgets it: any other command comes after it. */
  settle(): ReadAheadResult {
    let last = missed;
    for (const { flight } of this.#ahead.splice(0)) {
      const result = this.#end(flight);
      const failed = result !== undefined && result !== "silent" && !result.passed;
      last = { data: undefined, failed: failed || last.failed, overtaken: last.failed };
    }
    return last;
  }

  /** Nothing that was read says anything about what comes next. */
  reset(): void {
    this.#nextBlock = -1;
    this.#inSequence = 0;
  }

  /** Silence is nobody's error yet: who asks for the blocks asks for them again. */
  #end(flight: Flight): CommandResult | "silent" | undefined {
    try {
      return this.#transport.end(flight);
    } catch (error) {
      if (!isSilence(error)) throw error;
      return "silent";
    }
  }

  #follow(medium: Medium, most: number): void {
    while (this.#ahead.length < most) {
      const last = this.#ahead.at(-1);
      const firstBlock = last === undefined ? this.#position : last.firstBlock + last.count;
      const count = this.#expected(medium, firstBlock);
      if (count === 0) return;
      const flight = this.#transport.begin(this.#unit.readCommand(firstBlock, count, medium.blockSize));
      this.#ahead.push({ firstBlock, count, flight });
    }
  }

  /** How many blocks the command has that will be asked for at `firstBlock`; 0 where that is not to be expected. */
  #expected(medium: Medium, firstBlock: number): number {
    // In a sequence, the next read is of as many blocks.
    const inRead = (firstBlock - this.#first) % this.#count;
    const isNextRead = firstBlock >= this.#nextBlock;
    const isSequence = this.#enabled && this.#inSequence >= SEQUENCE;
    if (isNextRead && (!isSequence || firstBlock - inRead + this.#count > medium.blockCount)) return 0;
    return this.#size.blocks(medium, firstBlock, this.#count - inRead);
  }
}
