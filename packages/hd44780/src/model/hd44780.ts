import type { I2cTarget, ModelClock } from "@busbar/model";
import { characterOf, type Hd44780Rom } from "./characters.ts";
import { Controller } from "./controller.ts";

/** The signals that a pin of the port expander can be wired to. */
export type Hd44780Signal = "rs" | "rw" | "e" | "bl" | "d4" | "d5" | "d6" | "d7" | "nc";

/** One simulated display. */
export interface Hd44780Options {
  readonly rows: 1 | 2 | 4;
  readonly columns: number;
  /** Of a display with one row: whether its right half is line 2, as in most of 16 characters. Default: false. */
  readonly isSplit?: boolean;
  /** Its character ROM. Default: "A00". */
  readonly rom?: Hd44780Rom;
  /** What P0 to P7 are wired to. */
  readonly pins: readonly Hd44780Signal[];
  /** The level of the pin "bl" that lights the backlight. */
  readonly backlightActive: "high" | "low";
  /** What the controller runs at, 190 to 350; 190 is the slowest that the datasheet allows. */
  readonly oscillatorKHz: number;
  /** How fast the wires are: each byte takes nine clock cycles, which the host's clock does not see. */
  readonly busKHz: number;
  /**
   * "power-on", after which the chip has reset itself; "slow-supply", after which it must be initialized by instruction, with
   * longer waits; or "halfway", as a host leaves it that dies in the middle of an instruction.
   */
  readonly start: "power-on" | "slow-supply" | "halfway";
}

/** What is on the display of a host that died. */
const LEFT_BEHIND = "left behind";

/** An I2C byte and its acknowledge. */
const CYCLES_PER_BYTE = 9;

/**
 * A Hitachi HD44780U behind a PCF8574: each byte that the expander is sent becomes the state of its pins, and the
 * controller takes part when E falls. A transaction of the simulated bus takes no time by the host's clock, so the time
 * that the wires need is added to it here; over USB/IP, where time is real, that is generous.
 */
export class Hd44780 implements I2cTarget {
  readonly #options: Hd44780Options;
  readonly #clock: ModelClock;
  readonly #controller: Controller;
  /** At power-on all pins of a PCF8574 are high. */
  #pins = 0xff;
  #busMs = 0;

  constructor(options: Hd44780Options, clock: ModelClock) {
    this.#options = options;
    this.#clock = clock;
    this.#controller = new Controller(options.oscillatorKHz, clock.now(), options.start !== "slow-supply");
    if (options.start === "halfway") {
      this.#pins = 0;
      this.#controller.leaveHalfway(LEFT_BEHIND, clock.now());
    }
  }

  /** Whether the backlight is on; it is where its pin is not connected. */
  get lit(): boolean {
    const bit = this.#bit("bl");
    return bit === 0 || ((this.#pins & bit) !== 0) === (this.#options.backlightActive === "high");
  }

  /** How many transfers were lost because the controller was busy. */
  get lost(): number {
    return this.#controller.lost;
  }

  /** What the rows show, from the top; blanks where the display is off. */
  get rows(): readonly string[] {
    const { rows } = this.#options;
    return Array.from({ length: rows }, (_, row) =>
      this.#codes(row)
        .map((code) => characterOf(code, this.#options.rom))
        .join(""),
    );
  }

  /** The eight rows of dots of custom character `index`; the rightmost dot is bit 0. */
  customCharacter(index: number): number[] {
    return Array.from(this.#controller.cgram.subarray(index * 8, index * 8 + 8), (dots) => dots & 0x1f);
  }

  start(): boolean {
    this.#passByte();
    return true;
  }

  write(byte: number): boolean {
    this.#passByte();
    const before = this.#pins;
    this.#pins = byte;
    const e = this.#bit("e");
    if ((before & e) !== 0 && (byte & e) === 0) {
      this.#controller.transfer(
        {
          rs: (before & this.#bit("rs")) !== 0,
          rw: (before & this.#bit("rw")) !== 0,
          nibble: this.#nibble(before),
        },
        this.#now(),
      );
    }
    return true;
  }

  /** A pin that was written high can be pulled low by what is wired to it: by the controller, while it is read. */
  read(): number {
    this.#passByte();
    if ((this.#pins & this.#bit("e")) === 0 || (this.#pins & this.#bit("rw")) === 0) return this.#pins;
    const driven = this.#controller.driven((this.#pins & this.#bit("rs")) !== 0, this.#now());
    let pins = this.#pins;
    for (let index = 0; index < 4; index += 1) {
      if ((driven & (1 << index)) === 0) pins &= ~this.#bit(`d${4 + index}` as Hd44780Signal);
    }
    return pins;
  }

  stop(): void {}

  /** What the display looks like: its rows in a frame, custom characters as ⓪ to ⑦, and what is not the usual below. */
  render(): string {
    const bar = "─".repeat(this.#options.columns + 2);
    const lines = this.rows.map((row) => `│ ${row} │`);
    const notes: string[] = [];
    if (!this.#controller.displayOn) notes.push("off");
    if (!this.lit) notes.push("backlight off");
    const below = notes.length === 0 ? [] : [` ${notes.join(", ")}`];
    return [`┌${bar}┐`, ...lines, `└${bar}┘`, ...below].join("\n");
  }

  /** Rows 2 and 3 are the second parts of the two lines. */
  #codes(row: number): number[] {
    const { columns } = this.#options;
    const { ddram, displayOn, shift, twoLines } = this.#controller;
    // With one line the chip drives no second row.
    if (!displayOn || (row % 2 === 1 && !twoLines)) return Array(columns).fill(0x20);
    if (this.#options.isSplit) {
      // Without the second line the right half is dark.
      const line = (first: number) =>
        Array.from({ length: columns / 2 }, (_, index) => ddram[first + ((index + shift) % 40)]!);
      return [...line(0), ...(twoLines ? line(0x40) : Array<number>(columns / 2).fill(0x20))];
    }
    const first = (row % 2) * 0x40;
    const column = row < 2 ? 0 : columns;
    return Array.from({ length: columns }, (_, index) => ddram[first + ((column + index + shift) % 40)]!);
  }

  #now(): number {
    return this.#clock.now() + this.#busMs;
  }

  #passByte(): void {
    this.#busMs += CYCLES_PER_BYTE / this.#options.busKHz;
  }

  #bit(signal: Hd44780Signal): number {
    const pin = this.#options.pins.indexOf(signal);
    return pin === -1 ? 0 : 1 << pin;
  }

  #nibble(pins: number): number {
    const data = ["d4", "d5", "d6", "d7"] as const;
    return data.reduce(
      (nibble, signal, index) => nibble | ((pins & this.#bit(signal)) !== 0 ? 1 << index : 0),
      0,
    );
  }
}
