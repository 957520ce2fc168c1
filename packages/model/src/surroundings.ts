import type { WireLevel } from "./gpio/part.ts";
import type { I2cDirection } from "./i2c/target.ts";
import type { SpiClocking } from "./spi/target.ts";

/** What else is simulated, for models of what drives a bus: adapters and multiplexers. */
export interface ModelSurroundings {
  /**
   * The simulated I2C bus of a name, as an entry of the `simulate` list has it under "i2c". It need not be there before this one.
   *
   * @throws RangeError, one sentence, where there is no such bus, and none can come
   */
  i2c(name: string): SimulatedBusOfModel;

  /**
   * The simulated SPI bus of a name, likewise.
   *
   * @throws RangeError, one sentence, where there is no such bus
   */
  spi(name: string): SimulatedSpiOfModel;

  /** The simulated GPIO chip of a name, whose lines are pins of the model: what is wired to them is wired to that chip's lines. */
  gpio(name: string): SimulatedPins;
}

/** The pins of a model, as the lines of a simulated GPIO chip. */
export interface SimulatedPins {
  /** Drives a pin; undefined lets it go. */
  drive(offset: number, level: WireLevel | undefined): void;

  /** The level that is on a pin now. */
  level(offset: number): WireLevel;
}

/** A simulated SPI bus that a model is on the other side of. */
export interface SimulatedSpiOfModel {
  /** Its wires, for a controller. */
  wires(): SpiWires;
}

/** The wires of a simulated SPI bus as a controller moves them, byte by byte. Nothing of it takes time. */
export interface SpiWires {
  /** Asserts the chip select line of this number; another one that is asserted is released first. */
  select(chipSelect: number, clocking: SpiClocking): void;

  /** Eight cycles of the clock: bit 7 of both bytes is the one that is first on the wire. 0xFF comes where nobody drives the line. */
  transfer(byte: number): number;

  /** Releases the chip select line. Legal where none is asserted. */
  release(): void;
}

/** A simulated I2C bus that a model is on the other side of. */
export interface SimulatedBusOfModel {
  /** Its wires, for a controller. */
  wires(): I2cWires;
}

/** The wires of a simulated I2C bus as a controller moves them: UM10204 section 3.1. Nothing of it takes time. */
export interface I2cWires {
  /**
   * A start, or a repeated start, and the byte with the address.
   *
   * @param address 7 bits, right-aligned
   * @returns whether anything acknowledged
   */
  start(address: number, direction: I2cDirection): boolean;

  /** A byte to the target. @returns whether it was acknowledged */
  write(byte: number): boolean;

  /** A byte from the target; 0xFF where nobody says anything. */
  read(): number;

  /** A stop. Legal where no start was. */
  stop(): void;
}

/** Where a model is by itself. */
export const nothingElse: ModelSurroundings = {
  i2c(name) {
    throw new RangeError(`There is no simulated I2C bus "${name}" here.`);
  },
  spi(name) {
    throw new RangeError(`There is no simulated SPI bus "${name}" here.`);
  },
  gpio(name) {
    throw new RangeError(`There is no simulated GPIO chip "${name}" here.`);
  },
};
