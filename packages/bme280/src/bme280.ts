/**
 * Bosch Sensortec BME280: temperature, pressure and humidity. The BMP280, without humidity, works as well.
 *
 * Data sheets: "BME280 – Combined humidity and pressure sensor", BST-BME280-DS002-15, revision 1.6, September 2018;
 * "BMP280 – Digital Pressure Sensor", BST-BMP280-DS001-23, revision 1.23, November 2020. Section numbers are the
 * BME280's, or marked "BMP280".
 */

import {
  type Channel,
  completeOptions,
  type Delay,
  DriverError,
  hex,
  type Info,
  isUniform,
  type OptionsOf,
  oneOf,
  placeOf,
  Registers,
  type RegisterTarget,
  readTwice,
  type SensorDriver,
} from "@busbar/guest";
import {
  type Calibration,
  compensateHumidity,
  compensatePressure,
  compensateTemperature,
  type HumidityCalibration,
  isHumidityUsable,
  isUsable,
  parseCalibration,
  parseHumidityCalibration,
  parseSample,
} from "./compensation.ts";
import {
  ChipId,
  ConfigShift,
  CtrlMeasShift,
  Filter,
  Mode,
  Oversampling,
  RESET_COMMAND,
  Register,
  StandbyBME280,
  StandbyBMP280,
  Status,
} from "./registers.ts";

/** The options, their defaults (3.5.1, weather monitoring), and the settings of a board file. */
export const bme280Options = {
  /** "forced": one measurement for each `read`, asleep between. "normal": the part measures by itself. */
  mode: oneOf(["forced", "normal"], "forced"),
  /** Measurements that are averaged for a value. Never "off": pressure and humidity are computed with it (4.2.3). */
  temperatureOversampling: oneOf([1, 2, 4, 8, 16], 1),
  /** Measurements that are averaged for a value; "off" for no pressure. */
  pressureOversampling: oneOf(["off", 1, 2, 4, 8, 16], 1),
  /** Measurements that are averaged for a value; "off" for no humidity. A BMP280 has none either way. */
  humidityOversampling: oneOf(["off", 1, 2, 4, 8, 16], 1),
  /** Coefficient of the IIR filter for temperature and pressure (3.4.4). */
  filter: oneOf(["off", 2, 4, 8, 16], "off"),
  /** Milliseconds between measurements in normal mode. 10 and 20: BME280 only. 2000 and 4000: BMP280 only. */
  standbyMs: oneOf([0.5, 10, 20, 62.5, 125, 250, 500, 1000, 2000, 4000], 1000),
};

/** What can be set; see `bme280Options`. */
export type BME280Options = OptionsOf<typeof bme280Options>;

/** One reading; a new object for each. */
export interface BME280Sample {
  /** °C. */
  readonly temperature: number;
  /** Pa; `undefined` when it is turned off. */
  readonly pressure: number | undefined;
  /** %RH, 0 to 100; `undefined` when it is turned off, and of a BMP280. */
  readonly humidity: number | undefined;
}

/** A value of a sample. */
export type BME280Channel = Channel & { readonly label: keyof BME280Sample };

/** From power-on or reset until the part answers: t_startup, at most (1.1, table 1). */
const STARTUP_MS = 2;
/** The NVM copy is a part of the start-up; five times as long is no slow part, but a broken one. */
const NVM_COPY_LIMIT_MS = 10;
/** A wrong id and a calibration are read again, in case the first read was garbled. */
const ID_ATTEMPTS = 2;
const CALIBRATION_ATTEMPTS = 4;
/** Lengths of the blocks of the calibration (4.2.2, table 16; BMP280 3.11.2, table 17). */
const CALIB00_BYTES = 26;
const CALIB00_BYTES_BMP280 = 24;
const CALIB26_BYTES = 7;
/** Between two looks at `STATUS`. */
const POLL_MS = 1;

