/**
 * What all drivers of an HTS221 do with the part, whichever way they learn of its measurements.
 *
 * Data sheet: "HTS221 – Capacitive digital sensor for relative humidity and temperature", DocID026333, revision 4,
 * August 2016.
 */

import {
  type Channel,
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
  Register,
  Status,
  TemperatureAverage,
} from "./registers.ts";

/** The options of all drivers, their defaults, and the settings of a board file. Averaging: what the part starts with (7.2). */
export const partOptions = {
  /** Samples that are averaged for a temperature. */
  temperatureAverage: oneOf([2, 4, 8, 16, 32, 64, 128, 256], 16),
  /** Samples that are averaged for a humidity. */
  humidityAverage: oneOf([4, 8, 16, 32, 64, 128, 256, 512], 32),
  /** Whether the heating element is on while the device is open: readings are then of the heated part (7.4). */
  heater: flag(false),
};

/** What can be set; see `partOptions`. */
export type PartOptions = OptionsOf<typeof partOptions>;

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
/** Between two looks at `BOOT`. */
const POLL_MS = 5;

/** Which part this is. */
export const INFO: Info = { vendor: "STMicroelectronics", model: "HTS221" };

/** Operating range and sensitivity (2, table 3). */
export const CHANNELS: readonly HTS221Channel[] = [
  { quantity: "temperature", label: "temperature", minimum: -40, maximum: 120, resolution: 0.016 },
  { quantity: "relative-humidity", label: "humidity", minimum: 0, maximum: 100, resolution: 0.004 },
];

/** One HTS221: found and booted when it is made, measuring once it is started. */
export class HTS221Part {
  /** For messages: "The HTS221 at 0x5F". */
  readonly where: string;

  readonly #registers: Registers;
  readonly #delay: Delay;
  readonly #options: PartOptions;
  readonly #calibration: Calibration;
  #closed = false;

  /**
   * Finds and boots the part.
   *
   * @throws DriverError `wrong-device`, `protocol`, `timeout` and `bus`
   */
  constructor(target: I2cTarget, delay: Delay, options: PartOptions) {
    this.#options = options;
    this.#registers = new Registers(target);
    this.#delay = delay;
    this.where = `The HTS221 at ${hex(target.address)}`;

    this.#identify(target.address);
    this.#boot();
    this.#calibration = this.#readCalibration();
  }

  /** How samples are averaged, and the heater. @throws DriverError `bus` */
  configure(): void {
    const { temperatureAverage, humidityAverage } = this.#options;
    const avgt = TemperatureAverage[temperatureAverage] << AVGT_SHIFT;
    this.#registers.writeU8(Register.AV_CONF, avgt | HumidityAverage[humidityAverage]);
    this.#registers.writeU8(Register.CTRL_REG2, this.#ctrlReg2Bits());
  }

  /** What DRDY does. @param bits of `CtrlReg3` @throws DriverError `bus` */
  configureDataReady(bits: number): void {
    this.#registers.writeU8(Register.CTRL_REG3, bits);
  }

  /** Wakes the part. @param odr ODR[1:0]: how often it measures by itself @throws DriverError `bus` */
  start(odr: number): void {
    this.#registers.writeU8(Register.CTRL_REG1, CtrlReg1.PD | CtrlReg1.BDU | odr);
  }

  /** Starts one measurement. @throws DriverError `bus` */
  startOne(): void {
    this.#registers.writeU8(Register.CTRL_REG2, this.#ctrlReg2Bits() | CtrlReg2.ONE_SHOT);
  }

  /** Looks for both values at once and then every `everyMs` milliseconds, the last time after `limitMs`. @throws DriverError `timeout`, `bus` */
  pollForData(everyMs: number, limitMs: number): void {
    const ready = Status.H_DA | Status.T_DA;
    this.#poll(everyMs, limitMs, "measuring", () => {
      return (this.#registers.readU8(Register.STATUS_REG) & ready) === ready;
    });
  }

  /** Reading both high bytes clears `STATUS_REG` (7.6), and with it DRDY. @throws DriverError `bus` */
  readOutputs(): Uint8Array {
    return this.#registers.readBlock(Register.HUMIDITY_OUT_L | AUTO_INCREMENT, 4);
  }

  /** What outputs mean. @throws DriverError `protocol` for what no measurement is, and when the calibration allows no value */
  sampleOf(outputs: Uint8Array): HTS221Sample {
    const { H_OUT, T_OUT } = parseSample(outputs);
    const none = [H_OUT, T_OUT].find((each) => NO_OUTPUTS.includes(each));
    if (none !== undefined) {
      throw DriverError.protocol(
        `${this.where} has ${hex(none & 0xffff, 4)} for a measurement, which none is; check its supply, and open it again.`,
      );
    }
    return {
      humidity: this.#calibrated("humidity", convertHumidity(H_OUT, this.#calibration)),
      temperature: this.#calibrated("temperature", convertTemperature(T_OUT, this.#calibration)),
    };
  }

  /** @throws DriverError `disconnected` after it was closed */
  requireOpen(): void {
    if (this.#closed) throw DriverError.disconnected(`${this.where} is closed; open it again.`);
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
      `${this.where} has a calibration that allows no values; check its supply, and if that does not help, replace it.`,
    );
  }

  /** Asks `done` at once and then every `everyMs` milliseconds, the last time after `limitMs`. */
  #poll(everyMs: number, limitMs: number, doing: string, done: () => boolean): void {
    for (let waitedMs = 0; !done(); waitedMs += everyMs) {
      if (waitedMs >= limitMs) {
        throw DriverError.timeout(
          `${this.where} does not finish ${doing}; check its supply, and open it again.`,
        );
      }
      this.#delay.waitMs(everyMs);
    }
  }

  #ctrlReg2Bits(): number {
    return this.#options.heater ? CtrlReg2.HEATER : 0;
  }

  #calibrated(channel: keyof HTS221Sample, value: number | undefined): number {
    if (value !== undefined) return value;
    throw DriverError.protocol(
      `${this.where} has a calibration that allows no ${channel}; replace the part.`,
    );
  }
}
