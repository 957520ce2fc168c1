/**
 * STMicroelectronics HTS221: relative humidity and temperature.
 *
 * Data sheet: "HTS221 – Capacitive digital sensor for relative humidity and temperature", DocID026333, revision 4,
 * August 2016.
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
  type OptionsOf,
  oneOf,
  Registers,
  readTwice,
  type SensorDriver,
} from "@busbar/guest";
import {
  type Calibration,
  convertHumidity,
  convertTemperature,
  isUsable,
  parseCalibration,
  parseSample,
} from "./conversion.ts";
import {
  AUTO_INCREMENT,
  AVGT_SHIFT,
  CtrlReg1,
  CtrlReg2,
  DEVICE_ID,
  HumidityAverage,
  ONE_SHOT_RATE,
  OutputDataRate,
  Register,
  Status,
  TemperatureAverage,
} from "./registers.ts";

/** The options, their defaults, and the settings of a board file. Averaging: what the part starts with (7.2). */
export const hts221Options = {
  /** "one-shot": one measurement for each `read`. "continuous": the part measures by itself, `rateHz` times a second. */
  mode: oneOf(["one-shot", "continuous"], "one-shot"),
  /** Measurements a second in continuous mode. */
  rateHz: oneOf([1, 7, 12.5], 1),
  /** Samples that are averaged for a temperature. */
  temperatureAverage: oneOf([2, 4, 8, 16, 32, 64, 128, 256], 16),
  /** Samples that are averaged for a humidity. */
  humidityAverage: oneOf([4, 8, 16, 32, 64, 128, 256, 512], 32),
  /** Whether the heating element is on while the device is open: readings are then of the heated part (7.4). */
  heater: flag(false),
};

/** What can be set; see `hts221Options`. */
export type HTS221Options = OptionsOf<typeof hts221Options>;

/** One reading; a new object for each. */
export interface HTS221Sample {
  /** %RH, 0 to 100. */
  readonly humidity: number;
  /** °C. */
  readonly temperature: number;
}

/** A value of a sample. */
export type HTS221Channel = Channel & { readonly label: keyof HTS221Sample };

/** How often the id is read. */
const ID_ATTEMPTS = 2;
/** The data sheet gives no time for the copy from flash; for a few bytes this is ample. */
const BOOT_LIMIT_MS = 100;
/** How long the calibration may take to be there: twice what slow parts need. */
const CALIBRATION_LIMIT_MS = 200;
/** What the converter never measures: registers at the end of their range. */
const NO_OUTPUTS: readonly number[] = [-0x8000, 0x7fff];
/** Between two looks at `BOOT`, and at `STATUS_REG` in one-shot mode. */
const POLL_MS = 5;
/** The slowest rate is 1 Hz and allows all averaging (7.2, 7.3), so no measurement takes longer than a second. */
const ONE_SHOT_LIMIT_MS = 1000;
/** How often `STATUS_REG` is looked at in the time between two measurements in continuous mode. */
const POLLS_A_PERIOD = 10;

/** Operating range and sensitivity (2, table 3). */
const CHANNELS: readonly HTS221Channel[] = [
  { quantity: "temperature", label: "temperature", minimum: -40, maximum: 120, resolution: 0.016 },
  { quantity: "relative-humidity", label: "humidity", minimum: 0, maximum: 100, resolution: 0.004 },
];

/** The driver of one HTS221. */
export class HTS221 implements SensorDriver<keyof HTS221Sample> {
  readonly info: Info = { vendor: "STMicroelectronics", model: "HTS221" };
  readonly channels: readonly HTS221Channel[] = CHANNELS;

  readonly #registers: Registers;
  readonly #delay: Delay;
  readonly #options: HTS221Options;
  readonly #where: string;
  readonly #calibration: Calibration;
  /** Whether a measurement may lie in the part that nobody asked for: an earlier user's, or one of a failed `read`. */
  #leftover = true;
  #closed = false;

  /**
   * Finds, boots and configures the part.
   *
   * @throws DriverError `invalid-argument` before anything is sent; `wrong-device`, `protocol`, `timeout` and `bus` from the part
   */
  constructor(target: I2cTarget, delay: Delay, options: Partial<HTS221Options> = {}) {
    this.#options = completeOptions(hts221Options, options);
    this.#registers = new Registers(target);
    this.#delay = delay;
    this.#where = `The HTS221 at ${hex(target.address)}`;

    this.#identify(target.address);
    this.#boot();
    this.#calibration = this.#readCalibration();
    this.#configure();
  }

