/**
 * The engine's commands that make SPI: AN_108 sections 3.3 and 3.4 (data), 3.6 (pins) and 3.8 (clock); and AN_114, "Interfacing FT2232H
 * Hi-Speed Devices To SPI Bus", for the pins. AD0 is SCK, AD1 DO, AD2 DI.
 */

import { DriverError, type SpiWiring } from "@busbar/guest";
import {
  ADAPTIVE_CLOCK_OFF,
  DIVIDE_BY_5_OFF,
  DRIVE_ONLY_ZERO,
  LOOPBACK_OFF,
  READ_PINS,
  SEND_IMMEDIATE,
  SET_DIVISOR,
  SET_PINS,
} from "./mpsse.ts";

/** Pins of ADBUS: the clock, data out, and AD3 to AD7, the chip selects, which are low where one is asserted. */
const SCK = 0x01;
const DATA_OUT = 0x02;
const FIRST_CHIP_SELECT = 0x08;
const CHIP_SELECTS = 0xf8;
const OUTPUTS = SCK | DATA_OUT | CHIP_SELECTS;
const LAST_CHIP_SELECT_NUMBER = 4;

const THREE_PHASES_OFF = 0x8d;

/** Bits of a command that moves bytes (section 3.2). */
const OUT_ON_FALLING = 0x01;
const IN_ON_FALLING = 0x04;
const LEAST_FIRST = 0x08;
const OUT = 0x10;
const IN = 0x20;

/** The fastest clock in Hz, and its divisor's largest value, which is one less than what it is divided by: section 3.8.2. */
const FASTEST_HZ = 30_000_000;
const LARGEST_DIVISOR = 0xffff;
const SLOWEST_HZ = Math.ceil(FASTEST_HZ / (LARGEST_DIVISOR + 1));

/** The most bytes of a batch: what they give back, and the levels of the pins after them, fits into a packet of 512. */
const MOST_BYTES = 509;

/** Sets the engine up: two phases, pins that push and pull, and all devices released. Gives back one byte. */
export const setUpSpiCommands = Uint8Array.of(
  DIVIDE_BY_5_OFF,
  ADAPTIVE_CLOCK_OFF,
  THREE_PHASES_OFF,
  LOOPBACK_OFF,
  ...[DRIVE_ONLY_ZERO, 0x00, 0x00],
  ...pins(CHIP_SELECTS),
  ...[READ_PINS, SEND_IMMEDIATE],
);

/** Ends a batch. Gives back one byte, when all that is before it was done. */
export const doneCommands = [READ_PINS, SEND_IMMEDIATE] as const;

/** The commands for one device. */
export class SpiCommands {
  /** The most bytes of a batch, which has to be done in half a second. */
  readonly mostBytes: number;
  readonly #divisor: number;
  readonly #released: number;
  readonly #selected: number;
  readonly #bits: number;

  /** @throws DriverError `unsupported` for what the chip cannot do */
  constructor({ chipSelect, mode, maximumHz, lsbFirst }: SpiWiring) {
    if (chipSelect > LAST_CHIP_SELECT_NUMBER) {
      throw DriverError.unsupported(
        `The FT232H has the chip selects 0 to ${LAST_CHIP_SELECT_NUMBER}, at AD3 to AD7, and no ${chipSelect}.`,
      );
    }
    if (mode !== 0 && mode !== 2) {
      // In them a bit would be set by the edge before the one that it is taken with, and the engine has no edge before the first bit.
      throw DriverError.unsupported(`The FT232H has the SPI modes 0 and 2, and no mode ${mode}.`);
    }
    this.#divisor = Math.max(0, Math.ceil(FASTEST_HZ / maximumHz) - 1);
    if (this.#divisor > LARGEST_DIVISOR) {
      throw DriverError.unsupported(
        `The clock of the FT232H is at least ${SLOWEST_HZ} Hz, and the device bears ${maximumHz} Hz.`,
      );
    }
    const hz = FASTEST_HZ / (this.#divisor + 1);
    this.mostBytes = Math.min(MOST_BYTES, Math.floor(hz / 8 / 2));
    this.#released = CHIP_SELECTS | (mode === 2 ? SCK : 0);
    this.#selected = this.#released & ~(FIRST_CHIP_SELECT << chipSelect);
    // A bit is taken with the first edge of the clock, and the next one set with the second.
    this.#bits = (mode === 2 ? IN_ON_FALLING : OUT_ON_FALLING) | (lsbFirst ? LEAST_FIRST : 0);
  }

  /** The clock rests as the device has it before it is selected. */
  select(): number[] {
    const divisor = [SET_DIVISOR, this.#divisor & 0xff, this.#divisor >> 8];
    return [...divisor, ...pins(this.#released), ...pins(this.#selected)];
  }

  /** Releases the device. */
  release(): number[] {
    return pins(this.#released);
  }

  /** Writes 1 to `mostBytes` bytes. */
  write(bytes: Uint8Array): number[] {
    return [this.#command(OUT), ...count(bytes.length), ...bytes];
  }

  /** Reads 1 to `mostBytes` bytes, which it gives back; data out is low meanwhile. */
  read(length: number): number[] {
    return [...pins(this.#selected), this.#command(IN), ...count(length)];
  }

  /** Writes 1 to `mostBytes` bytes, and gives back as many. */
  transfer(bytes: Uint8Array): number[] {
    return [this.#command(OUT | IN), ...count(bytes.length), ...bytes];
  }

  /** @param directions OUT, IN or both: an edge is only of a direction that there is */
  #command(directions: number): number {
    const edges =
      ((directions & OUT) === 0 ? 0 : OUT_ON_FALLING) | ((directions & IN) === 0 ? 0 : IN_ON_FALLING);
    return directions | (this.#bits & (edges | LEAST_FIRST));
  }
}

function pins(levels: number): number[] {
  return [SET_PINS, levels, OUTPUTS];
}

/** A number of bytes, of which the engine is told one less. */
function count(bytes: number): number[] {
  return [(bytes - 1) & 0xff, (bytes - 1) >> 8];
}
