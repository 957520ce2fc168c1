/**
 * Solomon Systech SSD1306: a monochrome OLED of up to 128 by 64 dots as a text display, on any bus.
 *
 * Data sheet: "SSD1306, Advance Information", Solomon Systech, revision 1.1, April 2008, and its "Application Note, Charge Pump Settings".
 */

import {
  brightnessLevel,
  checkBlinkRate,
  checkCustomCharacter,
  checkFits,
  DriverError,
  flag,
  integer,
  type OptionsOf,
  oneOf,
  type TextDisplayCapabilities,
  type TextDisplayDriver,
  type TextDisplaySize,
} from "@busbar/guest";
import {
  ChargePump,
  CLOCK_DEFAULT,
  Command,
  ComPins,
  HORIZONTAL_ADDRESSING,
  PreCharge,
  VCOMH_DEFAULT,
} from "./commands.ts";
import type { DisplayBus } from "./display-bus.ts";
import { glyphsOf } from "./font.ts";

/** The options, their defaults, and the settings of a board file. */
export const ssd1306Options = {
  /** Dots of the glass: columns and rows. */
  size: oneOf(["128x64", "128x32", "96x16", "64x48", "72x40"], "128x64"),
  /** How wide a character is, in dots: 6 is 21 of them in 128 columns, 8 is 16. */
  characterWidth: oneOf([6, 8], 6),
  /** Whether it is mounted upside down. */
  flip: flag(false),
  /** Whether text is dark on a lit ground. */
  inverse: flag(false),
  /** Brightness when it is opened: 0 is still lit. */
  contrast: integer({ minimum: 0, maximum: 255 }, 0x7f),
  /** Where the voltage of the dots comes from: the part's own charge pump, or VCC from outside. */
  supply: oneOf(["charge-pump", "external"], "charge-pump"),
  /** How the rows are wired to the COM pins (table 10-3): as it is usual for a glass of this size, or not. */
  comPins: oneOf(["usual", "sequential", "alternative"], "usual"),
  /** What `close` leaves: "off" for a dark display; "keep" for the last text, still lit. */
  afterClose: oneOf(["off", "keep"], "off"),
};

/** What can be set; see `ssd1306Options`. */
export type SSD1306Options = OptionsOf<typeof ssd1306Options>;

/** Where the dots of a glass are: the first of the 128 columns that it has, and how its rows are wired. */
interface Glass {
  readonly firstColumn: number;
  readonly comPins: keyof typeof ComPins;
}

/** As modules have them: a narrower glass is in the middle of the segments. */
const GLASSES: Readonly<Record<SSD1306Options["size"], Glass>> = {
  "128x64": { firstColumn: 0, comPins: "alternative" },
  "128x32": { firstColumn: 0, comPins: "sequential" },
  "96x16": { firstColumn: 0, comPins: "sequential" },
  "64x48": { firstColumn: 32, comPins: "alternative" },
  "72x40": { firstColumn: 28, comPins: "alternative" },
};

/** Of the RAM (8.7): a page is 8 rows, one byte of each column, its upper row in bit 0. */
const RAM_COLUMNS = 128;
const PAGE_ROWS = 8;

/** "256 contrast steps" (10.1.7). */
const BRIGHTNESS_LEVELS = 256;

/**
 * A command that was cut off takes what follows for its parameters: two at most, of those that are sent here. What comes after these is a command.
 */
const IN_STEP: readonly number[] = [Command.NOP, Command.NOP];

/** The driver of one display, on the bus that it is given. It only ever writes: text by text, each with its place. */
export class SSD1306 implements TextDisplayDriver {
  readonly info = { vendor: "Solomon Systech", model: "SSD1306" };
  readonly size: TextDisplaySize;
  readonly capabilities: TextDisplayCapabilities = { brightnessLevels: BRIGHTNESS_LEVELS, blinkRates: [] };

  readonly #bus: DisplayBus;
  readonly #options: SSD1306Options;
  readonly #columns: number;
  /** What the display shows, page after page; a text that did not get there is not in it. */
  #ram: Uint8Array<ArrayBuffer>;
  #contrast: number;
  #dark = false;
  /** Whether the part surely has its settings, and shows what `#ram` has. */
  #inStep = false;
  #closed = false;

  /**
   * Sets the part up, clears it and switches it on.
   *
   * @param options all of them, checked
   * @throws DriverError `bus`
   */
  constructor(bus: DisplayBus, options: SSD1306Options) {
    this.#bus = bus;
    this.#options = options;
    const [columns, rows] = options.size.split("x").map(Number) as [number, number];
    this.#columns = columns;
    this.size = { rows: rows / PAGE_ROWS, columns: Math.floor(columns / options.characterWidth) };
    this.#ram = new Uint8Array(columns * this.size.rows);
    this.#contrast = options.contrast;
    this.#start("starting", this.#ram);
  }

