/** The SSD1306 on I2C: a control byte before each message says whether it is commands or data (8.1.5). */

import { busFaultWhile, completeOptions, type Delay, hex, type I2cTarget } from "@busbar/guest";
import { ControlByte } from "./commands.ts";
import type { DisplayBus } from "./display-bus.ts";
import { SSD1306, type SSD1306Options, ssd1306Options } from "./ssd1306.ts";

/** The longest message, control byte included: an SMBus adapter can send 33 bytes, many a USB adapter 32. */
const LONGEST_MESSAGE = 32;

class DisplayOnI2c implements DisplayBus {
  readonly where: string;
  readonly #target: I2cTarget;

  constructor(target: I2cTarget) {
    this.#target = target;
    this.where = `The SSD1306 at ${hex(target.address)}`;
  }

  commands(bytes: readonly number[], doing: string): void {
    this.#send(ControlByte.COMMANDS, Uint8Array.from(bytes), doing);
  }

  data(bytes: Uint8Array, doing: string): void {
    this.#send(ControlByte.DATA, bytes, doing);
  }

  #send(control: number, bytes: Uint8Array, doing: string): void {
    const length = LONGEST_MESSAGE - 1;
    try {
      for (let start = 0; start < bytes.length; start += length) {
        this.#target.write(Uint8Array.of(control, ...bytes.subarray(start, start + length)));
      }
    } catch (error) {
      throw busFaultWhile(error, `${doing} on the SSD1306 at ${hex(this.#target.address)}`);
    }
  }
}

/** The driver of one display on I2C. */
export class SSD1306OnI2c extends SSD1306 {
  /**
   * As of `SSD1306`. It has no id: whatever acknowledges is taken for one.
   *
   * @throws DriverError `invalid-argument` before anything is sent; `bus`
   */
  constructor(target: I2cTarget, _delay: Delay, options: Partial<SSD1306Options> = {}) {
    super(new DisplayOnI2c(target), completeOptions(ssd1306Options, options));
  }
}
