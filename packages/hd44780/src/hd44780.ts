/**
 * Hitachi HD44780U and its many copies: a character LCD behind a PCF8574 port expander, the usual I2C backpack.
 *
 * Data sheets: "HD44780U (LCD-II) (Dot Matrix Liquid Crystal Display Controller/Driver)", ADE-207-272(Z), revision 0.0,
 * 1999, to which tables and figures refer; "PCF8574; PCF8574A Remote 8-bit I/O expander", NXP, revision 5.
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
  flag,
  hex,
  type I2cTarget,
  type OptionsOf,
  oneOf,
  type TextDisplayCapabilities,
  type TextDisplayDriver,
  type TextDisplaySize,
} from "@busbar/guest";
import { characterCodes } from "./characters.ts";
import {
  BYTES_PER_INSTRUCTION,
  encode,
  encodeNibble,
  type Instruction,
  type Pins,
  parsePins,
  pins,
} from "./expander.ts";
import {
  CLEAR_DISPLAY,
  CLEAR_DISPLAY_MS,
  CustomCharacters,
  DisplayControl,
  ENTRY_MODE_INCREMENT,
  FIRST_FUNCTION_SET_MS,
  FunctionSetNibble,
  type Layout,
  layouts,
  POWER_ON_MS,
  SECOND_FUNCTION_SET_MS,
  SET_CGRAM_ADDRESS,
  SET_DDRAM_ADDRESS,
} from "./instructions.ts";

/** The options, their defaults, and the settings of a board file. */
export const hd44780Options = {
  /**
   * Columns and rows. "16x1" is the usual display of one row, whose right half is line 2; "16x1-one-line" has all of its
   * row in line 1.
   */
  size: oneOf(
    ["8x1", "16x1", "16x1-one-line", "20x1", "8x2", "16x2", "20x2", "40x2", "16x4", "20x4"],
    "16x2",
  ),
  /** The character ROM: A00 has katakana, A02 western European, Greek and Cyrillic letters (table 4). */
  rom: oneOf(["A00", "A02"], "A00"),
  /** Whether the backlight is on when the display is opened. */
  backlight: flag(true),
  /** What P0 to P7 of the port expander are wired to. */
  pins: pins("rs rw e bl d4 d5 d6 d7"),
  /** The level of the pin "bl" that lights the backlight. */
  backlightActive: oneOf(["high", "low"], "high"),
  /** What `close` leaves: "off" for an empty, dark display; "keep" for the last text and the backlight as it is. */
  afterClose: oneOf(["off", "keep"], "off"),
};

/** What can be set; see `hd44780Options`. */
export type HD44780Options = OptionsOf<typeof hd44780Options>;

/** The longest write, 30 bytes: an SMBus adapter can send 33, many a USB adapter 32. */
const INSTRUCTIONS_PER_WRITE = 6;

/** The driver of one display. It only ever writes; the times of the data sheet stand in for the busy flag. */
export class HD44780 implements TextDisplayDriver {
  readonly info = { vendor: "Hitachi", model: "HD44780" };
  readonly size: TextDisplaySize;
  readonly capabilities: TextDisplayCapabilities;

  readonly #target: I2cTarget;
  readonly #delay: Delay;
  readonly #options: HD44780Options;
  readonly #pins: Pins;
  readonly #layout: Layout;
  #lit: boolean;
  /** Whether the controller surely waits for the first nibble of an instruction. */
  #inStep = false;
  #closed = false;