  /**
   * In one-shot mode measures once; in continuous mode waits for the next measurement, at most two periods.
   *
   * @throws DriverError `bus`; `timeout` when no measurement comes; `protocol` when the calibration allows no value
   */
  read(): HTS221Sample {
    if (this.#closed) throw DriverError.disconnected(`${this.#where} is closed; open it again.`);
    const { mode, rateHz } = this.#options;
    if (this.#leftover) this.#readOutputs();
    this.#leftover = true;
    if (mode === "one-shot") {
      this.#registers.writeU8(Register.CTRL_REG2, this.#ctrlReg2Bits() | CtrlReg2.ONE_SHOT);
      this.#waitForData(POLL_MS, ONE_SHOT_LIMIT_MS);
    } else {
      const periodMs = 1000 / rateHz;
      this.#waitForData(periodMs / POLLS_A_PERIOD, 2 * periodMs);
    }
    const { H_OUT, T_OUT } = parseSample(this.#readOutputs());
    this.#leftover = false;
    const none = [H_OUT, T_OUT].find((each) => NO_OUTPUTS.includes(each));
    if (none !== undefined) {
      throw DriverError.protocol(
        `${this.#where} has ${hex(none & 0xffff, 4)} for a measurement, which none is; check its supply, and open it again.`,
      );
    }
    return {
      humidity: this.#calibrated("humidity", convertHumidity(H_OUT, this.#calibration)),
      temperature: this.#calibrated("temperature", convertTemperature(T_OUT, this.#calibration)),
    };
  }

  /** Powers the part down, heater off, if it still answers. Closing twice is legal. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      if (this.#options.heater) this.#registers.writeU8(Register.CTRL_REG2, 0);
      this.#registers.writeU8(Register.CTRL_REG1, 0);
    } catch (error) {
      // A part that is gone needs no sleep.
      if (!(error instanceof DriverError)) throw error;
    }
  }

  /** A wrong id is read again: it may have been garbled. */
  #identify(address: number): void {
    let id = 0;
    for (let attempt = 0; attempt < ID_ATTEMPTS; attempt += 1) {
      id = this.#registers.readU8(Register.WHO_AM_I);
      if (id === DEVICE_ID) return;
    }
    throw DriverError.wrongDevice(
      `Expected an HTS221 (WHO_AM_I 0xBC) at ${hex(address)}, but the device there says ${hex(id)}; ` +
        "correct the address or the driver in the board file.",
    );
  }

  /** Whatever state an earlier user left: powers the part down and has it copy its factory trimming again (7.4). */
  #boot(): void {
    this.#registers.writeU8(Register.CTRL_REG1, 0);
    this.#registers.writeU8(Register.CTRL_REG2, CtrlReg2.BOOT);
    this.#poll(POLL_MS, BOOT_LIMIT_MS, "booting", () => {
      return (this.#registers.readU8(Register.CTRL_REG2) & CtrlReg2.BOOT) === 0;
    });
  }

  /** Some parts read zeros here for 100 ms after power-on: a calibration that allows no values is read again. */
  #readCalibration(): Calibration {
    const calib = readTwice(() => this.#registers.readBlock(Register.CALIB_0 | AUTO_INCREMENT, 16), {
      makesSense: (bytes) => isUsable(parseCalibration(bytes)),
      attempts: CALIBRATION_LIMIT_MS / POLL_MS,
      pause: () => this.#delay.waitMs(POLL_MS),
    });
    if (calib !== undefined) return parseCalibration(calib);
    throw DriverError.protocol(
      `${this.#where} has a calibration that allows no values; check its supply, and if that does not help, replace it.`,
    );
  }

  #configure(): void {
    const { mode, rateHz, temperatureAverage, humidityAverage } = this.#options;
    const avgt = TemperatureAverage[temperatureAverage] << AVGT_SHIFT;
    this.#registers.writeU8(Register.AV_CONF, avgt | HumidityAverage[humidityAverage]);
    this.#registers.writeU8(Register.CTRL_REG2, this.#ctrlReg2Bits());
    const odr = mode === "one-shot" ? ONE_SHOT_RATE : OutputDataRate[rateHz];
    this.#registers.writeU8(Register.CTRL_REG1, CtrlReg1.PD | CtrlReg1.BDU | odr);
  }

  #waitForData(everyMs: number, limitMs: number): void {
    const ready = Status.H_DA | Status.T_DA;
    this.#poll(everyMs, limitMs, "measuring", () => {
      return (this.#registers.readU8(Register.STATUS_REG) & ready) === ready;
    });
  }

  /** Asks `done` at once and then every `everyMs` milliseconds, the last time after `limitMs`. */
  #poll(everyMs: number, limitMs: number, doing: string, done: () => boolean): void {
    for (let waitedMs = 0; !done(); waitedMs += everyMs) {
      if (waitedMs >= limitMs) {
        throw DriverError.timeout(
          `${this.#where} does not finish ${doing}; check its supply, and open it again.`,
        );
      }
      this.#delay.waitMs(everyMs);
    }
  }

  /** Reading both high bytes clears `STATUS_REG` (7.6). */
  #readOutputs(): Uint8Array {
    return this.#registers.readBlock(Register.HUMIDITY_OUT_L | AUTO_INCREMENT, 4);
  }

  #ctrlReg2Bits(): number {
    return this.#options.heater ? CtrlReg2.HEATER : 0;
  }

  #calibrated(channel: keyof HTS221Sample, value: number | undefined): number {
    if (value !== undefined) return value;
    throw DriverError.protocol(
      `${this.#where} has a calibration that allows no ${channel}; replace the part.`,
    );
  }
}
