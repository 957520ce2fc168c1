/**
 * Where checks go in a function, and how much each of them counts.
 *
 * A check takes its weight off the counter, and asks the gate when that is below zero. There is one at each loop head and
 * at each function's entry: everything that runs for ever passes one of these again and again. Its weight is the length
 * of the longest way through the code behind it up to the next check, so that a loop around a hundred kilobytes of
 * straight code is looked at after as much work as one around ten bytes, and an interpreter's loop counts for its longest
 * instruction and not for all of them.
 *
 * Ways are what branches allow (3.3.8): without going back each instruction runs at most once, and a branch forward
 * arrives at the end of its block. The code of an inner loop belongs to that loop's own check; what follows the loop
 * belongs to the check before it, which ran before it as well.
 */

import { LinkError } from "../reader.ts";
import { Writer } from "../writer.ts";
import type { BranchHints } from "./branch-hints.ts";
import type { Copier } from "./copier.ts";

/** How many bytes of code one count stands for. */
const bytesPerCount = 16;

/** The longest way without a check, in bytes; where it would be longer there is one more. */
const longestWay = 65_536;

/** The most that two bytes of signed LEB128 hold: a weight is known only when the code behind it was read. */
const mostWeight = 8191;

/**
 * A call counts as so many bytes, and its operands. So a function with at most as many, the fastest ones, needs no check: it
 * was counted where it is called, and calls nothing itself.
 */
const callBytes = 64;

/** A local is cleared when its function is entered: as much work as this many bytes of code. */
const bytesPerLocal = 2;

/** A block that is open (2.4.8), and the ways to its end. */
interface Block {
  readonly loop: boolean;
  /** Index of the loop that its end belongs to; a loop belongs to itself. */
  readonly level: number;
  /** The longest way that arrives at its end by a branch, or around its first part. */
  arriving: number;
  /** Where the first part of an `if` may be left out: the way to it. */
  readonly before: number;
  /** Whether an exception may arrive at its end, from anywhere in it. */
  caught: boolean;
}

/** A loop that is open, or the function, without the loops in it. */
interface Level {
  /** Where the weight of its check stands in the output. */
  readonly place: number;
  /** The way of its surroundings when it was entered. */
  readonly before: number;
  /** The longest way from one of its checks. */
  longest: number;
}

/** Writes the checks of one module, function by function, while their code is read. */
export class Meter {
  /** Where in the input the way is too long and `check` must be called. */
  due = 0;
  readonly #copier: Copier;
  readonly #hints: BranchHints;
  readonly #beforeWeight: Uint8Array;
  readonly #afterWeight: Uint8Array;
  /** The rest of a check, from its `if` on. */
  readonly #asking: Uint8Array;
  readonly #blocks: Block[] = [];
  readonly #levels: Level[] = [];
  #level!: Level;
  /** Whether the entry check may be taken out again. */
  #removable = false;