  /**
   * Starts the controller, clears it and switches it on. Nothing can be read of it: a port expander that acknowledges is
   * taken for a display.
   *
   * @throws DriverError `invalid-argument` before anything is sent; `bus`
   */
  constructor(target: I2cTarget, delay: Delay, options: Partial<HD44780Options> = {}) {
    this.#options = completeOptions(hd44780Options, options);
    this.#target = target;
    this.#delay = delay;
    this.#pins = parsePins(this.#options.pins);
    this.#layout = layouts[this.#options.size];
    this.#lit = this.#options.backlight;
    const columns = Number.parseInt(this.#options.size, 10);
    this.size = { rows: this.#layout.rows.length, columns };
    this.capabilities = {
      brightnessLevels: this.#pins.backlight === 0 ? 0 : 1,
      blinkRates: [],
      customCharacters: CustomCharacters,
    };

    // At power-on all pins are high: E comes down before the controller listens.
    this.#write("starting", [this.#base(this.#lit)]);
    this.#delay.waitMs(POWER_ON_MS);
    this.#getInStep("starting", [DisplayControl.OFF, CLEAR_DISPLAY]);
    this.#delay.waitMs(CLEAR_DISPLAY_MS);
    this.#send("starting", [ENTRY_MODE_INCREMENT, DisplayControl.ON].map(instruction));
  }

  /** Shows nothing any more; custom characters stay. */
  clear(): void {
    this.#requireOpen();
    this.#send("clearing", [instruction(CLEAR_DISPLAY)]);
    this.#delay.waitMs(CLEAR_DISPLAY_MS);
  }

  /** Shows `text` from a column on: what the character ROM has. */
  write(row: number, column: number, text: string): void {
    this.#requireOpen();
    checkFits(this.size, row, column, 0);
    const codes = characterCodes(text, this.#options.rom);
    checkFits(this.size, row, column, codes.length);
    this.#send("writing text", this.#placed(row, column, codes));
  }

  /** Codes, with an address before each part of the row that has some of them. */
  #placed(row: number, column: number, codes: readonly number[]): Instruction[] {
    const instructions: Instruction[] = [];
    let first = 0;
    for (const { address, columns } of this.#layout.rows[row]!) {
      const [start, end] = [Math.max(column, first), Math.min(column + codes.length, first + columns)];
      const isTouched = start < end || (codes.length === 0 && column >= first && column < first + columns);
      if (isTouched) {
        instructions.push(instruction(SET_DDRAM_ADDRESS | (address + start - first)));
        instructions.push(...codes.slice(start - column, end - column).map(character));
      }
      first += columns;
    }
    return instructions;
  }

  /** The backlight: 0 is off, anything more is on. */
  setBrightness(brightness: number): void {
    this.#requireOpen();
    const lit = brightnessLevel(this.capabilities, brightness) > 0;
    // E stays low: the controller takes no notice.
    this.#write("switching the backlight", [this.#base(lit)]);
    this.#lit = lit;
  }

  /** The controller blinks a cursor, but no text: only 0 is not `unsupported`. */
  setBlinkRate(hertz: number): void {
    this.#requireOpen();
    checkBlinkRate(this.capabilities, hertz);
  }

  /** Draws one of 8 characters of 5 by 8 dots. */
  defineCharacter(index: number, rows: readonly number[] | Uint8Array): void {
    this.#requireOpen();
    checkCustomCharacter(this.capabilities, index, rows);
    const address = instruction(SET_CGRAM_ADDRESS | (index << 3));
    this.#send("drawing a custom character", [address, ...Array.from(rows, character)]);
  }

  /** Leaves the display off and dark, unless the options keep it. Closing twice is legal. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#options.afterClose === "keep") return;
    this.#lit = false;
    try {
      // Getting in step again would need waits; without it, at least the light goes out.
      const off = this.#inStep ? [instruction(DisplayControl.OFF)] : [];
      this.#write("switching the display off", [this.#base(false), ...this.#encode(off)]);
    } catch (error) {
      // A part that is gone shows nothing.
      if (!(error instanceof DriverError)) throw error;
    }
  }

  #requireOpen(): void {
    if (!this.#closed) return;
    throw DriverError.disconnected(`The HD44780 at ${hex(this.#target.address)} is closed; open it again.`);
  }

  /**
   * "Initializing by Instruction" (figure 24): whether the controller takes 8 bits, 4 bits, or waits for the second half
   * of an instruction, after three nibbles it takes 8. `settings` follow in the same write.
   */
  #getInStep(doing: string, settings: readonly number[]): void {
    const nibble = (value: number) => encodeNibble(value, this.#pins, this.#base(this.#lit));
    this.#write(doing, nibble(FunctionSetNibble.BITS_8));
    this.#delay.waitMs(FIRST_FUNCTION_SET_MS);
    this.#write(doing, nibble(FunctionSetNibble.BITS_8));
    this.#delay.waitMs(SECOND_FUNCTION_SET_MS);
    this.#write(doing, nibble(FunctionSetNibble.BITS_8));
    this.#delay.waitMs(SECOND_FUNCTION_SET_MS);
    const instructions = [this.#layout.functionSet, ...settings].map(instruction);
    this.#write(doing, [...nibble(FunctionSetNibble.BITS_4), ...this.#encode(instructions)]);
    this.#inStep = true;
  }

  /** Sends instructions, in as few writes as adapters allow. */
  #send(doing: string, instructions: readonly Instruction[]): void {
    if (!this.#inStep) {
      // What failed may have been "Clear display", still running.
      this.#delay.waitMs(CLEAR_DISPLAY_MS);
      this.#getInStep(doing, [ENTRY_MODE_INCREMENT, DisplayControl.ON]);
    }
    const bytes = this.#encode(instructions);
    const length = INSTRUCTIONS_PER_WRITE * BYTES_PER_INSTRUCTION;
    for (let start = 0; start < bytes.length; start += length) {
      this.#write(doing, bytes.slice(start, start + length));
    }
  }

  #encode(instructions: readonly Instruction[]): number[] {
    return encode(instructions, this.#pins, this.#base(this.#lit));
  }

  /** The pins with E low, for a backlight that is lit or not. */
  #base(lit: boolean): number {
    return lit === (this.#options.backlightActive === "high") ? this.#pins.backlight : 0;
  }

  #write(doing: string, bytes: readonly number[]): void {
    try {
      this.#target.write(Uint8Array.from(bytes));
    } catch (error) {
      // How many of the bytes got there is unknown: half an instruction would turn all that follow into others.
      this.#inStep = false;
      throw busFaultWhile(error, `${doing} on the HD44780 at ${hex(this.#target.address)}`);
    }
  }
}

function instruction(value: number): Instruction {
  return { rs: 0, value };
}

function character(value: number): Instruction {
  return { rs: 1, value };
}
