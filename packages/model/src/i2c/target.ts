import type { GpioPart } from "../gpio/part.ts";
import type { SimulatedBusOfModel } from "../surroundings.ts";

/** The direction of a message, seen from the controller. */
export type I2cDirection = "read" | "write";

/**
 * A simulated I2C target, as the wires see it: one call for each event on the bus. The bus calls `start` first; then,
 * for that direction, `write` for each byte that the controller sends or `read` for each byte that it asks for; then
 * either `start` again (a repeated start) or `stop`. Nothing may block or sleep: a target that needs time compares
 * its clock's `now()` with when it began.
 */
export interface I2cTarget {
  /**
   * A start or repeated start with this target's address.
   *
   * @param repeated whether this target was already addressed in this transaction
   * @returns whether the address is acknowledged; a target that is busy or asleep returns false
   */
  start(direction: I2cDirection, repeated: boolean): boolean;

  /**
   * The controller sends one byte.
   *
   * @param byte 0 to 255
   * @returns whether the byte is acknowledged; the transaction ends where it is not
   */
  write(byte: number): boolean;

  /**
   * The controller reads one byte.
   *
   * @returns 0 to 255; 0xFF where the target has nothing to say, because nobody pulls the line down
   */
  read(): number;

  /** The transaction is over: by a stop, after a byte that was not acknowledged, or cut off by a fault. */
  stop(): void;

  /** The buses that are one with its own now: of a multiplexer, by what its driver chose. */
  connected?(): readonly SimulatedBusOfModel[];

  /** What a person would see, as lines of text; only of what has something to see, such as a display. */
  render?(): string;

  /** The pins that it has beside its bus, such as an interrupt output. Only of a model that lists them: `I2cModel.pins`. */
  readonly pins?: GpioPart;
}
