import type { SpiWires } from "@busbar/model";
import { type Driven, levelsOf, type Shift, type Wired } from "./wired.ts";

/** Pins of ADBUS: AN_108 section 2.1. Chip selects are at AD3 to AD7, and low where they are asserted. */
const SCK = 0x01;
const DATA_OUT = 0x02;
const CHIP_SELECTS = [0x08, 0x10, 0x20, 0x40, 0x80];

/** What is received where nobody drives the line. */
const IDLE = 0xff;

/**
 * Devices on SPI at the pins. They know whole bytes, each bit of which is taken with the first edge of the clock after it rested. What
 * else the pins do while a device is selected it does not understand, until it is released.
 */
export class SpiPins implements Wired {
  readonly #wires: SpiWires;
  #selected = -1;
  /** The level at which the clock rests. */
  #rest: boolean | undefined;
  #isLost = false;

  constructor(wires: SpiWires) {
    this.#wires = wires;
  }

  drive(driven: Driven, hz: number): void {
    const clock = driven(SCK);
    const low = CHIP_SELECTS.filter((pin) => driven(pin) === false);
    // Of several at a time each drives against the others.
    const selected = low.length === 1 ? CHIP_SELECTS.indexOf(low[0]!) : -1;
    if (selected === this.#selected) {
      // An edge by itself is a bit that is not one of the eight.
      if (clock !== this.#rest) this.#isLost = true;
      return;
    }
    this.reset();
    if (selected === -1) return;
    this.#selected = selected;
    this.#rest = clock;
    this.#isLost = clock === undefined;
    this.#wires.select(selected, { mode: clock === true ? 2 : 0, hz });
  }

  levels(driven: Driven): number {
    return levelsOf((pin) => driven(pin) ?? true);
  }

  shift({ bits, sent, isSetOnFalling, isTakenOnFalling }: Shift, driven: Driven): number {
    if (this.#selected === -1) return IDLE;
    const isSetLate = sent === undefined || isSetOnFalling !== this.#rest;
    const isTakenFirst = isTakenOnFalling === undefined || isTakenOnFalling === this.#rest;
    if (bits !== 8 || !isSetLate || !isTakenFirst) this.#isLost = true;
    if (this.#isLost) return IDLE;
    return this.#wires.transfer(sent ?? (driven(DATA_OUT) === false ? 0x00 : 0xff));
  }

  reset(): void {
    if (this.#selected !== -1) this.#wires.release();
    this.#selected = -1;
  }
}