  /** Shows nothing any more. */
  clear(): void {
    this.#requireOpen();
    const ram = new Uint8Array(this.#ram.length);
    if (this.#inStep)
      this.#send(
        ram,
        { firstColumn: 0, columns: this.#columns, firstRow: 0, rows: this.size.rows },
        "clearing",
      );
    else this.#start("clearing", ram);
    this.#ram = ram;
  }

  /** Shows `text` from a column on: ASCII, and `° µ ± ² ³ Ω`. */
  write(row: number, column: number, text: string): void {
    this.#requireOpen();
    const { characterWidth } = this.#options;
    checkFits(this.size, row, column, 0);
    const glyphs = glyphsOf(text, characterWidth);
    const columns = glyphs.length;
    checkFits(this.size, row, column, columns / characterWidth);
    const ram = Uint8Array.from(this.#ram);
    const firstColumn = column * characterWidth;
    ram.set(glyphs, row * this.#columns + firstColumn);
    if (!this.#inStep) this.#start("showing text", ram);
    else if (columns > 0) this.#send(ram, { firstColumn, columns, firstRow: row, rows: 1 }, "showing text");
    this.#ram = ram;
  }

  /** By the contrast, in 256 levels; 0 switches the display off, and the text comes back with the next brightness. */
  setBrightness(brightness: number): void {
    this.#requireOpen();
    const level = brightnessLevel(this.capabilities, brightness);
    if (!this.#inStep) this.#start("setting the brightness", this.#ram);
    const doing = "setting the brightness";
    if (level === 0) this.#commands([Command.DISPLAY_OFF], doing);
    else this.#commands([Command.CONTRAST, level - 1, Command.DISPLAY_ON], doing);
    this.#dark = level === 0;
    if (level > 0) this.#contrast = level - 1;
  }

  /** It does not blink: only 0 is not `unsupported`. */
  setBlinkRate(hertz: number): void {
    this.#requireOpen();
    checkBlinkRate(this.capabilities, hertz);
  }

  /** Always `unsupported`. */
  defineCharacter(index: number, rows: readonly number[] | Uint8Array): void {
    this.#requireOpen();
    checkCustomCharacter(this.capabilities, index, rows);
  }

  /** Leaves the display dark and its charge pump off, unless the options keep it. Closing twice is legal. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#options.afterClose === "keep") return;
    try {
      this.#commands([Command.DISPLAY_OFF, Command.CHARGE_PUMP, ChargePump.DISABLED], "switching off");
    } catch (error) {
      // A part that is gone shows nothing.
      if (!(error instanceof DriverError)) throw error;
    }
  }

  #requireOpen(): void {
    if (this.#closed) throw DriverError.disconnected(`${this.#bus.where} is closed; open it again.`);
  }

  /** Sets everything, whatever the part was in, and shows `ram`. At power-on the RAM holds anything: it is written while the display is off. */
  #start(doing: string, ram: Uint8Array): void {
    this.#inStep = false;
    const { size, flip, inverse, supply, comPins } = this.#options;
    const rows = this.size.rows * PAGE_ROWS;
    this.#commands(
      [
        Command.DISPLAY_OFF,
        ...[Command.CLOCK_DIVIDE_RATIO, CLOCK_DEFAULT],
        ...[Command.MULTIPLEX_RATIO, rows - 1],
        ...[Command.DISPLAY_OFFSET, 0],
        Command.DISPLAY_START_LINE,
        ...[Command.CHARGE_PUMP, supply === "charge-pump" ? ChargePump.ENABLED : ChargePump.DISABLED],
        ...[Command.MEMORY_ADDRESSING_MODE, HORIZONTAL_ADDRESSING],
        // Modules have their connector above: row 0 and column 0 are then at the last pins.
        flip ? Command.SEGMENT_NORMAL : Command.SEGMENT_REMAPPED,
        flip ? Command.COM_SCAN_NORMAL : Command.COM_SCAN_REMAPPED,
        ...[Command.COM_PINS, ComPins[comPins === "usual" ? GLASSES[size].comPins : comPins]],
        ...[Command.CONTRAST, this.#contrast],
        ...[Command.PRE_CHARGE_PERIOD, PreCharge[supply]],
        ...[Command.VCOMH_DESELECT_LEVEL, VCOMH_DEFAULT],
        Command.DISPLAY_FOLLOWS_RAM,
        inverse ? Command.INVERSE_DISPLAY : Command.NORMAL_DISPLAY,
        // What scrolls must not be written to (10.2.3).
        Command.DEACTIVATE_SCROLL,
      ],
      doing,
    );
    this.#send(ram, { firstColumn: 0, columns: this.#columns, firstRow: 0, rows: this.size.rows }, doing);
    if (!this.#dark) this.#commands([Command.DISPLAY_ON], doing);
    this.#inStep = true;
  }

  /** Sends a part of `ram`: a window, then what is in it. */
  #send(ram: Uint8Array, { firstColumn, columns, firstRow, rows }: Part, doing: string): void {
    const [first, last] = this.#placed(firstColumn, columns);
    this.#commands(
      [Command.COLUMN_ADDRESS, first, last, Command.PAGE_ADDRESS, firstRow, firstRow + rows - 1],
      doing,
    );
    const bytes = new Uint8Array(columns * rows);
    for (let row = 0; row < rows; row += 1) {
      const from = (firstRow + row) * this.#columns + firstColumn;
      bytes.set(ram.subarray(from, from + columns), row * columns);
    }
    this.#guarded(() => this.#bus.data(bytes, doing));
  }

  /** The first and the last of some columns of the glass in the RAM, which is read from the other end where the glass is upside down. */
  #placed(firstColumn: number, columns: number): [first: number, last: number] {
    const { firstColumn: margin } = GLASSES[this.#options.size];
    const first = firstColumn + (this.#options.flip ? RAM_COLUMNS - this.#columns - margin : margin);
    return [first, first + columns - 1];
  }

  #commands(bytes: readonly number[], doing: string): void {
    this.#guarded(() => this.#bus.commands([...IN_STEP, ...bytes], doing));
  }

  /** After a failure nobody knows how much got there: the next call sends everything. */
  #guarded(send: () => void): void {
    try {
      send();
    } catch (error) {
      this.#inStep = false;
      throw error;
    }
  }
}

/** Some characters' dots: columns of the glass, and rows of characters. */
interface Part {
  readonly firstColumn: number;
  readonly columns: number;
  readonly firstRow: number;
  readonly rows: number;
}
