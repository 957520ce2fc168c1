import type { I2cDirection } from "./i2c/target.ts";

/** What else is simulated, for models of what drives a bus: adapters and multiplexers. */
export interface ModelSurroundings {
  /**
   * The simulated I2C bus of a name, as an entry of the `simulate` list has it under "i2c". It need not be there before this one.
   *
   * @throws RangeError, one sentence, where there is no such bus, and none can come
   */
  i2c(name: string): SimulatedBusOfModel;
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
};
