/** The pins of an AVR Butterfly's SPI on a parallel port, as drivers/spi/spi-butterfly.c of the Linux kernel drives them. */
import type { ParallelPins } from "@busbar/sim/usbip";

/** Of the data register: pin 2 and pin 9. */
const CLOCK = 0x01;
const MOSI = 0x80;
/** Of the control register: pin 17. */
const CHIP_SELECT = 0x08;
/** Of the status register: pin 11, which it has inverted. */
const MISO_INVERTED = 0x80;

/**
 * A wire from MOSI to MISO, which writes down what it sees: for each time that chip select was asserted, the bytes that were clocked in
 * mode 0, most significant bit first. Bits that are no whole byte are "and 3 bits".
 */
export class RecordedWire implements ParallelPins {
  readonly transactions: string[][] = [];
  #bits = "";
  #wasSelected = false;
  #wasHigh = false;

  changed(data: number, control: number): number {
    const isSelected = (control & CHIP_SELECT) !== 0;
    const isHigh = (data & CLOCK) !== 0;
    const isOne = (data & MOSI) !== 0;
    if (isSelected && !this.#wasSelected) this.transactions.push([]);
    if (!isSelected && this.#bits !== "") this.#write(`and ${this.#bits.length} bits`);
    if (isSelected && isHigh && !this.#wasHigh) this.#bits += isOne ? "1" : "0";
    if (this.#bits.length === 8) this.#write(Number.parseInt(this.#bits, 2).toString(16).padStart(2, "0"));
    this.#wasSelected = isSelected;
    this.#wasHigh = isHigh;
    return isOne ? 0 : MISO_INVERTED;
  }

  #write(text: string): void {
    this.transactions.at(-1)?.push(text);
    this.#bits = "";
  }
}

/** A chip by its pins, in mode 0. */
export interface ChipPins {
  /** The level of its output, 0 or 1. */
  readonly output: number;
  select(): void;
  /** A rising edge of the clock, with the level of its input; the next bit is put out at the falling one. */
  clock(input: number): void;
  release(): void;
}

/** A simulated chip on these pins. */
export class ChipOnPins implements ParallelPins {
  readonly #chip: ChipPins;
  #isSelected = false;
  #isHigh = false;
  #output = 1;

  constructor(chip: ChipPins) {
    this.#chip = chip;
  }

  changed(data: number, control: number): number {
    const isSelected = (control & CHIP_SELECT) !== 0;
    const isHigh = (data & CLOCK) !== 0;
    if (isSelected && !this.#isSelected) this.#chip.select();
    if (!isSelected && this.#isSelected) this.#chip.release();
    const rises = isHigh && !this.#isHigh;
    if (!isHigh || rises) this.#output = isSelected ? this.#chip.output : 1;
    if (isSelected && rises) this.#chip.clock((data & MOSI) === 0 ? 0 : 1);
    this.#isSelected = isSelected;
    this.#isHigh = isHigh;
    return this.#output === 1 ? 0 : MISO_INVERTED;
  }
}
