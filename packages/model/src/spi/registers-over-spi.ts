import type { GpioPart } from "../gpio/part.ts";
import type { I2cTarget } from "../i2c/target.ts";
import type { SpiTarget } from "./target.ts";

/** Bit 7 of the first byte of a transaction: read. The other bits are the register. */
const READ = 0x80;
/** Nobody drives the line. */
const IDLE = 0xff;

/**
 * The registers of a chip by SPI, out of what they are by I2C, as many chips have both: the first byte of a transaction is a
 * register in bits 6 to 0 and "read" in bit 7 (BST-BME280-DS002 section 6.3, LIS3DH section 6.2). What follows is written to or read
 * from there as in an I2C message.
 *
 * `RegisterFile.chooseRegister` gets the register without its bit 7; a chip whose registers are all above 0x7F sets it there.
 */
export class RegistersOverSpi implements SpiTarget {
  readonly #registers: I2cTarget;
  /** As the registers have it. */
  readonly render?: () => string;
  /** As the registers have them. */
  readonly pins?: GpioPart;
  #state: "idle" | "chosen-for-read" | "chosen-for-write" = "idle";

  /** @param registers a register file: its first written byte chooses a register */
  constructor(registers: I2cTarget) {
    this.#registers = registers;
    if (registers.render !== undefined) this.render = () => registers.render!();
    if (registers.pins !== undefined) this.pins = registers.pins;
  }

  select(): void {
    this.#state = "idle";
  }

  transfer(received: number): number {
    if (this.#state === "chosen-for-read") return this.#registers.read();
    if (this.#state === "chosen-for-write") {
      // SPI has nothing to refuse a byte with.
      this.#registers.write(received);
      return IDLE;
    }
    this.#registers.start("write", false);
    this.#registers.write(received & ~READ);
    if ((received & READ) === 0) {
      this.#state = "chosen-for-write";
    } else {
      this.#registers.start("read", true);
      this.#state = "chosen-for-read";
    }
    return IDLE;
  }

  release(): void {
    if (this.#state !== "idle") this.#registers.stop();
    this.#state = "idle";
  }
}