/** Resolution at 16, 17, 18, 19 and 20 bits, in °C and in Pa (BMP280 3.3.1, table 4; 3.3.2, table 5). */
const TEMPERATURE_RESOLUTION = [0.005, 0.0025, 0.0012, 0.0006, 0.0003] as const;
const PRESSURE_RESOLUTION = [2.62, 1.31, 0.66, 0.33, 0.16] as const;
/** In %RH (1.2, table 2). */
const HUMIDITY_RESOLUTION = 0.008;

/** The driver of one BME280 or BMP280. */
export class BME280 implements SensorDriver<keyof BME280Sample> {
  readonly info: Info;
  readonly channels: readonly BME280Channel[];

  readonly #registers: Registers;
  readonly #delay: Delay;
  readonly #options: BME280Options;
  readonly #where: string;
  readonly #calibration: Calibration;
  /** `undefined` on a BMP280. */
  readonly #humidityCalibration: HumidityCalibration | undefined;
  #closed = false;

  /**
   * Finds, resets and configures the part.
   *
   * @param target its I2C target, or its SPI device as an SpiRegisterTarget
   * @throws DriverError `invalid-argument` before anything is sent, or, for a standby time of the other part, when
   *   only the id was read; `wrong-device`, `protocol`, `timeout` and `bus` from the part
   */
  constructor(target: RegisterTarget, delay: Delay, options: Partial<BME280Options> = {}) {
    this.#options = completeOptions(bme280Options, options);
    this.#registers = new Registers(target);
    this.#delay = delay;

    const place = placeOf(target);
    const model = this.#identify(place, target.address === undefined ? "chip select" : "address");
    this.#where = `The ${model} ${place}`;
    this.info = { vendor: "Bosch Sensortec", model };
    const config = this.#configBits(model);
    this.#reset();
    const calib = this.#readCalibration(model);
    this.#calibration = parseCalibration(calib);
    if (model === "BME280") {
      const calib26 = calib.subarray(CALIB00_BYTES);
      this.#humidityCalibration = parseHumidityCalibration(calib, calib26);
    }
    this.#configure(config);
    this.channels = channelsOf(this.#options, model);
  }

  /**
   * In forced mode measures once, which takes `maximumMeasurementTimeMs`; in normal mode returns the last result.
   *
   * @throws DriverError `bus`; `timeout` when the measurement does not end; `protocol` when a channel that is on has
   *   no value
   */
  read(): BME280Sample {
    if (this.#closed) throw DriverError.disconnected(`${this.#where} is closed; open it again.`);
    if (this.#options.mode === "forced") this.#measure();

    // In one transaction, or bytes of two measurements could mix (4.1, shadowing).
    const length = this.#humidityCalibration === undefined ? 6 : 8;
    const { adc_T, adc_P, adc_H } = parseSample(this.#readSample(length));

    const temperature = compensateTemperature(this.#present("temperature", adc_T), this.#calibration);
    return {
      temperature: temperature.celsius,
      pressure: this.#pressure(adc_P, temperature.t_fine),
      humidity: this.#humidity(adc_H, temperature.t_fine),
    };
  }

  /** No measurement is all zeros or all ones: the bus is held low, or nobody drives it. */
  #readSample(length: number): Uint8Array {
    const bytes = this.#registers.readBlock(Register.PRESS_MSB, length);
    if (!isUniform(bytes)) return bytes;
    throw DriverError.protocol(
      `${this.#where} sends nothing but ${hex(bytes[0]!)}, which is no measurement; check its wiring and supply.`,
    );
  }

  /** Puts the part to sleep if it still answers. Closing twice is legal. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.#registers.writeU8(Register.CTRL_MEAS, this.#ctrlMeasBits(Mode.SLEEP));
    } catch (error) {
      // A part that is gone needs no sleep.
      if (!(error instanceof DriverError)) throw error;
    }
  }

  /** The id can be read as soon as the part answers (5.4.1). A wrong one is read again: it may have been garbled. */
  #identify(place: string, wiring: string): keyof typeof ChipId {
    let id = 0;
    for (let attempt = 0; attempt < ID_ATTEMPTS; attempt += 1) {
      id = this.#registers.readU8(Register.ID);
      for (const model of ["BME280", "BMP280"] as const) {
        if (ChipId[model].some((each) => each === id)) return model;
      }
    }
    throw DriverError.wrongDevice(
      `Expected a BME280 (id 0x60) or a BMP280 (0x58) ${place}, but the device there has the id ${hex(id)}; ` +
        `correct the ${wiring} or the driver in the board file.`,
    );
  }

  /** Both blocks, one after the other; read again where they make no sense. */
  #readCalibration(model: keyof typeof ChipId): Uint8Array {
    const read = () => {
      const length = model === "BME280" ? CALIB00_BYTES : CALIB00_BYTES_BMP280;
      const calib00 = this.#registers.readBlock(Register.CALIB00, length);
      if (model === "BMP280") return calib00;
      return Uint8Array.from([...calib00, ...this.#registers.readBlock(Register.CALIB26, CALIB26_BYTES)]);
    };
    const makesSense = (calib: Uint8Array) =>
      isUsable(calib) && (model === "BMP280" || isHumidityUsable(calib.subarray(CALIB00_BYTES)));
    const calib = readTwice(read, { makesSense, attempts: CALIBRATION_ATTEMPTS });
    if (calib !== undefined) return calib;
    throw DriverError.protocol(
      `${this.#where} gives no calibration, or another one each time; check its wiring and supply, and open it again.`,
    );
  }

  /** Whatever state an earlier user left: after a reset the part sleeps and all settings are 0 (5.4.2, table 18). */
  #reset(): void {
    this.#registers.writeU8(Register.RESET, RESET_COMMAND);
    this.#delay.waitMs(STARTUP_MS);
    this.#waitWhile(Status.IM_UPDATE, NVM_COPY_LIMIT_MS, "copying its calibration after a reset");
  }

  /** The part must sleep: in normal mode it may ignore a write to `CONFIG` (5.4.6). */
  #configure(config: number): void {
    const { mode, humidityOversampling } = this.#options;
    this.#registers.writeU8(Register.CONFIG, config);
    if (this.#humidityCalibration !== undefined) {
      // Takes effect with the next write to `CTRL_MEAS`, and so must come before it (5.4.3).
      this.#registers.writeU8(Register.CTRL_HUM, Oversampling[humidityOversampling]);
    }
    if (mode === "normal") {
      this.#registers.writeU8(Register.CTRL_MEAS, this.#ctrlMeasBits(Mode.NORMAL));
      // For the first result. `STATUS` does not tell: with a short standby time the next measurement already runs.
      this.#delay.waitMs(this.#measurementTimeMs());
    }
  }

  /** One measurement in forced mode, after which the part sleeps again (3.3.3). */
  #measure(): void {
    this.#registers.writeU8(Register.CTRL_MEAS, this.#ctrlMeasBits(Mode.FORCED));
    const timeMs = this.#measurementTimeMs();
    this.#delay.waitMs(timeMs);
    // After a failed read an earlier measurement may still have been running, and this one had to wait (3.3.1).
    this.#waitWhile(Status.MEASURING, timeMs, "measuring");
  }

  /** Polls `STATUS` until `bit` is clear. */
  #waitWhile(bit: number, limitMs: number, doing: string): void {
    for (let waitedMs = 0; (this.#registers.readU8(Register.STATUS) & bit) !== 0; waitedMs += POLL_MS) {
      if (waitedMs >= limitMs) {
        throw DriverError.timeout(
          `${this.#where} does not finish ${doing}; check its supply, and open it again.`,
        );
      }
      this.#delay.waitMs(POLL_MS);
    }
  }

  #pressure(adc_P: number | undefined, t_fine: number): number | undefined {
    if (this.#options.pressureOversampling === "off") return undefined;
    const pressure = compensatePressure(this.#present("pressure", adc_P), t_fine, this.#calibration);
    if (pressure !== undefined) return pressure;
    throw DriverError.protocol(`${this.#where} has a calibration that allows no pressure; replace the part.`);
  }

  #humidity(adc_H: number | undefined, t_fine: number): number | undefined {
    if (this.#options.humidityOversampling === "off" || this.#humidityCalibration === undefined)
      return undefined;
    return compensateHumidity(this.#present("humidity", adc_H), t_fine, this.#humidityCalibration);
  }

  /** A measurement that is on cannot be skipped, unless the part has lost its settings. */
  #present(channel: keyof BME280Sample, adc: number | undefined): number {
    if (adc !== undefined) return adc;
    throw DriverError.protocol(
      `${this.#where} skipped ${channel}, which is on; if reading again does not help, its supply failed: open it again.`,
    );
  }

  #measurementTimeMs(): number {
    return maximumMeasurementTimeMs(this.#options, this.#humidityCalibration !== undefined);
  }

  #ctrlMeasBits(mode: number): number {
    const { temperatureOversampling, pressureOversampling } = this.#options;
    const osrs_t = Oversampling[temperatureOversampling] << CtrlMeasShift.OSRS_T;
    return osrs_t | (Oversampling[pressureOversampling] << CtrlMeasShift.OSRS_P) | mode;
  }

  #configBits(model: keyof typeof ChipId): number {
    const { filter, standbyMs } = this.#options;
    const table: Readonly<Record<number, number>> = model === "BME280" ? StandbyBME280 : StandbyBMP280;
    const t_sb = table[standbyMs];
    if (t_sb === undefined) {
      const allowed = Object.keys(table).map(Number);
      throw DriverError.invalidArgument(
        `The option standby-ms of a ${model} cannot be ${standbyMs}; it is one of ${allowed.sort((a, b) => a - b).join(", ")}.`,
      );
    }
    return (t_sb << ConfigShift.T_SB) | (Filter[filter] << ConfigShift.FILTER);
  }
}

