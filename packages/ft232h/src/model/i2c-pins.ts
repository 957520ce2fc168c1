import type { I2cDirection, I2cWires } from "@busbar/model";
import type { Driven, Wired } from "./wired.ts";

/** Pins of ADBUS that are on the bus; SDA_OUT and SDA_IN are wired together. */
const SCL = 0x01;
const SDA_OUT = 0x02;
const SDA_IN = 0x04;

/** What the bits on the wires are now: none; the byte with the address; bytes to the target; bytes from it; bytes that nobody sends. */
type Phase = "idle" | "address" | "write" | "read" | "over";

/** The two lines of a bus, level by level: UM10204 sections 3.1.3 to 3.1.6. Both are high where nobody pulls them down. */
export class I2cPins implements Wired {
  readonly #wires: I2cWires;
  #clock = true;
  #data = true;
  #phase: Phase = "idle";
  /** Whether a target pulls the data line down. */
  #isPulled = false;
  #shift = 0;
  /** Bits of the byte that the clock was high for; the ninth is whether it is acknowledged. */
  #bits = 0;
  #direction: I2cDirection = "write";
  #isAcknowledged = false;

  constructor(wires: I2cWires) {
    this.#wires = wires;
  }

  levels(driven: Driven): number {
    return ((driven(SCL) ?? true) ? SCL : 0) | (this.#dataLevel(driven(SDA_OUT)) ? SDA_OUT | SDA_IN : 0);
  }

  /** At most one pin at a time is seen to move on a bus. */
  drive(driven: Driven): void {
    const clock = driven(SCL) ?? true;
    const data = driven(SDA_OUT);
    // The data line is settled before the clock rises, and moves after it fell.
    const rises = clock && !this.#clock;
    if (rises) this.#setData(data);
    this.#setClock(clock);
    if (!rises) this.#setData(data);
  }

  /** The controller is gone, and the bus is free. */
  reset(): void {
    this.#wires.stop();
    this.#phase = "idle";
    this.#isPulled = false;
    this.#clock = true;
    this.#data = true;
  }

  /** The level of the data line. @param driven what the controller makes of it; undefined where it lets it go */
  #dataLevel(driven: boolean | undefined): boolean {
    return driven ?? !this.#isPulled;
  }

  #setData(driven: boolean | undefined): void {
    const level = this.#dataLevel(driven);
    if (level === this.#data) return;
    this.#data = level;
    if (!this.#clock) return;
    // With the clock high: a start where it falls, a stop where it rises.
    this.#isPulled = false;
    this.#bits = 0;
    this.#phase = level ? "idle" : "address";
    if (level) this.#wires.stop();
  }

  #setClock(level: boolean): void {
    if (level === this.#clock) return;
    this.#clock = level;
    if (this.#phase === "idle") return;
    if (level) {
      this.#bits += 1;
      if (this.#bits <= 8) this.#shift = ((this.#shift << 1) | (this.#data ? 1 : 0)) & 0xff;
      else if (this.#phase === "read") this.#isAcknowledged = !this.#data;
      return;
    }
    if (this.#bits === 8) this.#byteIsOver();
    else if (this.#bits === 9) this.#nextByte();
    else if (this.#phase === "read") this.#isPulled = !this.#bit();
  }

  /** The clock fell after the eighth bit: who got the byte acknowledges it. */
  #byteIsOver(): void {
    this.#isPulled = false;
    if (this.#phase === "address") {
      this.#direction = (this.#shift & 1) === 0 ? "write" : "read";
      this.#isAcknowledged = this.#wires.start(this.#shift >> 1, this.#direction);
    } else if (this.#phase === "write") this.#isAcknowledged = this.#wires.write(this.#shift);
    else return;
    this.#isPulled = this.#isAcknowledged;
  }

  /** The clock fell after the ninth. */
  #nextByte(): void {
    this.#bits = 0;
    this.#isPulled = false;
    this.#phase = this.#isAcknowledged ? this.#direction : "over";
    if (this.#phase !== "read") return;
    this.#outgoing = this.#wires.read();
    this.#isPulled = !this.#bit();
  }

  #outgoing = 0xff;

  /** The next bit from the target. */
  #bit(): boolean {
    return (this.#outgoing & (0x80 >> this.#bits)) !== 0;
  }
}
