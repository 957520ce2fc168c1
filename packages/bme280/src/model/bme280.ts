import { type ModelClock, RegisterFile } from "@busbar/model";
import type { Bme280CalibrationRegisters } from "./calibration.ts";
import { IirFilter } from "./filter.ts";
import {
  type Bme280Chip,
  CHIP_ID,
  FILTER_COEFFICIENT,
  type MeasurementTime,
  measurementMs,
  OVERSAMPLING,
  REGISTER,
  RESET_WORD,
  STANDBY_MS,
  STARTUP_MS,
  STATUS,
} from "./registers.ts";
import { type Bme280Source, SKIPPED } from "./source.ts";

/** One simulated chip. */
export interface Bme280Options {
  readonly chip: Bme280Chip;
  readonly calibration: Bme280CalibrationRegisters;
  /** What it measures. */
  readonly source: Bme280Source;
  /** Default: `maximum`, so that a driver that waits too short a time reads old values. */
  readonly measurementTime?: MeasurementTime;
}

/** What the chip is doing; times are the clock's. */
type Phase =
  | { readonly kind: "sleep" }
  | { readonly kind: "forced"; readonly endsAt: number }
  | {
      readonly kind: "normal";
      readonly startedAt: number;
      readonly measureMs: number;
      readonly periodMs: number;
    };

/** Times that differ by less than this are the same: sums of fractions of a millisecond are not exact. */
const SLACK_MS = 1e-6;

/** Missed cycles of normal mode that are still worth filtering: (15/16)^256 of an older value is under 1e-7. */
const FILTERED_CYCLES = 256;

/**
 * Bosch BME280 and BMP280, from BST-BME280-DS002 and BST-BMP280-DS001. Powered and started when it is made. It lives by
 * `ModelClock.now()`: each access first does what fell due since the one before.
 *
 * Two things the datasheet leaves open are decided against the driver, so that it cannot rely on them: `config` is not
 * written in normal mode ("may be ignored", section 5.4.6), and the calibration reads 0 while `im_update` is set.
 * `im_update` is set after a reset only; the short copy before each conversion is left out.
 */
export class Bme280 extends RegisterFile {
  readonly #options: Bme280Options;
  readonly #clock: ModelClock;
  readonly #poweredAt: number;
  readonly #filters = { temperature: new IirFilter(), pressure: new IirFilter() };
  #now: number;
  #copiedAt = Number.NEGATIVE_INFINITY;
  #phase: Phase = { kind: "sleep" };
  /** How many cycles of this normal mode are in the data registers, or passed by. */
  #cyclesDone = 0;
  /** A value for ctrl_meas that waits for the running measurement; in normal mode, for the end of that cycle. */
  #pending: { readonly value: number; readonly afterCycle: number } | undefined;
  /** osrs_h takes effect with a write to ctrl_meas only, section 5.4.3. */
  #humidityBits = 0;

  constructor(options: Bme280Options, clock: ModelClock) {
    super("pairs");
    this.#options = options;
    this.#clock = clock;
    this.#poweredAt = clock.now();
    this.#now = this.#poweredAt;
    this.registers[REGISTER.id] = CHIP_ID[options.chip];
    this.registers.set(options.calibration.from88, REGISTER.calib00);
    if (options.chip === "bme280") this.registers.set(options.calibration.fromE1, REGISTER.calib26);
    this.#clearRegisters();
  }

  /** Time stands still during a message: that is the shadowing of section 4, one burst never mixes measurements. */
  protected override started(): boolean {
    this.#advance();
    return true;
  }

  protected override readRegister(register: number): number {
    const copying = this.#now < this.#copiedAt - SLACK_MS;
    if (register === REGISTER.status) {
      return (this.#measuring() ? STATUS.measuring : 0) | (copying ? STATUS.imUpdate : 0);
    }
    return copying && isCalibration(register) ? 0 : super.readRegister(register);
  }

  protected override writeRegister(register: number, value: number): boolean {
    this.#advance();
    if (register === REGISTER.reset && value === RESET_WORD) this.#reset();
    if (register === REGISTER.ctrlMeas) this.#control(value);
    if (register === REGISTER.ctrlHum && this.#options.chip === "bme280")
      this.registers[register] = value & 0x07;
    if (register === REGISTER.config && this.#phase.kind !== "normal") {
      this.registers[register] = value & 0xfd;
      this.#filters.temperature.reset();
      this.#filters.pressure.reset();
    }
    return true;
  }

  #reset(): void {
    this.#phase = { kind: "sleep" };
    this.#pending = undefined;
    this.#humidityBits = 0;
    this.#filters.temperature.reset();
    this.#filters.pressure.reset();
    this.#copiedAt = this.#now + STARTUP_MS;
    this.#clearRegisters();
  }

  /** The reset states of section 5.3, table 18. */
  #clearRegisters(): void {
    const { registers } = this;
    registers[REGISTER.ctrlHum] = 0;
    registers[REGISTER.ctrlMeas] = 0;
    registers[REGISTER.config] = 0;
    this.#store(SKIPPED);
  }

  /** A write to ctrl_meas. While a measurement runs the first waits for its end, others are ignored: section 3.3.1. */
  #control(value: number): void {
    if (!this.#measuring()) this.#execute(value, this.#now);
    else this.#pending ??= { value, afterCycle: this.#cyclesDone + 1 };
  }

