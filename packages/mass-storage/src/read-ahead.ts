/** Reads the blocks that a program will ask for next while it works on those that it has. */

import type { LogicalUnit } from "./logical-unit.ts";
import type { BulkOnlyTransport, Flight } from "./transport.ts";

/** So many reads in a row, each beginning where the one before ended, are a sequence. */
const SEQUENCE = 2;

/** A read that is under way. */
interface Ahead {
  readonly firstBlock: number;
  readonly count: number;
  readonly flight: Flight;
}

/** How a read ended that was under way. */
export interface ReadAheadResult {
  /** The blocks, whole; `undefined` where it failed or was ended, and has to be done anew. */
  readonly data: Uint8Array | undefined;
  /** The unit refused it: it has sense data, unless `overtaken`. */
  readonly failed: boolean;
  /** Another command was carried out after the one that failed, and so the reason is lost. */
  readonly overtaken: boolean;
}

const missed: ReadAheadResult = { data: undefined, failed: false, overtaken: false };

/** The read-ahead of one logical unit: one command under way while nobody reads, two while somebody does. */
export class ReadAhead {
  readonly #transport: BulkOnlyTransport;
  readonly #unit: LogicalUnit;
  readonly #enabled: boolean;
  readonly #ahead: Ahead[] = [];
  #nextBlock = -1;
  #inSequence = 0;

  constructor(transport: BulkOnlyTransport, unit: LogicalUnit, enabled: boolean) {
    this.#transport = transport;
    this.#unit = unit;
    this.#enabled = enabled;
  }

  /**
   * Gives the blocks where they are under way, and sends the command for those that follow.
   *
   * @param blockCount of the medium
   */
  take(firstBlock: number, count: number, blockSize: number, blockCount: number): ReadAheadResult {
    this.#inSequence = firstBlock === this.#nextBlock ? this.#inSequence + 1 : 1;
    this.#nextBlock = firstBlock + count;
    const [ahead] = this.#ahead;
    if (ahead === undefined) return missed;
    if (ahead.firstBlock !== firstBlock || ahead.count !== count) return this.settle();
    if (this.#transport.queue > 1) this.follow(count, blockSize, blockCount);
    this.#ahead.shift();
    const result = this.#transport.end(ahead.flight);
    if (result === undefined) {
      this.settle();
      return missed;
    }
    if (result.passed && result.data.length === count * blockSize) {
      return { data: result.data, failed: false, overtaken: false };
    }
    const overtaken = this.#ahead.length > 0;
    this.settle();
    return { data: undefined, failed: !result.passed, overtaken };
  }

  /** Sends the command for the blocks after those that were read last, where reading is sequential. */
  follow(count: number, blockSize: number, blockCount: number): void {
    if (!this.#enabled || this.#inSequence < SEQUENCE || this.#nextBlock + count > blockCount) return;
    const underWay = this.#ahead.length;
    if (underWay >= this.#transport.queue) return;
    // In a sequence the next read is of the same size; what is under way already is for that.
    if (this.#ahead.some(({ firstBlock }) => firstBlock === this.#nextBlock)) return;
    const flight = this.#transport.begin(this.#unit.readCommand(this.#nextBlock, count, blockSize));
    this.#ahead.push({ firstBlock: this.#nextBlock, count, flight });
  }

  /** Waits for what is under way and forgets it: any other command comes after it. */
  settle(): ReadAheadResult {
    let last = missed;
    for (const { flight } of this.#ahead.splice(0)) {
      const failed = this.#transport.end(flight)?.passed === false;
      last = { data: undefined, failed: failed || last.failed, overtaken: last.failed };
    }
    return last;
  }

  /** Nothing that was read says anything about what comes next. */
  reset(): void {
    this.#nextBlock = -1;
    this.#inSequence = 0;
  }
}