/**
 * How long a measurement takes, in milliseconds: t_measure,max (9.1; the same as BMP280 3.8.1, table 13).
 *
 * @param withHumidity false for a BMP280
 */
export function maximumMeasurementTimeMs(options: BME280Options, withHumidity = true): number {
  const { temperatureOversampling, pressureOversampling, humidityOversampling } = options;
  let timeMs = 1.25 + 2.3 * temperatureOversampling;
  if (pressureOversampling !== "off") timeMs += 2.3 * pressureOversampling + 0.575;
  if (humidityOversampling !== "off" && withHumidity) timeMs += 2.3 * humidityOversampling + 0.575;
  return timeMs;
}

/** Ranges: operating ranges (1.2 to 1.4, tables 2 to 4). */
function channelsOf(options: BME280Options, model: keyof typeof ChipId): BME280Channel[] {
  const { temperatureOversampling, pressureOversampling, humidityOversampling, filter } = options;
  /** 16 bits, and one more for each doubling; always 20 where the filter runs, but not on a BMP280 (5.2, table 17). */
  const extraBits = (oversampling: number) =>
    filter !== "off" && model === "BME280" ? 4 : Math.log2(oversampling);

  const resolution = TEMPERATURE_RESOLUTION[extraBits(temperatureOversampling)]!;
  const channels: BME280Channel[] = [
    { quantity: "temperature", label: "temperature", minimum: -40, maximum: 85, resolution },
  ];
  if (pressureOversampling !== "off") {
    const resolution = PRESSURE_RESOLUTION[extraBits(pressureOversampling)]!;
    channels.push({ quantity: "pressure", label: "pressure", minimum: 30_000, maximum: 110_000, resolution });
  }
  if (humidityOversampling !== "off" && model === "BME280") {
    const resolution = HUMIDITY_RESOLUTION;
    channels.push({ quantity: "relative-humidity", label: "humidity", minimum: 0, maximum: 100, resolution });
  }
  return channels;
}
