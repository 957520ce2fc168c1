/**
 * Texas Instruments TMP102: temperature.
 *
 * Data sheet: "TMP102 Low-Power Digital Temperature Sensor With SMBus and Two-Wire Serial Interface in SOT563",
 * SBOS397, revision H, December 2018.
 */

import {
  type Channel,
  completeOptions,
  type Delay,
  DriverError,
  flag,
  hex,
  type I2cTarget,
  type Info,
  integer,
  type OptionsOf,
  oneOf,
  Registers,
  type SensorDriver,
} from "@busbar/guest";
import { convertTemperature, encodeLimit, RESOLUTION } from "./conversion.ts";
import { CONVERSION_MS, Configuration, ConversionRate, FaultQueue, Register } from "./registers.ts";

/** The options, their defaults (those of the part), and the settings of a board file. */
export const tmp102Options = {
  /** "one-shot": one conversion for each `read`, shut down between. "continuous": `rateHz` conversions a second. */
  mode: oneOf(["one-shot", "continuous"], "one-shot"),
  /** Conversions a second in continuous mode. */
  rateHz: oneOf([0.25, 1, 4, 8], 4),
  /** 13 bits, for more than 127.9375 °C. */
  extendedMode: flag(false),
  /** °C at which the ALERT pin becomes active, after `faultQueue` results in a row. Above 127 in extended mode only. */
  alertHigh: integer({ minimum: -55, maximum: 150 }, 80),
  /** °C below which it becomes inactive again, or, in interrupt mode, active once more. Not above `alertHigh`. */
  alertLow: integer({ minimum: -55, maximum: 150 }, 75),
  /** How many results in a row must be beyond a limit. */
  faultQueue: oneOf([1, 2, 4, 6], 1),
  /** "comparator": ALERT stays active until `alertLow`. "interrupt": until any register is read. */
  thermostatMode: oneOf(["comparator", "interrupt"], "comparator"),
  /** The level of the ALERT pin when it is active. */
  alertPolarity: oneOf(["active-low", "active-high"], "active-low"),
};

/** What can be set; see `tmp102Options`. */
export type TMP102Options = OptionsOf<typeof tmp102Options>;

/** One reading; a new object for each. */
export interface TMP102Sample {
  /** °C. */
  readonly temperature: number;
}

/** A value of a sample. */
export type TMP102Channel = Channel & { readonly label: keyof TMP102Sample };

/** How often the configuration is read when opening. */
const CONFIGURATION_ATTEMPTS = 2;
/** Between two looks at the bit `OS`. */
const POLL_MS = 5;
/** The largest whole °C that the 12-bit format can show; it goes to 127.9375. */
const LARGEST_NORMAL_LIMIT = 127;

/** The driver of one TMP102. */
export class TMP102 implements SensorDriver<keyof TMP102Sample> {
  readonly info: Info = { vendor: "Texas Instruments", model: "TMP102" };
  readonly channels: readonly TMP102Channel[];

  readonly #registers: Registers;
  readonly #delay: Delay;
  readonly #options: TMP102Options;
  readonly #where: string;
  #closed = false;