  /**
   * @param copier of the code section
   * @param hints gets the place of each check's `if`
   * @param counter the index of the counter's global
   * @param slow the index of the function that asks the gate
   */
  constructor(copier: Copier, hints: BranchHints, counter: number, slow: number) {
    this.#copier = copier;
    this.#hints = hints;
    this.#beforeWeight = code((writer) => {
      writer.byte(0x23); // global.get
      writer.u32(counter);
      writer.byte(0x41); // i32.const
    });
    this.#afterWeight = code((writer) => {
      writer.byte(0x6b); // i32.sub
      writer.byte(0x24); // global.set
      writer.u32(counter);
      writer.byte(0x23); // global.get
      writer.u32(counter);
      writer.bytes([0x41, 0, 0x48]); // i32.const 0, i32.lt_s
    });
    this.#asking = code((writer) => {
      writer.bytes([0x04, 0x40, 0x10]); // if, call
      writer.u32(slow);
      writer.byte(0x0b); // end
    });
  }

  /** Whether the function's last `end` was read. */
  get closed(): boolean {
    return this.#blocks.length === 0;
  }

  /** A function begins; `at` is the position of its first instruction in the input. */
  enterFunction(at: number, locals: number): void {
    this.#blocks.length = 0;
    this.#levels.length = 0;
    const clearing = locals * bytesPerLocal;
    this.#removable = clearing <= longestWay / 2;
    if (!this.#removable) this.#write((weight) => weight.s32(Math.ceil(clearing / bytesPerCount)));
    this.#enter(at, 0);
    if (this.#removable) this.due -= clearing;
    this.#open(false, 0);
  }

  /**
   * A function was read and copied up to its end at `at`.
   *
   * @param from where in the output its code begins, which is where its entry check is
   */
  leaveFunction(at: number, from: number): void {
    this.#leave(at);
    const { place, longest } = this.#level;
    // A way with a call in it is longer than that.
    if (this.#removable && longest <= callBytes) {
      const to = place + 2 + this.#afterWeight.length + this.#asking.length;
      this.#copier.out.remove(from, to);
      this.#hints.forgetFirst(to - from);
    } else this.#setWeight();
  }

  /** A call is read: some time passes in what is called before a check does. */
  call(): void {
    this.due -= callBytes;
  }

  /** `block` and `try` begin. */
  enterBlock(): void {
    this.#open(false, 0);
  }

  /** `if` begins; `at` is the position behind it. */
  enterIf(at: number): void {
    this.#open(false, this.#way(at));
  }

  /** `loop` begins; `at` is the position behind it. */
  enterLoop(at: number): void {
    const before = this.#way(at);
    this.#copier.upTo(at);
    this.#enter(at, before);
    this.#open(true, 0);
  }

  /** `else`. */
  otherwise(at: number): void {
    const block = this.#innermost();
    block.arriving = Math.max(block.arriving, this.#way(at));
    this.#continue(at, block.before);
  }

  /** A handler of an exception begins (legacy `catch`, `catch_all`), which may come from anywhere in its block. */
  handle(at: number): void {
    const block = this.#innermost();
    block.arriving = Math.max(block.arriving, this.#way(at));
    this.check(at);
  }

  /** `end`, or what stands for it. */
  end(at: number): void {
    const block = this.#innermost();
    this.#blocks.pop();
    if (this.#blocks.length === 0) return;
    if (block.loop) {
      this.#extend(this.#level, this.#way(at));
      this.#setWeight();
      this.#continue(at, this.#level.before);
      this.#levels.pop();
      this.#level = this.#levels.at(-1)!;
    } else {
      this.#continue(at, Math.max(this.#way(at), block.arriving, block.before));
      if (block.caught) this.check(at);
    }
  }

  /** A branch to the block that is `label` blocks outside of the innermost. */
  branch(label: number, at: number): void {
    const block = this.#labelled(label);
    this.#leave(at);
    // What ran in inner loops was counted by their own checks.
    const inner = this.#levels[block.level + 1];
    block.arriving = Math.max(block.arriving, inner === undefined ? this.#way(at) : inner.before);
  }

  /** An exception may go to the block that is `label` blocks outside of the innermost. */
  catch(label: number): void {
    this.#labelled(label).caught = true;
  }

  /** What follows is reached only by branches. */
  stop(at: number): void {
    this.#leave(at);
    this.#continue(at, 0);
  }

  /** Puts a check between two instructions. */
  check(at: number): void {
    this.#copier.upTo(at);
    this.#write((weight) => weight.s32(longestWay / bytesPerCount));
    this.#extend(this.#level, longestWay);
    this.#continue(at, 0);
  }

  #leave(at: number): void {
    this.#extend(this.#level, this.#way(at));
  }

  #extend(level: Level, way: number): void {
    if (way > level.longest) level.longest = way;
  }

  /** The longest way from a check to `at`. */
  #way(at: number): number {
    return longestWay - (this.due - at);
  }

  #continue(at: number, way: number): void {
    this.due = at + longestWay - way;
  }

  #open(loop: boolean, before: number): void {
    this.#blocks.push({ loop, level: this.#levels.length - 1, arriving: 0, before, caught: false });
  }

  #innermost(): Block {
    const block = this.#blocks.at(-1);
    if (block === undefined) throw new LinkError("a function of a core module goes on behind its end");
    return block;
  }

  #labelled(label: number): Block {
    const block = this.#blocks[this.#blocks.length - 1 - label];
    if (block === undefined) throw new LinkError(`a core module branches ${label} blocks out, but has fewer`);
    return block;
  }

  /** Begins a level with a check whose weight `#setWeight` fills in. */
  #enter(at: number, before: number): void {
    let place = 0;
    this.#write((weight) => {
      place = weight.length;
      weight.bytes([0, 0]);
    });
    this.#level = { place, before, longest: 0 };
    this.#levels.push(this.#level);
    this.#continue(at, 0);
  }

  #write(weight: (writer: Writer) => void): void {
    this.#copier.out.bytes(this.#beforeWeight);
    weight(this.#copier.out);
    this.#copier.out.bytes(this.#afterWeight);
    this.#hints.unlikely(this.#copier.out.length);
    this.#copier.out.bytes(this.#asking);
  }

  #setWeight(): void {
    const { place, longest } = this.#level;
    const weight = Math.min(mostWeight, 1 + Math.floor(longest / bytesPerCount));
    this.#copier.out.setByte(place, (weight & 0x7f) | 0x80);
    this.#copier.out.setByte(place + 1, weight >> 7);
  }
}

function code(write: (writer: Writer) => void): Uint8Array {
  const writer = new Writer(32);
  write(writer);
  return writer.finish();
}
