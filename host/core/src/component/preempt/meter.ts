/**
 * Where checks go in a function, and how much each of them counts.
 *
 * A check takes its weight off the counter, and asks the gate when that is below zero. Its weight is the length of the
 * code that can run before the next check, so that a loop around a million bytes of straight code is held as soon as one
 * around ten. There are checks
 *
 * - at each loop head and each function's entry: everything that runs for ever passes one of these again and again;
 * - wherever `regionBytes` of code without a check would be exceeded;
 * - where a forward branch arrives that may have jumped over one of the latter.
 *
 * The code of an inner loop belongs to that loop's own check; what follows the loop belongs to the check before it, which
 * ran before it as well.
 */

import { Writer } from "../writer.ts";

/** How many bytes of code one count stands for. */
const bytesPerCount = 16;

/** The most that one byte of signed LEB128 holds: the weight is known only when the bytes behind it are written. */
const mostWeight = 63;

/**
 * How much code may follow a check before the next one, in bytes. A bit below what the weight can say, for the
 * instruction that goes past it.
 */
const regionBytes = 896;

/**
 * A call counts as so many bytes, so that a function of at most as many which neither calls nor loops needs no check:
 * a quarter of the functions, and the fastest.
 */
export const callBytes = 64;

/** A local of 8 bytes is cleared when its function is entered: as much work as this many bytes of code. */
const bytesPerLocal = 2;

/** The code of one loop without that of the loops in it, or of a function without its loops. */
interface Level {
  /** Where the weight of its last check stands in the output. */
  place: number;
  /** How much code its last check may still be followed by; kept up to date only while an inner loop is read. */
  left: number;
  /** How many checks it has. */
  checks: number;
}

/** Writes the checks of one module, function by function. */
export class Meter {
  /** Where in the input the next check is due. Calls bring it nearer. */
  due = 0;
  readonly #out: Writer;
  readonly #beforeWeight: Uint8Array;
  readonly #afterWeight: Uint8Array;
  /** The function, then the loops that are open. */
  readonly #levels: Level[] = [];
  /** Whether the function has so many locals that entering it is work of its own. */
  #manyLocals = false;

  /**
   * @param out where the code goes
   * @param counter the index of the counter's global
   * @param slow the index of the function that asks the gate
   */
  constructor(out: Writer, counter: number, slow: number) {
    this.#out = out;
    // counter -= weight
    this.#beforeWeight = code((writer) => {
      writer.byte(0x23); // global.get
      writer.u32(counter);
      writer.byte(0x41); // i32.const
    });
    // if (counter < 0) slow()
    this.#afterWeight = code((writer) => {
      writer.byte(0x6b); // i32.sub
      writer.byte(0x24); // global.set
      writer.u32(counter);
      writer.byte(0x23); // global.get
      writer.u32(counter);
      writer.bytes([0x41, 0, 0x48]); // i32.const 0, i32.lt_s
      writer.bytes([0x04, 0x40, 0x10]); // if, call
      writer.u32(slow);
      writer.byte(0x0b); // end
    });
  }

  /** How many checks the innermost open loop, or the function outside of loops, has so far. */
  get checks(): number {
    return this.#levels.at(-1)!.checks;
  }

  /** A function begins; `at` is the position of its first instruction in the input. */
  enterFunction(at: number, locals: number): void {
    this.#levels.length = 0;
    const clearing = locals * bytesPerLocal;
    this.#manyLocals = clearing > regionBytes / 2;
    if (this.#manyLocals) this.#check((weight) => weight.s32(Math.ceil(clearing / bytesPerCount)));
    this.#enter(at);
    if (!this.#manyLocals) this.due -= clearing;
  }

  /**
   * A function ended, and its code was written up to its end.
   *
   * @param from where in the output its code begins, which is where its entry check is
   * @param calls whether it calls anything: recursion must pass a check
   */
  leaveFunction(at: number, from: number, calls: boolean): void {
    const { place, checks } = this.#levels.pop()!;
    const small = !this.#manyLocals && regionBytes - (this.due - at) <= callBytes;
    if (!calls && checks === 1 && small) this.#out.remove(from, place + 1 + this.#afterWeight.length);
    else this.#setWeight(place, at);
  }

  /** A loop begins: `at` is the position behind its block type. */
  enterLoop(at: number): void {
    this.#levels.at(-1)!.left = this.due - at;
    this.#enter(at);
  }

  /** The innermost open loop ends: `at` is the position behind its `end`. */
  leaveLoop(at: number): void {
    this.#setWeight(this.#levels.pop()!.place, at);
    this.due = at + this.#levels.at(-1)!.left;
  }

  /** Puts a check between two instructions; all before `at` must be written. */
  check(at: number): void {
    const level = this.#levels.at(-1)!;
    this.#setWeight(level.place, at);
    level.place = this.#place();
    level.checks += 1;
    this.due = at + regionBytes;
  }

  #enter(at: number): void {
    this.#levels.push({ place: this.#place(), left: 0, checks: 1 });
    this.due = at + regionBytes;
  }

  /** A check whose weight `#setWeight` fills in. */
  #place(): number {
    let place = 0;
    this.#check((weight) => {
      place = weight.length;
      weight.byte(0);
    });
    return place;
  }

  #check(weight: (writer: Writer) => void): void {
    this.#out.bytes(this.#beforeWeight);
    weight(this.#out);
    this.#out.bytes(this.#afterWeight);
  }

  #setWeight(place: number, at: number): void {
    const bytes = regionBytes - (this.due - at);
    this.#out.setByte(place, Math.min(mostWeight, 1 + Math.floor(bytes / bytesPerCount)));
  }
}

function code(write: (writer: Writer) => void): Uint8Array {
  const writer = new Writer(32);
  write(writer);
  return writer.finish();
}
