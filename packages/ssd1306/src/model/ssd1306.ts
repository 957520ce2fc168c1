/** An SSD1306 on each of its buses. */

import type { GpioPart, I2cDirection, I2cTarget, SpiClocking, SpiTarget } from "@busbar/model";
import { Controller, SEGMENTS } from "./controller.ts";
import { litDots, type PanelName, pictureOf } from "./panel.ts";

/** One simulated module. */
export interface Ssd1306Options {
  readonly size: PanelName;
  /** Where it has its high voltage from. */
  readonly supply: "charge-pump" | "external";
}

/** What both have: a controller behind a glass. */
abstract class Module {
  readonly controller: Controller;
  readonly #options: Ssd1306Options;

  /** What the RAM holds at power-on is not defined: here it is a pattern, so that a driver that does not clear it shows that. */
  constructor(options: Ssd1306Options) {
    this.#options = options;
    this.controller = new Controller(
      Uint8Array.from({ length: 8 * SEGMENTS }, (_, index) => (index * 37) & 0xff),
    );
  }

  /** Which dots are lit, row by row from the top. */
  get lit(): boolean[][] {
    const { size, supply } = this.#options;
    return litDots(this.controller, size, supply === "charge-pump");
  }

  render(): string {
    return pictureOf(this.lit);
  }
}

/** Of a control byte (8.1.5.2): whether another one follows after one byte, and whether bytes are data. */
const CONTINUATION = 0x80;
const DATA = 0x40;
/** The status by a read: "D[6]: 1 for display OFF" (table 9-3). */
const STATUS_OFF = 0x40;

/** On I2C (8.1.5). */
export class Ssd1306OnI2c extends Module implements I2cTarget {
  #expects: "control" | "one" | "all" = "control";
  #isData = false;

  start(_: I2cDirection, __: boolean): boolean {
    this.#expects = "control";
    return true;
  }

  write(byte: number): boolean {
    if (this.#expects === "control") {
      this.#isData = (byte & DATA) !== 0;
      this.#expects = (byte & CONTINUATION) === 0 ? "all" : "one";
      return true;
    }
    if (this.#expects === "one") this.#expects = "control";
    if (this.#isData) this.controller.data(byte);
    else this.controller.command(byte);
    return true;
  }

  read(): number {
    return this.controller.state.isOn ? 0 : STATUS_OFF;
  }

  stop(): void {}
}

/** The clock cycle is at least 100 ns (table 13-5). */
const FASTEST_HZ = 10e6;

/** On 4-wire SPI (8.1.3): D/C# is a pin, and nothing is ever sent back. */
export class Ssd1306OnSpi extends Module implements SpiTarget {
  #hears = false;
  #isData = false;
  #isReset = false;

  /** The inputs D/C# and RES#; one that nobody drives is low, and RES# is tied high where it is not wired. */
  readonly pins: GpioPart = {
    level: () => undefined,
    nextChange: () => undefined,
    driven: (line, level) => {
      if (line === "dc") this.#isData = level === "high";
      if (line !== "reset") return;
      this.#isReset = level === "low";
      if (this.#isReset) this.controller.reset();
    },
  };

  /** Data is sampled at the rising edge (8.1.3): modes 0 and 3. */
  select({ mode, hz }: SpiClocking): void {
    this.#hears = (mode === 0 || mode === 3) && hz <= FASTEST_HZ && !this.#isReset;
  }

  /** "D/C# is sampled every eighth clock" (8.1.3). */
  transfer(received: number): number {
    if (this.#hears && this.#isData) this.controller.data(received);
    else if (this.#hears) this.controller.command(received);
    return 0xff;
  }

  release(): void {}
}
