import { type GpioPart, type ModelClock, RegisterFile, type WireLevel } from "@busbar/model";
import type { Hts221Raw } from "./calibration.ts";

/** One simulated chip. */
export interface Hts221Options {
  /** Registers 0x30 to 0x3F, 16 bytes. */
  readonly calibration: Uint8Array;
  /** What it measures, `elapsedMs` after it was powered. */
  readonly source: (elapsedMs: number) => Hts221Raw;
  /** How long a measurement takes. The datasheet gives no time; 40 ms where left out. */
  readonly measurementMs?: number;
}

/** DocID026333 section 6, table 14. */
const REGISTER = {
  whoAmI: 0x0f,
  avConf: 0x10,
  ctrlReg1: 0x20,
  ctrlReg2: 0x21,
  ctrlReg3: 0x22,
  status: 0x27,
  humidityLow: 0x28,
  humidityHigh: 0x29,
  temperatureLow: 0x2a,
  temperatureHigh: 0x2b,
  calibration: 0x30,
  calibrationEnd: 0x3f,
} as const;

const DEVICE_ID = 0xbc;
/** Section 7.2: 16 temperature and 32 humidity samples. */
const AV_CONF_DEFAULT = 0x1b;
const POWER_UP = 0x80;
const BLOCK_DATA_UPDATE = 0x04;
const BOOT = 0x80;
const ONE_SHOT = 0x01;
const HUMIDITY_AVAILABLE = 0x02;
const TEMPERATURE_AVAILABLE = 0x01;

/** Section 7.5. */
const ACTIVE_LOW = 0x80;
const OPEN_DRAIN = 0x40;
const DATA_READY_ENABLED = 0x04;

/** The bits that exist, sections 7.2 to 7.5. */
const WRITABLE: Readonly<Record<number, number>> = {
  [REGISTER.avConf]: 0x3f,
  [REGISTER.ctrlReg1]: 0x87,
  [REGISTER.ctrlReg2]: 0x83,
  [REGISTER.ctrlReg3]: 0xc4,
};

/** Section 7.3, table 17: measurements a second by the bits of ODR; 0 is one-shot. */
const RATE_HZ = [0, 1, 7, 12.5] as const;

/** The datasheet gives no time for the copy from flash; a driver has to look at the bit. */
const BOOT_MS = 5;
const MEASUREMENT_MS = 40;

/** Times that differ by less than this are the same: sums of fractions of a millisecond are not exact. */
const SLACK_MS = 1e-6;

/** What the chip is doing; times are the clock's. */
type Phase =
  | { readonly kind: "idle" }
  | { readonly kind: "one-shot"; readonly endsAt: number }
  | { readonly kind: "continuous"; readonly firstAt: number; readonly periodMs: number; done: number };

/**
 * ST HTS221, from DocID026333 rev. 4. Powered and booted when it is made. It lives by `ModelClock.now()`: each access first
 * does what fell due since the one before.
 *
 * What the datasheet leaves open is decided against the driver, so that it cannot rely on it: the calibration reads 0
 * while the chip boots; a measurement starts only in the active mode; one asked for while another runs is not begun; DRDY is
 * active until both outputs are read, and drives nothing while it is disabled.
 */
export class Hts221 extends RegisterFile {
  readonly #options: Hts221Options;
  readonly #clock: ModelClock;
  readonly #poweredAt: number;
  #now: number;
  #bootedAt = Number.NEGATIVE_INFINITY;
  #phase: Phase = { kind: "idle" };
  #increments = false;
  /** The register of each output whose other half was not read yet: with BDU such an output keeps its sample. */
  readonly #halfRead: { humidity?: number | undefined; temperature?: number | undefined } = {};

  /** Pin 3, "data-ready", section 7.5. */
  readonly pins: GpioPart = {
    level: (_, atMs) => this.#dataReady(atMs),
    nextChange: (_, atMs) => this.#nextDataReady(atMs),
  };

  constructor(options: Hts221Options, clock: ModelClock) {
    super();
    this.#options = options;
    this.#clock = clock;
    this.#poweredAt = clock.now();
    this.#now = this.#poweredAt;
    this.registers[REGISTER.whoAmI] = DEVICE_ID;
    this.registers[REGISTER.avConf] = AV_CONF_DEFAULT;
    this.registers.set(options.calibration, REGISTER.calibration);
  }

  /** Time stands still during a message. */
  protected override started(): boolean {
    this.#advance();
    return true;
  }

  /** Section 5.1.1: the uppermost bit is no address, but says whether to go on to the next register. */
  protected override chooseRegister(byte: number): number {
    this.#increments = (byte & 0x80) !== 0;
    return byte & 0x7f;
  }

  protected override nextRegister(register: number): number {
    return this.#increments ? (register + 1) & 0x7f : register;
  }

  protected override readRegister(register: number): number {
    const value = super.readRegister(register);
    if (register === REGISTER.humidityLow || register === REGISTER.humidityHigh)
      this.#half("humidity", register);
    if (register === REGISTER.temperatureLow || register === REGISTER.temperatureHigh) {
      this.#half("temperature", register);
    }
    if (register === REGISTER.humidityHigh) this.registers[REGISTER.status]! &= ~HUMIDITY_AVAILABLE;
    if (register === REGISTER.temperatureHigh) this.registers[REGISTER.status]! &= ~TEMPERATURE_AVAILABLE;
    const calibration = register >= REGISTER.calibration && register <= REGISTER.calibrationEnd;
    return calibration && this.#now < this.#bootedAt - SLACK_MS ? 0 : value;
  }

