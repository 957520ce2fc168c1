import type { I2cDirection, I2cTarget, ModelClock } from "@busbar/model";
import { drawSegments } from "./segments.ts";

/** The upper half of a command byte: datasheet revision 1.10, "Command Summary". */
const COMMAND = {
  displayData: 0x00,
  systemSetup: 0x20,
  keyData: 0x40,
  interruptFlag: 0x60,
  displaySetup: 0x80,
  dimming: 0xe0,
} as const;

/** "Display RAM": 16 rows by 8 commons. */
const RAM_LENGTH = 16;

/** "Display setup": the rate in hertz by B1 and B0; 0 for steady. */
const BLINK_HERTZ = [0, 2, 1, 0.5] as const;

/** Where the four digits and the colon of Adafruit's 0.56" backpack are in the RAM. */
const DIGITS = [0, 2, 6, 8] as const;
const COLON = { address: 4, bit: 0x02 } as const;

/** What the chip drives its rows with, as a person would say it. */
export interface Ht16k33State {
  /** False in standby, with the display off, and in the dark half of blinking. */
  readonly lit: boolean;
  /** Sixteenths, 1 to 16. */
  readonly brightness: number;
  /** Hertz; 0 for steady. */
  readonly blinkHertz: number;
}

/**
 * Holtek HT16K33 on a backpack with four seven-segment digits, from the datasheet's revision 1.10. Powered when it is
 * made: standby, display off, full brightness. Nobody presses a key.
 *
 * What the datasheet leaves open is decided against the driver: the RAM holds garbage at power-on, and of a message only
 * the first byte is a command, so that several in one are lost.
 */
export class Ht16k33 implements I2cTarget {
  readonly #clock: ModelClock;
  readonly #ram = Uint8Array.from({ length: RAM_LENGTH }, (_, address) => (address * 0x35 + 0x5a) & 0xff);
  #pointer = 0;
  /** What a read message gives: the display RAM, or keys and the interrupt flag, which are always 0. */
  #reads: "display" | "keys" = "display";
  #expects: "command" | "data" | "nothing" = "command";
  #oscillator = false;
  #displayOn = false;
  #blink = 0;
  #blinkSince = 0;
  #dimming = 0x0f;

  constructor(clock: ModelClock) {
    this.#clock = clock;
  }

  /** The display RAM, a copy: 16 bytes. */
  get ram(): Uint8Array {
    return Uint8Array.from(this.#ram);
  }

  /** How it shows the RAM now. */
  get state(): Ht16k33State {
    const blinkHertz = BLINK_HERTZ[this.#blink]!;
    const periods = ((this.#clock.now() - this.#blinkSince) / 1000) * blinkHertz;
    const bright = periods % 1 < 0.5;
    return {
      lit: this.#oscillator && this.#displayOn && bright,
      brightness: this.#dimming + 1,
      blinkHertz,
    };
  }

  start(direction: I2cDirection): boolean {
    this.#expects = direction === "write" ? "command" : "nothing";
    return true;
  }

  write(byte: number): boolean {
    if (this.#expects === "data") {
      this.#ram[this.#pointer] = byte;
      this.#pointer = (this.#pointer + 1) % RAM_LENGTH;
    } else if (this.#expects === "command") {
      this.#expects = "nothing";
      this.#command(byte);
    }
    return true;
  }

  read(): number {
    if (this.#reads === "keys") return 0;
    const value = this.#ram[this.#pointer]!;
    this.#pointer = (this.#pointer + 1) % RAM_LENGTH;
    return value;
  }

  stop(): void {}

  /** What the display looks like: segments and points, five lines in a frame, and what is not the usual below. */
  render(): string {
    const { lit, brightness, blinkHertz } = this.state;
    const shown = (address: number) => (lit ? this.#ram[address]! : 0);
    const colon = (shown(COLON.address) & COLON.bit) !== 0;
    const notes: string[] = [];
    if (!this.#oscillator || !this.#displayOn) notes.push("off");
    if (brightness < 16) notes.push(`brightness ${brightness}/16`);
    if (blinkHertz > 0) notes.push(`blinking at ${blinkHertz} Hz`);
    return drawSegments(DIGITS.map(shown), colon, notes.join(", "));
  }

  #command(byte: number): void {
    const value = byte & 0x0f;
    switch (byte & 0xf0) {
      case COMMAND.displayData:
        this.#pointer = value;
        this.#reads = "display";
        this.#expects = "data";
        break;
      case COMMAND.systemSetup:
        this.#oscillator = (value & 0x01) !== 0;
        break;
      case COMMAND.keyData:
      case COMMAND.interruptFlag:
        this.#reads = "keys";
        break;
      case COMMAND.displaySetup:
        this.#displayOn = (value & 0x01) !== 0;
        this.#blink = (value >> 1) & 0b11;
        this.#blinkSince = this.#clock.now();
        break;
      case COMMAND.dimming:
        this.#dimming = value;
        break;
      default:
        // ROW/INT set changes a pin that is not simulated; others are no commands.
        break;
    }
  }
}
