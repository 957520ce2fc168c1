import type { SimulatedPins } from "@busbar/model";

/** Pins GPIO.0 to GPIO.7. */
const COUNT = 8;

/** What each bit of "Special" takes a pin away for: AN495 section 4.2. */
const SPECIAL_PINS = [7, 0, 1];

/** The pins: a bit for each in what the GPIO configuration has of them, and in what an output was set to. */
export class Pins {
  readonly #wires: SimulatedPins | undefined;
  /** All are inputs, as from the factory. */
  #directions = 0;
  #pushPull = 0;
  #special = 0;
  #clockDivider = 0;
  /** An input lets go of its line: its bit is set, as in the port of the microcontroller that the chip is. */
  #latch = 0xff;

  /** @param wires what they are wired to, as lines 0 to 7; nothing where undefined */
  constructor(wires: SimulatedPins | undefined) {
    this.#wires = wires;
  }

  /** The GPIO configuration after its report id: section 4.2. */
  get configuration(): readonly number[] {
    return [this.#directions, this.#pushPull, this.#special, this.#clockDivider];
  }

  set configuration(bytes: ArrayLike<number>) {
    this.#directions = bytes[0]!;
    this.#pushPull = bytes[1]!;
    this.#special = bytes[2]!;
    this.#clockDivider = bytes[3]!;
    this.#latch |= ~this.#directions & 0xff;
    this.#drive();
  }

  /** "Get GPIO Values": section 4.3. */
  get values(): number {
    let values = 0;
    for (let pin = 0; pin < COUNT; pin += 1) {
      const isHigh = this.#wires === undefined ? (this.#latch >> pin) & 1 : this.#wires.level(pin) === "high";
      if (isHigh) values |= 1 << pin;
    }
    return values;
  }

  /** "Set GPIO Values": only outputs are set (section 4.4). */
  set(values: number, mask: number): void {
    const changed = mask & this.#directions;
    this.#latch = (this.#latch & ~changed) | (values & changed);
    this.#drive();
  }

  /** The chip was reset. */
  reset(): void {
    this.configuration = [0, 0, 0, 0];
  }

  #drive(): void {
    for (let pin = 0; pin < COUNT; pin += 1) {
      const bit = 1 << pin;
      const isHigh = (this.#latch & bit) !== 0;
      const isSpecial = SPECIAL_PINS.some(
        (each, index) => each === pin && (this.#special & (1 << index)) !== 0,
      );
      const letsGo = isSpecial || (this.#directions & bit) === 0 || (isHigh && (this.#pushPull & bit) === 0);
      this.#wires?.drive(pin, letsGo ? undefined : isHigh ? "high" : "low");
    }
  }
}