  /** Sets oversampling and mode at the time `at`: 00 is sleep, 01 and 10 are forced, 11 is normal (section 3.3). */
  #execute(value: number, at: number): void {
    this.registers[REGISTER.ctrlMeas] = value;
    this.#humidityBits = this.registers[REGISTER.ctrlHum]!;
    this.#cyclesDone = 0;
    const measureMs = measurementMs(this.#options.measurementTime ?? "maximum", this.#oversampling());
    const mode = value & 0x03;
    if (mode === 0) {
      this.#phase = { kind: "sleep" };
    } else if (mode === 3) {
      const standbyMs = STANDBY_MS[this.#options.chip][this.registers[REGISTER.config]! >> 5]!;
      this.#phase = { kind: "normal", startedAt: at, measureMs, periodMs: measureMs + standbyMs };
    } else {
      this.#phase = { kind: "forced", endsAt: at + measureMs };
    }
  }

  /** Does what fell due until now. Each turn ends one phase, and only a waiting command begins another. */
  #advance(): void {
    this.#now = this.#clock.now();
    for (let endedAt = this.#endPhase(); endedAt !== undefined; endedAt = this.#endPhase()) {
      const pending = this.#pending;
      this.#pending = undefined;
      if (pending) this.#execute(pending.value, endedAt);
    }
  }

  /** Takes over the measurements that are complete; when the phase ended, or undefined where it goes on. */
  #endPhase(): number | undefined {
    const phase = this.#phase;
    if (phase.kind === "sleep") return undefined;
    if (phase.kind === "forced") {
      if (this.#now < phase.endsAt - SLACK_MS) return undefined;
      this.#measure(phase.endsAt);
      this.registers[REGISTER.ctrlMeas]! &= 0xfc;
      this.#phase = { kind: "sleep" };
      return phase.endsAt;
    }
    const endOf = (cycle: number) => phase.startedAt + cycle * phase.periodMs + phase.measureMs;
    const complete = cyclesAt(this.#now - phase.measureMs, phase);
    const until = Math.min(complete, this.#pending?.afterCycle ?? complete);
    const history = this.#filterCoefficient() === 1 ? 1 : FILTERED_CYCLES;
    for (let cycle = Math.max(this.#cyclesDone, until - history); cycle < until; cycle++) {
      this.#measure(endOf(cycle));
    }
    this.#cyclesDone = Math.max(this.#cyclesDone, until);
    return until === this.#pending?.afterCycle ? endOf(until - 1) : undefined;
  }

  #measuring(): boolean {
    if (this.#phase.kind !== "normal") return this.#phase.kind === "forced";
    return cyclesAt(this.#now, this.#phase) > this.#cyclesDone;
  }

  /** One measurement, complete at the time `at`, goes to the data registers. */
  #measure(at: number): void {
    const oversampling = this.#oversampling();
    const coefficient = this.#filterCoefficient();
    // Sections 3.4.2 and 3.4.3: without the filter each doubling brings one bit to 16; with it all 20 count.
    const bits = (times: number) => (coefficient > 1 || times === 0 ? 20 : 16 + Math.log2(times));
    const raw = this.#options.source(at - this.#poweredAt, {
      temperature: bits(oversampling.temperature),
      pressure: bits(oversampling.pressure),
    });
    const filtered = (quantity: "temperature" | "pressure") =>
      oversampling[quantity] === 0
        ? SKIPPED[quantity]
        : this.#filters[quantity].next(raw[quantity], coefficient);
    this.#store({
      temperature: filtered("temperature"),
      pressure: filtered("pressure"),
      humidity: oversampling.humidity === 0 ? SKIPPED.humidity : raw.humidity,
    });
  }

  /** Sections 5.4.7 to 5.4.9: 20 bits left-aligned in three registers; humidity in two, which the BMP280 lacks. */
  #store(sample: { temperature: number; pressure: number; humidity: number }): void {
    const data = new DataView(this.registers.buffer);
    data.setUint16(REGISTER.pressure, sample.pressure >> 4);
    data.setUint8(REGISTER.pressure + 2, (sample.pressure & 0x0f) << 4);
    data.setUint16(REGISTER.temperature, sample.temperature >> 4);
    data.setUint8(REGISTER.temperature + 2, (sample.temperature & 0x0f) << 4);
    if (this.#options.chip === "bme280") data.setUint16(REGISTER.humidity, sample.humidity);
  }

  #oversampling() {
    const control = this.registers[REGISTER.ctrlMeas]!;
    return {
      temperature: OVERSAMPLING[control >> 5]!,
      pressure: OVERSAMPLING[(control >> 2) & 0x07]!,
      humidity: OVERSAMPLING[this.#humidityBits]!,
    };
  }

  #filterCoefficient(): number {
    return FILTER_COEFFICIENT[(this.registers[REGISTER.config]! >> 2) & 0x07]!;
  }
}

/** How many cycles of normal mode have begun at the time `at`; none before its start. */
function cyclesAt(at: number, phase: { readonly startedAt: number; readonly periodMs: number }): number {
  return Math.max(0, Math.floor((at - phase.startedAt + SLACK_MS) / phase.periodMs) + 1);
}

function isCalibration(register: number): boolean {
  return (
    (register >= REGISTER.calib00 && register <= REGISTER.calib25) ||
    (register >= REGISTER.calib26 && register <= REGISTER.calib41)
  );
}
