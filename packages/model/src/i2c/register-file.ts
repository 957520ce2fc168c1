import type { I2cDirection, I2cTarget } from "./target.ts";

/**
 * What the bytes of a write message mean, after the first, which chooses a register:
 *
 * - `increment`: each is data for the next register
 * - `pairs`: data, register, data, register, data, as in the BME280 (BST-BME280-DS002 section 6.2.1)
 */
export type RegisterWrites = "increment" | "pairs";

/**
 * The base of a target with 256 registers of one byte: the first byte of a write message chooses a register, reads
 * begin there and go on to the next register after each byte, from 0xFF to 0x00. A model overrides the protected
 * methods, and keeps in `registers` what needs no thought.
 */
export class RegisterFile implements I2cTarget {
  /** The contents, by register. */
  protected readonly registers = new Uint8Array(256);
  readonly #writes: RegisterWrites;
  #pointer = 0;
  #choosesRegister = true;

  constructor(writes: RegisterWrites = "increment") {
    this.#writes = writes;
  }

  start(direction: I2cDirection, repeated: boolean): boolean {
    if (direction === "write") this.#choosesRegister = true;
    return this.started(direction, repeated);
  }

  write(byte: number): boolean {
    if (this.#choosesRegister) {
      this.#choosesRegister = false;
      this.#pointer = this.chooseRegister(byte);
      return true;
    }
    const acknowledged = this.writeRegister(this.#pointer, byte);
    if (this.#writes === "pairs") this.#choosesRegister = true;
    else this.#pointer = this.nextRegister(this.#pointer);
    return acknowledged;
  }

  read(): number {
    const value = this.readRegister(this.#pointer);
    this.#pointer = this.nextRegister(this.#pointer);
    return value;
  }

  stop(): void {}

  /**
   * A message begins. What a burst must not see change has to be brought up to date here, not in `readRegister`.
   *
   * @returns whether the address is acknowledged
   */
  protected started(_direction: I2cDirection, _repeated: boolean): boolean {
    return true;
  }

  /** The register, 0 to 255, that the first byte of a write message means; override it where bits are flags. */
  protected chooseRegister(byte: number): number {
    return byte;
  }

  /** The register, 0 to 255, after this one. */
  protected nextRegister(register: number): number {
    return (register + 1) & 0xff;
  }

  /** The value, 0 to 255, that the controller sees in a register. */
  protected readRegister(register: number): number {
    return this.registers[register]!;
  }

  /**
   * The controller writes a register.
   *
   * @returns whether the byte is acknowledged; chips acknowledge and ignore writes to read-only registers
   */
  protected writeRegister(register: number, value: number): boolean {
    this.registers[register] = value;
    return true;
  }
}
