/**
 * Holtek HT16K33 with four seven-segment digits and a colon, wired as on Adafruit's 0.56" backpack.
 *
 * Data sheet: "HT16K33 RAM Mapping 16*8 LED Controller Driver with keyscan", revision 1.10, May 2011. Wiring: Adafruit
 * product 878 and its siblings.
 */

import {
  brightnessLevel,
  busFaultWhile,
  checkBlinkRate,
  checkCustomCharacter,
  checkFits,
  completeOptions,
  type Delay,
  DriverError,
  hex,
  type I2cTarget,
  integer,
  type OptionsOf,
  oneOf,
  type TextDisplayCapabilities,
  type TextDisplayDriver,
} from "@busbar/guest";
import {
  Blink,
  Colon,
  DIGIT_ADDRESSES,
  DIMMING,
  DISPLAY_DATA,
  DISPLAY_RAM_LENGTH,
  DisplaySetup,
  ROW_OUTPUT,
  SystemSetup,
} from "./commands.ts";
import { COLON_COLUMN, layOut } from "./font.ts";

/** The options, their defaults, and the settings of a board file. */
export const ht16k33Options = {
  /** Brightness when it is opened, in sixteenths. */
  brightness: integer({ minimum: 1, maximum: 16 }, 16),
  /** The rate, in hertz, at which the whole display blinks when it is opened. */
  blinkHz: oneOf(["off", 2, 1, 0.5], "off"),
  /** What `close` leaves: "off" for a dark display in standby; "keep" for the last text, still lit. */
  afterClose: oneOf(["off", "keep"], "off"),
};

/** What can be set; see `ht16k33Options`. */
export type HT16K33Options = OptionsOf<typeof ht16k33Options>;

/** A blink rate of the part, in hertz; 0 for none. */
type BlinkHz = keyof typeof Blink;

const BRIGHTNESS_LEVELS = 16;

/**
 * The driver of one display. The whole display RAM goes out with each text, in one transaction: a text is never half
 * there, and whatever disturbed the RAM is gone with the next one.
 */
export class HT16K33 implements TextDisplayDriver {
  readonly info = { vendor: "Holtek", model: "HT16K33" };
  readonly size = { rows: 1, columns: DIGIT_ADDRESSES.length };
  readonly capabilities: TextDisplayCapabilities = {
    brightnessLevels: BRIGHTNESS_LEVELS,
    blinkRates: [2, 1, 0.5],
  };

  readonly #target: I2cTarget;
  readonly #options: HT16K33Options;
  /** What the part shows; a text that did not get there is not in it. */
  #ram = new Uint8Array(DISPLAY_RAM_LENGTH);
  #blinkHz: BlinkHz;
  #dark = false;
  #closed = false;

  /**
   * Starts the part, clears it and switches it on. It has no id to check: whatever acknowledges is taken for one.
   *
   * @throws DriverError `invalid-argument` before anything is sent; `bus` from the part
   */
  constructor(target: I2cTarget, _delay: Delay, options: Partial<HT16K33Options> = {}) {
    this.#options = completeOptions(ht16k33Options, options);
    this.#target = target;
    const { brightness, blinkHz } = this.#options;
    this.#blinkHz = blinkHz === "off" ? 0 : blinkHz;

    this.#send("starting the oscillator", SystemSetup.OSCILLATOR_ON);
    // A driver before this one may have made it an interrupt pin.
    this.#send("making ROW15 a row", ROW_OUTPUT);
    this.#send("setting the brightness", DIMMING | (brightness - 1));
    // At power-on the RAM holds anything: it is cleared before the display is switched on.
    this.#show(this.#ram);
    this.#switchOn(this.#blinkHz);
  }

  /** Shows nothing any more. */
  clear(): void {
    this.#requireOpen();
    this.#show(new Uint8Array(DISPLAY_RAM_LENGTH));
  }

  /**
   * Shows `text` from a column on: "12:30", "-3.14", "Err". The colon goes with column 1: a text over that column sets
   * or clears it.
   */
  write(row: number, column: number, text: string): void {
    this.#requireOpen();
    checkFits(this.size, row, column, 0);
    const { cells, colon } = layOut(text, column);
    checkFits(this.size, row, column, cells.length);

    const ram = Uint8Array.from(this.#ram);
    for (const [offset, segments] of cells.entries()) ram[DIGIT_ADDRESSES[column + offset]!] = segments;
    if (column <= COLON_COLUMN && column + cells.length > COLON_COLUMN) {
      ram[Colon.ADDRESS] = colon ? Colon.BIT : 0;
    }
    this.#show(ram);
  }

  /** In sixteenths; 0 switches the display off, and the text comes back with the next brightness. */
  setBrightness(brightness: number): void {
    this.#requireOpen();
    const level = brightnessLevel(this.capabilities, brightness);
    if (level === 0) {
      this.#send("switching the display off", DisplaySetup.OFF);
      this.#dark = true;
      return;
    }
    this.#send("setting the brightness", DIMMING | (level - 1));
    if (this.#dark) this.#switchOn(this.#blinkHz);
    this.#dark = false;
  }

  /** 2, 1 or 0.5 hertz, or 0; a dark display blinks when it is bright again. */
  setBlinkRate(hertz: number): void {
    this.#requireOpen();
    checkBlinkRate(this.capabilities, hertz);
    if (!this.#dark) this.#switchOn(hertz as BlinkHz);
    this.#blinkHz = hertz as BlinkHz;
  }

  /** Always `unsupported`: segments are no dots. */
  defineCharacter(index: number, rows: readonly number[] | Uint8Array): void {
    this.#requireOpen();
    checkCustomCharacter(this.capabilities, index, rows);
  }

  /** Leaves the display dark and in standby, unless the options keep it. Closing twice is legal. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#options.afterClose === "keep") return;
    try {
      this.#send("switching the display off", DisplaySetup.OFF);
      this.#send("stopping the oscillator", SystemSetup.STANDBY);
    } catch (error) {
      // A part that is gone shows nothing.
      if (!(error instanceof DriverError)) throw error;
    }
  }

  #requireOpen(): void {
    if (!this.#closed) return;
    throw DriverError.disconnected(`The HT16K33 at ${hex(this.#target.address)} is closed; open it again.`);
  }

  #switchOn(blinkHz: BlinkHz): void {
    this.#send("switching the display on", DisplaySetup.ON | Blink[blinkHz]);
  }

  #show(ram: Uint8Array<ArrayBuffer>): void {
    this.#send("writing the display RAM", DISPLAY_DATA, ...ram);
    this.#ram = ram;
  }

  #send(doing: string, ...bytes: number[]): void {
    try {
      this.#target.write(Uint8Array.from(bytes));
    } catch (error) {
      throw busFaultWhile(error, `${doing} of the HT16K33 at ${hex(this.#target.address)}`);
    }
  }
}
