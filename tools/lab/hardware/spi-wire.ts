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
