import type { GpioPart } from "../gpio/part.ts";

/** How a target is spoken to: what the board file says of it. */
export interface SpiClocking {
  /** Clock polarity and phase, 0 to 3: CPOL is bit 1, CPHA bit 0. */
  readonly mode: number;
  /** The clock, in Hz. */
  readonly hz: number;
}

/**
 * A simulated device on an SPI bus, as its wires see it: one call for each event. The bus calls `select` first; then `transfer` for
 * each byte and `delay` for each pause, in any order; then `release`. Nothing may block or sleep: a target that needs time compares
 * its clock's `now()` with when it began.
 *
 * SPI has no acknowledge: a target that does not understand has no way to say so but by what it sends. The bus hands bytes over as
 * the target has them, whatever the bit order on the wire: bit 7 is the one that came first.
 */
export interface SpiTarget {
  /** Chip select is asserted: a transaction begins. A target that is clocked as it cannot be understands nothing of it. */
  select(clocking: SpiClocking): void;

  /**
   * Eight cycles of the clock: a byte goes each way at the same time, so that what is sent cannot depend on what comes.
   *
   * @param received from the controller, 0 to 255; 0 while the controller only reads
   * @returns what is sent meanwhile, 0 to 255; 0xFF where the target leaves the line alone
   */
  transfer(received: number): number;

  /** Chip select stays asserted for so many nanoseconds, and the clock rests. Left out by targets that do not care. */
  delay?(ns: number): void;

  /** Chip select is released: the transaction is over, or was cut off by a fault. Chips begin to do what they were told to. */
  release(): void;

  /** What a person would see, as lines of text; only of what has something to see, such as a display. */
  render?(): string;

  /** The pins that it has beside its bus, such as the D/C# of a display. Only of a model that lists them: `SpiModel.pins`. */
  readonly pins?: GpioPart;
}