  /**
   * Checks and configures the part.
   *
   * @throws DriverError `invalid-argument` before anything is sent; `wrong-device`, `protocol` and `bus` from the part
   */
  constructor(target: I2cTarget, delay: Delay, options: Partial<TMP102Options> = {}) {
    this.#options = completeOptions(tmp102Options, options);
    checkLimits(this.#options);
    this.#registers = new Registers(target);
    this.#delay = delay;
    this.#where = `The TMP102 at ${hex(target.address)}`;

    this.#identify(target.address);
    this.#configure();
    // "Temperature Data Format", "Extended Mode": tables of both formats.
    const maximum = this.#options.extendedMode ? 150 : 127.9375;
    this.channels = [
      { quantity: "temperature", label: "temperature", minimum: -55, maximum, resolution: RESOLUTION },
    ];
  }

  /**
   * In one-shot mode measures once; in continuous mode returns the last result.
   *
   * @throws DriverError `bus`; `timeout` when the conversion does not end; `protocol` when the part lost its settings
   */
  read(): TMP102Sample {
    if (this.#closed) throw DriverError.disconnected(`${this.#where} is closed; open it again.`);
    if (this.#options.mode === "one-shot") this.#measure();
    const content = this.#registers.readU16BE(Register.TEMPERATURE);
    const temperature = convertTemperature(content, this.#options.extendedMode);
    if (temperature !== undefined) return { temperature };
    throw DriverError.protocol(
      `${this.#where} has ${hex(content, 4)} in its temperature register, which is not the format that was set; ` +
        "if its supply failed, open it again.",
    );
  }

  /** Shuts the part down if it still answers. Closing twice is legal. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.#registers.writeU16BE(Register.CONFIGURATION, this.#configurationBits() | Configuration.SD);
    } catch (error) {
      // A part that is gone needs no sleep.
      if (!(error instanceof DriverError)) throw error;
    }
  }

  /** There is no id; but six bits of the configuration register are always the same. */
  #identify(address: number): void {
    const content = this.#readConfiguration(
      (each) => (each & (Configuration.R | Configuration.UNUSED)) === Configuration.R,
    );
    if (content === undefined) return;
    throw DriverError.wrongDevice(
      `Expected a TMP102 at ${hex(address)}, but the device there has ${hex(content, 4)} in its configuration ` +
        "register, which no TMP102 has; correct the address or the driver in the board file.",
    );
  }

  /** Shuts the part down first, so that no result is compared with half of the settings, or kept in another format. */
  #configure(): void {
    const { mode, extendedMode, alertLow, alertHigh } = this.#options;
    const asleep = this.#configurationBits() | Configuration.SD;
    this.#registers.writeU16BE(Register.CONFIGURATION, asleep);
    this.#registers.writeU16BE(Register.T_LOW, encodeLimit(alertLow, extendedMode));
    this.#registers.writeU16BE(Register.T_HIGH, encodeLimit(alertHigh, extendedMode));
    const content = this.#readConfiguration(
      // OS and AL change by themselves.
      (each) => (each & ~(Configuration.OS | Configuration.AL)) === (asleep | Configuration.R),
    );
    if (content !== undefined) {
      throw DriverError.protocol(
        `${this.#where} does not keep its settings: its configuration is ${hex(content, 4)}; check that it is a TMP102.`,
      );
    }
    if (mode === "one-shot") return;
    this.#registers.writeU16BE(Register.CONFIGURATION, this.#configurationBits());
    this.#delay.waitMs(CONVERSION_MS);
  }

  /** Reads it again where it is not right: it may have been garbled. @returns what it is instead; undefined if it is right */
  #readConfiguration(isRight: (content: number) => boolean): number | undefined {
    let content = 0;
    for (let attempt = 0; attempt < CONFIGURATION_ATTEMPTS; attempt += 1) {
      content = this.#registers.readU16BE(Register.CONFIGURATION);
      if (isRight(content)) return undefined;
    }
    return content;
  }

  /** One conversion out of shutdown ("One-Shot/Conversion Ready"). */
  #measure(): void {
    const start = this.#configurationBits() | Configuration.SD | Configuration.OS;
    this.#registers.writeU16BE(Register.CONFIGURATION, start);
    this.#delay.waitMs(CONVERSION_MS);
    // As long again: an earlier conversion may have been running when this one was asked for.
    for (let waitedMs = 0; !this.#converted(); waitedMs += POLL_MS) {
      if (waitedMs >= CONVERSION_MS) {
        throw DriverError.timeout(
          `${this.#where} does not finish measuring; check its supply, and open it again.`,
        );
      }
      this.#delay.waitMs(POLL_MS);
    }
  }

  #converted(): boolean {
    return (this.#registers.readU16BE(Register.CONFIGURATION) & Configuration.OS) !== 0;
  }

  /** All settings, awake. */
  #configurationBits(): number {
    const { rateHz, extendedMode, faultQueue, thermostatMode, alertPolarity } = this.#options;
    return (
      FaultQueue[faultQueue] |
      (alertPolarity === "active-high" ? Configuration.POL : 0) |
      (thermostatMode === "interrupt" ? Configuration.TM : 0) |
      ConversionRate[rateHz] |
      (extendedMode ? Configuration.EM : 0)
    );
  }
}

/** @throws DriverError `invalid-argument` */
function checkLimits({ alertLow, alertHigh, extendedMode }: TMP102Options): void {
  if (alertLow > alertHigh) {
    throw DriverError.invalidArgument(
      `The option alert-low is ${alertLow}, but must not be above alert-high, which is ${alertHigh}.`,
    );
  }
  if (alertHigh > LARGEST_NORMAL_LIMIT && !extendedMode) {
    throw DriverError.invalidArgument(
      `The option alert-high is ${alertHigh}, but above ${LARGEST_NORMAL_LIMIT} it needs extended-mode true.`,
    );
  }
}
