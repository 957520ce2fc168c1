import type { SimulatedPins } from "@busbar/model";

/** What a pin says that is no GPIO: DS20005565B tables 3-33 and 3-35. */
const NO_GPIO = 0xee;
const NO_GPIO_DIRECTION = 0xef;

/** As from the factory: SSPND, clock output, LED of USB and LED of I2C, none of them GPIO (section 1.7). */
const FACTORY = [0x02, 0x01, 0x01, 0x01];

/** The pins GP0 to GP3: a setting each, in bits 2 to 0 what it is for, in bit 3 whether it is an input, in bit 4 its level. */
export class Pins {
  readonly #wires: SimulatedPins | undefined;
  #settings = [...FACTORY];

  constructor(wires: SimulatedPins | undefined) {
    this.#wires = wires;
  }

  /** Get SRAM Settings: bytes 22 to 25. */
  get settings(): readonly number[] {
    return this.#settings;
  }

  /** Set SRAM Settings: byte 7 says by bit 7 whether those of the pins follow. */
  setAll(report: Uint8Array): void {
    if ((report[7]! & 0x80) === 0) return;
    this.#settings = [...report.subarray(8, 12)];
    this.#drive();
  }

  /** Set GPIO Output Values: four bytes for each pin, of which the second and fourth count where that before them is not 0. */
  set(report: Uint8Array, answer: Uint8Array): void {
    for (const pin of this.#settings.keys()) {
      const at = 2 + 4 * pin;
      if (!this.#isGpio(pin)) {
        answer.fill(NO_GPIO, at, at + 4);
        continue;
      }
      const [changesLevel, level, changesDirection, direction] = report.subarray(at, at + 4);
      let setting = this.#settings[pin]!;
      if (changesLevel !== 0) setting = level === 0 ? setting & ~0x10 : setting | 0x10;
      if (changesDirection !== 0) setting = direction === 0 ? setting & ~0x08 : setting | 0x08;
      this.#settings[pin] = setting;
      answer.set(report.subarray(at, at + 4), at);
    }
    this.#drive();
  }

  /** Get GPIO Values: value and direction of each. */
  get(answer: Uint8Array): void {
    for (const [pin, setting] of this.#settings.entries()) {
      const isHigh =
        this.#wires === undefined ? (setting & 0x18) === 0x10 : this.#wires.level(pin) === "high";
      const told = this.#isGpio(pin)
        ? [isHigh ? 1 : 0, (setting & 0x08) === 0 ? 0 : 1]
        : [NO_GPIO, NO_GPIO_DIRECTION];
      answer.set(told, 2 + 2 * pin);
    }
  }

  /** The chip was reset. */
  reset(): void {
    this.#settings = [...FACTORY];
    this.#drive();
  }

  #isGpio(pin: number): boolean {
    return (this.#settings[pin]! & 0x07) === 0;
  }

  #drive(): void {
    for (const [pin, setting] of this.#settings.entries()) {
      const drives = this.#isGpio(pin) && (setting & 0x08) === 0;
      this.#wires?.drive(pin, drives ? ((setting & 0x10) === 0 ? "low" : "high") : undefined);
    }
  }
}
