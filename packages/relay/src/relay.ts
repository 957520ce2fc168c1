/** A relay, or anything else that is on while a line is active: a lamp behind a transistor, a valve, a solid-state relay. */

import {
  completeOptions,
  DriverError,
  type GpioLines,
  type OptionsOf,
  type OutputLine,
  type SwitchDriver,
  type SwitchInfo,
  type Time,
} from "@busbar/guest";

/** A relay has no options: what its coil needs, the board file says of the line. */
export const relayOptions = {};

/** What can be set: nothing. */
export type RelayOptions = OptionsOf<typeof relayOptions>;

/** The driver of one relay, on the output "relay". */
export class Relay implements SwitchDriver {
  readonly info: SwitchInfo = { vendor: "", model: "relay" };
  readonly #line: OutputLine;
  #isOn = false;
  #closed = false;

  /**
   * Switches the relay off.
   *
   * @throws DriverError `access-denied` where the line is not granted as an output; `bus` where it cannot be set
   */
  constructor(lines: GpioLines, _time?: Time, options: Partial<RelayOptions> = {}) {
    completeOptions(relayOptions, options);
    this.#line = lines.output("relay");
    this.#line.set(false);
  }

  /** What it was set to: a relay does not tell. */
  isOn(): boolean {
    return this.#isOn;
  }

  /** @throws DriverError `bus` where the line cannot be set; the relay may then be either */
  set(on: boolean): void {
    this.#line.set(on);
    this.#isOn = on;
  }

  /** Switches it off. Closing twice is legal. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.#line.set(false);
    } catch (error) {
      // A line that does not obey any more cannot be switched off, and the host tries once more when it gives the line back.
      if (!(error instanceof DriverError)) throw error;
    }
  }
}
