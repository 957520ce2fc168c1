/** MyDisplay: two rows of text. FILL IN: maker, part, and the data sheet's title and revision, here and in `info`. */

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
  type TextDisplayCapabilities,
  type TextDisplayDriver,
} from "@busbar/guest";
import { BRIGHTEST, CLEAR_MS, Command, ROW_BIT, SIZE } from "./commands.ts";
import { encode } from "./font.ts";

/** The options, their defaults, and the settings of a board file. */
export const myDisplayOptions = {
  /** Brightness when it is opened. */
  brightness: integer({ minimum: 1, maximum: BRIGHTEST }, BRIGHTEST),
};

/** What can be set; see `myDisplayOptions`. */
export type MyDisplayOptions = OptionsOf<typeof myDisplayOptions>;

/** The driver of one MyDisplay. */
export class MyDisplay implements TextDisplayDriver {
  readonly info = { vendor: "Me", model: "MyDisplay" };
  readonly size = SIZE;
  /** FILL IN: what the part can do. What it cannot is `unsupported`. */
  readonly capabilities: TextDisplayCapabilities = { brightnessLevels: BRIGHTEST, blinkRates: [] };

  readonly #target: I2cTarget;
  readonly #delay: Delay;
  #dark = false;
  #closed = false;

  /**
   * Clears the part and switches it on.
   *
   * @throws DriverError `invalid-argument` before anything is sent; `bus` from the part
   */
  constructor(target: I2cTarget, delay: Delay, options: Partial<MyDisplayOptions> = {}) {
    const { brightness } = completeOptions(myDisplayOptions, options);
    this.#target = target;
    this.#delay = delay;
    this.#clear();
    this.#send("setting the brightness", Command.BRIGHTNESS | brightness);
    this.#send("switching the display on", Command.ON);
  }

  /** Shows nothing any more. */
  clear(): void {
    this.#requireOpen();
    this.#clear();
  }

  /** Shows `text` in a row from a column on. */
  write(row: number, column: number, text: string): void {
    this.#requireOpen();
    const codes = encode(text);
    checkFits(this.size, row, column, codes.length);
    this.#send("writing text", Command.TEXT | (row << ROW_BIT) | column, ...codes);
  }

  /** In fifteenths; 0 switches the display off, and the text comes back with the next brightness. */
  setBrightness(brightness: number): void {
    this.#requireOpen();
    const level = brightnessLevel(this.capabilities, brightness);
    if (level === 0) {
      this.#send("switching the display off", Command.OFF);
      this.#dark = true;
      return;
    }
    this.#send("setting the brightness", Command.BRIGHTNESS | level);
    if (this.#dark) this.#send("switching the display on", Command.ON);
    this.#dark = false;
  }

  /** Always `unsupported`, but for 0. */
  setBlinkRate(hertz: number): void {
    this.#requireOpen();
    checkBlinkRate(this.capabilities, hertz);
  }

  /** Always `unsupported`. */
  defineCharacter(index: number, rows: readonly number[] | Uint8Array): void {
    this.#requireOpen();
    checkCustomCharacter(this.capabilities, index, rows);
  }

  /** Switches the display off if it still answers. Closing twice is legal. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.#send("switching the display off", Command.OFF);
    } catch (error) {
      // A part that is gone shows nothing.
      if (!(error instanceof DriverError)) throw error;
    }
  }

  #requireOpen(): void {
    if (!this.#closed) return;
    throw DriverError.disconnected(`The ${this.#where} is closed; open it again.`);
  }

  #clear(): void {
    this.#send("clearing", Command.CLEAR);
    this.#delay.waitMs(CLEAR_MS);
  }

  #send(doing: string, ...bytes: number[]): void {
    try {
      this.#target.write(Uint8Array.from(bytes));
    } catch (error) {
      throw busFaultWhile(error, `${doing} of the ${this.#where}`);
    }
  }

  get #where(): string {
    return `MyDisplay at ${hex(this.#target.address)}`;
  }
}