  protected override writeRegister(register: number, value: number): boolean {
    const writable = WRITABLE[register];
    if (writable === undefined) return true;
    this.#advance();
    const before = this.registers[register]!;
    this.registers[register] = value & writable;
    if (register === REGISTER.ctrlReg1 && this.registers[register] !== before) this.#changeMode();
    if (register === REGISTER.ctrlReg2) this.#control(before);
    return true;
  }

  /** Power and rate, section 7.3. What was being measured is lost. */
  #changeMode(): void {
    const control = this.registers[REGISTER.ctrlReg1]!;
    const rateHz = RATE_HZ[control & 0x03]!;
    this.registers[REGISTER.ctrlReg2]! &= ~ONE_SHOT;
    if ((control & POWER_UP) === 0 || rateHz === 0) this.#phase = { kind: "idle" };
    else {
      const firstAt = this.#now + this.#measurementMs();
      this.#phase = { kind: "continuous", firstAt, periodMs: 1000 / rateHz, done: 0 };
    }
  }

  /** Boot and one-shot, section 7.4; both bits are cleared by the chip only. */
  #control(before: number): void {
    const { registers } = this;
    const asked = registers[REGISTER.ctrlReg2]! & ~before;
    registers[REGISTER.ctrlReg2]! |= before & (BOOT | ONE_SHOT);
    if ((asked & BOOT) !== 0) this.#bootedAt = this.#now + BOOT_MS;
    if ((asked & ONE_SHOT) === 0) return;
    const active = (registers[REGISTER.ctrlReg1]! & POWER_UP) !== 0;
    if (active && this.#phase.kind === "idle") {
      this.#phase = { kind: "one-shot", endsAt: this.#now + this.#measurementMs() };
    } else registers[REGISTER.ctrlReg2]! &= ~ONE_SHOT;
  }

  /** What DRDY puts on its line: nothing while it is disabled, or where open drain leaves it to the resistor. */
  #dataReady(atMs: number): WireLevel | undefined {
    this.#advance(atMs);
    const control = this.registers[REGISTER.ctrlReg3]!;
    if ((control & DATA_READY_ENABLED) === 0) return undefined;
    const isReady = this.registers[REGISTER.status] !== 0;
    const isHigh = isReady === ((control & ACTIVE_LOW) === 0);
    if (isHigh && (control & OPEN_DRAIN) !== 0) return undefined;
    return isHigh ? "high" : "low";
  }

  /** When a measurement makes DRDY active: what ends it is the controller's doing. */
  #nextDataReady(atMs: number): number | undefined {
    this.#advance(atMs);
    const phase = this.#phase;
    const isEnabled = (this.registers[REGISTER.ctrlReg3]! & DATA_READY_ENABLED) !== 0;
    if (!isEnabled || this.registers[REGISTER.status] !== 0 || phase.kind === "idle") return undefined;
    return phase.kind === "one-shot" ? phase.endsAt : phase.firstAt + phase.done * phase.periodMs;
  }

  /** Does what fell due until then. */
  #advance(untilMs = this.#clock.now()): void {
    this.#now = Math.max(this.#now, untilMs);
    const { registers } = this;
    if (this.#now >= this.#bootedAt - SLACK_MS) registers[REGISTER.ctrlReg2]! &= ~BOOT;
    const phase = this.#phase;
    if (phase.kind === "one-shot" && this.#now >= phase.endsAt - SLACK_MS) {
      this.#measure(phase.endsAt);
      registers[REGISTER.ctrlReg2]! &= ~ONE_SHOT;
      this.#phase = { kind: "idle" };
    }
    if (phase.kind === "continuous" && this.#now >= phase.firstAt - SLACK_MS) {
      const due = Math.floor((this.#now - phase.firstAt + SLACK_MS) / phase.periodMs) + 1;
      // Only the last one can still be seen.
      if (due > phase.done) this.#measure(phase.firstAt + (due - 1) * phase.periodMs);
      phase.done = due;
    }
  }

  /** One measurement, complete at the time `at`, goes to the output registers. */
  #measure(at: number): void {
    const raw = this.#options.source(at - this.#poweredAt);
    const data = new DataView(this.registers.buffer);
    const blocks = (this.registers[REGISTER.ctrlReg1]! & BLOCK_DATA_UPDATE) !== 0;
    const { humidity, temperature } = this.#halfRead;
    if (!blocks || humidity === undefined) data.setInt16(REGISTER.humidityLow, raw.humidity, true);
    if (!blocks || temperature === undefined) data.setInt16(REGISTER.temperatureLow, raw.temperature, true);
    this.registers[REGISTER.status]! |= HUMIDITY_AVAILABLE | TEMPERATURE_AVAILABLE;
  }

  /** A half of an output was read: begins or ends the time in which BDU keeps its sample, section 7.3. */
  #half(output: "humidity" | "temperature", register: number): void {
    const other = this.#halfRead[output];
    if (other === undefined) this.#halfRead[output] = register;
    else if (other !== register) this.#halfRead[output] = undefined;
  }

  #measurementMs(): number {
    return this.#options.measurementMs ?? MEASUREMENT_MS;
  }
}
