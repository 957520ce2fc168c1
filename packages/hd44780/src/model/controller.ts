/** How long the chip needs, in milliseconds at its nominal 270 kHz: table 6. */
const EXECUTION_MS = { short: 0.037, long: 1.52 } as const;
const NOMINAL_KHZ = 270;
/** Oscillator cycles until the address counter has moved: tADD, figure 10. */
const ADDRESS_CYCLES = 1.5;
/** How long the first two function sets need where the internal reset did not work: initialization by instruction, figure 24. */
const START_UP_MS = [4.1, 0.1] as const;
/** Until the chip listens after power-on at 2.7 V: figure 24. */
const POWER_ON_MS = 40;

/** Times that differ by less than this are the same: sums of fractions of a millisecond are not exact. */
const SLACK_MS = 1e-6;

/** Characters of a line in DDRAM with two lines: figure 6. */
const LINE_LENGTH = 40;
const SECOND_LINE = 0x40;

/** What the pins have while E falls. */
export interface Cycle {
  readonly rs: boolean;
  readonly rw: boolean;
  /** DB4 to DB7: the wires of a 4-bit connection. */
  readonly nibble: number;
}

/**
 * The HD44780U itself, from ADE-207-272(Z), on a 4-bit connection: DB0 to DB3 are open and read as 1.
 *
 * What comes while it is busy is lost, half instructions included. `atMs` is the time of what happens, and never goes
 * back.
 */
export class Controller {
  /** By address: 0x00 to 0x27 and 0x40 to 0x67 with two lines, 0x00 to 0x4F with one. */
  readonly ddram = new Uint8Array(0x80).fill(0x20);
  /** Eight characters of eight rows; the lower five bits of each are dots. */
  readonly cgram = new Uint8Array(64);
  /** D: whether anything is shown. */
  displayOn = false;
  /** N: whether there are two lines. */
  twoLines = false;
  /** How far the display is shifted, in characters to the left: 0 to 39. */
  shift = 0;
  /** How many writes of 4 or 8 bits were lost because they came too early. */
  lost = 0;

  readonly #oscillatorKHz: number;
  #address = 0;
  #addressed: "ddram" | "cgram" = "ddram";
  #step: 1 | -1 = 1;
  #shiftOnWrite = false;
  #eightBits = true;
  /** The first half of what is transferred, with 4 bits. */
  #upper: number | undefined;
  /** The byte whose lower half is read next. */
  #output = 0;
  #busyUntil: number;
  #functionSets = 0;

  /**
   * @param oscillatorKHz 190 to 350: all times follow from it
   * @param wasReset whether the supply rose fast enough for the internal reset (page 23)
   */
  constructor(oscillatorKHz: number, atMs: number, wasReset = true) {
    this.#oscillatorKHz = oscillatorKHz;
    if (wasReset) this.#functionSets = START_UP_MS.length;
    this.#busyUntil = atMs + POWER_ON_MS;
  }

  /**
   * As a host that died leaves it: text on the display, 4 bits, one half of an instruction received.
   *
   * @param text what is in DDRAM from address 0 on
   */
  leaveHalfway(text: string, atMs: number): void {
    for (const [index, character] of [...text].entries()) this.ddram[index] = character.charCodeAt(0);
    this.#eightBits = false;
    this.twoLines = true;
    this.displayOn = true;
    this.#upper = 0x0;
    this.#functionSets = START_UP_MS.length;
    this.#busyUntil = atMs;
  }

  /** Whether the busy flag is set. */
  busy(atMs: number): boolean {
    return atMs < this.#busyUntil - SLACK_MS;
  }

