/** The SSD1306 on 4-wire SPI: a line, D/C#, says whether what is sent is commands or data (8.1.3). Nothing can be read. */

import {
  busFaultWhile,
  completeOptions,
  flag,
  type GpioLines,
  type OptionsOf,
  type OutputLine,
  type SpiDevice,
  type Time,
  type Timer,
} from "@busbar/guest";
import type { DisplayBus } from "./display-bus.ts";
import { SSD1306, ssd1306Options } from "./ssd1306.ts";

/** The options, their defaults, and the settings of a board file. */
export const ssd1306SpiOptions = {
  ...ssd1306Options,
  /** Whether RES# is wired to the line "reset"; otherwise the module resets itself. */
  resetLine: flag(true),
};

/** What can be set; see `ssd1306SpiOptions`. */
export type SSD1306SpiOptions = OptionsOf<typeof ssd1306SpiOptions>;

/** "RES# low pulse width" t1 and the wait after it, t2: at least 3 µs each (8.9); a pause of this host is a whole millisecond. */
const RESET_MS = 1;

class DisplayOnSpi implements DisplayBus {
  readonly where = "The SSD1306";
  readonly #device: SpiDevice;
  readonly #isData: OutputLine;

  constructor(device: SpiDevice, isData: OutputLine) {
    this.#device = device;
    this.#isData = isData;
  }

  commands(bytes: readonly number[], doing: string): void {
    this.#send(false, Uint8Array.from(bytes), doing);
  }

  data(bytes: Uint8Array, doing: string): void {
    this.#send(true, bytes, doing);
  }

  #send(isData: boolean, bytes: Uint8Array, doing: string): void {
    try {
      this.#isData.set(isData);
      this.#device.write(bytes);
    } catch (error) {
      throw busFaultWhile(error, `${doing} on the SSD1306`);
    }
  }
}

/** The driver of one display on SPI, with D/C# on the output "dc", and RES# on "reset". */
export class SSD1306OnSpi extends SSD1306 {
  /**
   * As of `SSD1306`. Nobody answers: where no display is, nothing shows that.
   *
   * @throws DriverError `invalid-argument` before anything is sent; `access-denied` where a line is not granted; `bus`
   */
  constructor(
    device: SpiDevice,
    timer: Timer,
    lines: GpioLines,
    _time?: Time,
    options: Partial<SSD1306SpiOptions> = {},
  ) {
    const { resetLine, ...rest } = completeOptions(ssd1306SpiOptions, options);
    const isData = lines.output("dc");
    if (resetLine) reset(lines.output("reset"), timer);
    super(new DisplayOnSpi(device, isData), rest);
  }
}

/** A line of which "active" is reset: RES# is active low. */
function reset(line: OutputLine, timer: Timer): void {
  line.set(true);
  timer.waitMs(RESET_MS);
  line.set(false);
  timer.waitMs(RESET_MS);
}
