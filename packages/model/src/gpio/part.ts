/** The voltage on a line. */
export type WireLevel = "low" | "high";

/**
 * A simulated part on GPIO lines, as the wires see it: what it puts on them follows from the time, so that nothing in it waits. Its
 * lines go by the model's own names for them: "trigger".
 */
export interface GpioPart {
  /**
   * The level that it puts on a line at a time, not before any that it was asked about or told of; undefined where it lets the line
   * go, and a resistor or somebody else has it.
   */
  level(line: string, atMs: number): WireLevel | undefined;

  /** When the part changes a line next by itself, after `atMs`; undefined where that never happens unless it is told something. */
  nextChange(line: string, atMs: number): number | undefined;

  /** The controller drives a line from now on; undefined: it has let it go. */
  driven?(line: string, level: WireLevel | undefined, atMs: number): void;

  /** What a person would see, as lines of text; only of what has something to see, such as a lamp. */
  render?(): string;
}