  /** What it drives DB4 to DB7 with while E is high and R/W is read. */
  driven(rs: boolean, atMs: number): number {
    if (this.#upper !== undefined && !this.#eightBits) return this.#output & 0x0f;
    this.#output = rs ? this.#cell() : (this.busy(atMs) ? 0x80 : 0) | this.#address;
    return this.#output >> 4;
  }

  /** E falls: one transfer of 4 or 8 bits. */
  transfer({ rs, rw, nibble }: Cycle, atMs: number): void {
    // The busy flag is the one thing that works while busy.
    const flag = rw && !rs;
    if (this.busy(atMs) && !flag) {
      if (!rw) this.lost += 1;
      return;
    }
    if (this.#eightBits) {
      this.#complete(rs, rw, (nibble << 4) | 0x0f, atMs);
    } else if (this.#upper === undefined) {
      this.#upper = nibble;
    } else {
      const value = (this.#upper << 4) | nibble;
      this.#upper = undefined;
      this.#complete(rs, rw, value, atMs);
    }
  }

  #complete(rs: boolean, rw: boolean, value: number, atMs: number): void {
    if (!rs) {
      if (!rw) this.#instruct(value, atMs);
      return;
    }
    if (!rw) this.#store(value);
    this.#move(this.#step);
    if (!rw && this.#shiftOnWrite && this.#addressed === "ddram") this.#shiftBy(this.#step);
    this.#occupy(EXECUTION_MS.short, atMs, ADDRESS_CYCLES);
  }

  /** Table 6: the highest bit that is set says which instruction it is. */
  #instruct(value: number, atMs: number): void {
    let ms: number = EXECUTION_MS.short;
    if (value >= 0x80) {
      this.#address = value & 0x7f;
      this.#addressed = "ddram";
    } else if (value >= 0x40) {
      this.#address = value & 0x3f;
      this.#addressed = "cgram";
    } else if (value >= 0x20) {
      this.#setFunction(value, atMs);
      return;
    } else if (value >= 0x10) {
      const step = (value & 0x04) !== 0 ? 1 : -1;
      if ((value & 0x08) !== 0) this.#shiftBy(step === 1 ? -1 : 1);
      else this.#move(step);
    } else if (value >= 0x08) {
      this.displayOn = (value & 0x04) !== 0;
    } else if (value >= 0x04) {
      this.#step = (value & 0x02) !== 0 ? 1 : -1;
      this.#shiftOnWrite = (value & 0x01) !== 0;
    } else if (value >= 0x01) {
      if (value === 0x01) {
        this.ddram.fill(0x20);
        this.#step = 1;
      }
      this.#address = 0;
      this.#addressed = "ddram";
      this.shift = 0;
      ms = EXECUTION_MS.long;
    }
    this.#occupy(ms, atMs);
  }

  #setFunction(value: number, atMs: number): void {
    this.#eightBits = (value & 0x10) !== 0;
    this.twoLines = (value & 0x08) !== 0;
    const startUpMs = START_UP_MS[this.#functionSets];
    this.#functionSets += 1;
    if (startUpMs === undefined) this.#occupy(EXECUTION_MS.short, atMs);
    else this.#busyUntil = atMs + startUpMs;
  }

  #occupy(nominalMs: number, atMs: number, cycles = 0): void {
    this.#busyUntil = atMs + (nominalMs * NOMINAL_KHZ + cycles) / this.#oscillatorKHz;
  }

  #cell(): number {
    return this.#addressed === "ddram" ? this.ddram[this.#address]! : this.cgram[this.#address & 0x3f]!;
  }

  #store(value: number): void {
    if (this.#addressed === "ddram") this.ddram[this.#address] = value;
    else this.cgram[this.#address & 0x3f] = value;
  }

  /** With two lines the end of the first is followed by the second, and its end by the first. */
  #move(step: 1 | -1): void {
    if (this.#addressed === "cgram") {
      this.#address = (this.#address + step) & 0x3f;
    } else if (this.twoLines) {
      const line = this.#address & SECOND_LINE;
      const column = (this.#address & ~SECOND_LINE) + step;
      if (column < 0) this.#address = (line ^ SECOND_LINE) + LINE_LENGTH - 1;
      else if (column >= LINE_LENGTH) this.#address = line ^ SECOND_LINE;
      else this.#address = line + column;
    } else {
      this.#address = (this.#address + step + 2 * LINE_LENGTH) % (2 * LINE_LENGTH);
    }
  }

  #shiftBy(characters: number): void {
    this.shift = (this.shift + characters + LINE_LENGTH) % LINE_LENGTH;
  }
}
