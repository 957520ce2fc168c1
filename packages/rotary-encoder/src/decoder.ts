/** From the edges of two lines to steps, without I/O. */

/** The two lines of an encoder, as a number: A is bit 1, B is bit 0. */
export type Phase = 0 | 1 | 2 | 3;

/**
 * Steps from a phase to another: turning one way the lines are 00, 10, 11, 01. Bouncing goes a step there and back, and so comes to nothing.
 * From a phase to its opposite is no step: one was missed, and nobody knows which.
 */
const STEPS: readonly (readonly (0 | 1 | -1 | undefined)[])[] = [
  /* from 00 to 00, 01, 10, 11 */ [0, -1, 1, undefined],
  /* from 01 */ [1, 0, undefined, -1],
  /* from 10 */ [-1, undefined, 0, 1],
  /* from 11 */ [undefined, 1, -1, 0],
];

/** An edge of one of the lines. */
export interface PhaseEdge {
  readonly line: "a" | "b";
  readonly active: boolean;
  readonly timeMs: number;
}

/** The edges of both lines in the order of their times. @param edges of each line, in its order */
export function inOrder(
  a: readonly { readonly active: boolean; readonly timeMs: number }[],
  b: readonly { readonly active: boolean; readonly timeMs: number }[],
): PhaseEdge[] {
  const all: PhaseEdge[] = [
    ...a.map(({ active, timeMs }) => ({ line: "a" as const, active, timeMs })),
    ...b.map(({ active, timeMs }) => ({ line: "b" as const, active, timeMs })),
  ];
  return all.sort((one, other) => one.timeMs - other.timeMs);
}

/** Counts steps. */
export class QuadratureDecoder {
  #phase: Phase;
  #steps = 0;
  #lastMs = Number.NEGATIVE_INFINITY;
  /** Which line changed last. */
  #lastLine: "a" | "b" | undefined;

  /** @param phase what the lines are before the first edge */
  constructor(phase: Phase) {
    this.#phase = phase;
  }

  /** How far it was turned since it was made; A before B is up. */
  get steps(): number {
    return this.#steps;
  }

  /**
   * Takes an edge, not before the one that was taken last.
   *
   * @returns false where one before it was missed, so that the steps are not right any more
   */
  take({ line, active, timeMs }: PhaseEdge): boolean {
    const bit = line === "a" ? 2 : 1;
    const next = (active ? this.#phase | bit : this.#phase & ~bit) as Phase;
    const [lastLine, lastMs] = [this.#lastLine, this.#lastMs];
    this.#lastLine = line;
    this.#lastMs = timeMs;
    // The edge between two to the same state was too fast for the controller: a bounce, unless the other line has moved meanwhile.
    if (next === this.#phase) return lastLine === undefined || lastLine === line;
    this.#steps += STEPS[this.#phase]![next]!;
    this.#phase = next;
    // Of two at one time nobody knows which came first, and so not the direction.
    return lastLine === undefined || lastLine === line || timeMs > lastMs;
  }
}

/** The phase of two states. */
export function phaseOf(a: boolean, b: boolean): Phase {
  return ((a ? 2 : 0) | (b ? 1 : 0)) as Phase;
}
