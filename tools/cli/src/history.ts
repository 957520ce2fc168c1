/** Into so many slots a window is divided, of which each keeps its last value: more than a terminal has columns. */
const slots = 600;

interface Point {
  readonly timeMs: number;
  /** NaN where reading failed. */
  readonly value: number;
}

/** The values of one channel: extremes since the start, and a curve of the last minutes. Bounded, for runs of years. */
export class History {
  readonly #windowMs: number;
  readonly #points: Point[] = [];
  #minimum = Number.POSITIVE_INFINITY;
  #maximum = Number.NEGATIVE_INFINITY;
  #latest: number | undefined;

  /** @param windowMs how far the curve goes back */
  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** The last value; undefined when there was none yet, or the last reading failed. */
  get latest(): number | undefined {
    return this.#latest;
  }

  /** The smallest value so far; undefined before the first. */
  get minimum(): number | undefined {
    return this.#minimum <= this.#maximum ? this.#minimum : undefined;
  }

  /** The largest value so far; undefined before the first. */
  get maximum(): number | undefined {
    return this.#minimum <= this.#maximum ? this.#maximum : undefined;
  }

  /** Adds what was read, or `undefined` where reading failed: a gap in the curve. */
  add(timeMs: number, value: number | undefined): void {
    this.#latest = value;
    if (value !== undefined && Number.isFinite(value)) {
      this.#minimum = Math.min(this.#minimum, value);
      this.#maximum = Math.max(this.#maximum, value);
    }
    const last = this.#points.at(-1);
    if (last !== undefined && this.#slotOf(last.timeMs) === this.#slotOf(timeMs)) this.#points.pop();
    this.#points.push({ timeMs, value: value ?? Number.NaN });
    const oldest = timeMs - this.#windowMs;
    while (this.#points[0]!.timeMs < oldest) this.#points.shift();
  }

  /** How far back the curve goes by now, in milliseconds. */
  get spanMs(): number {
    const first = this.#points[0];
    return first === undefined ? 0 : this.#points.at(-1)!.timeMs - first.timeMs;
  }

  /** The curve over {@link spanMs}, one value a column, on straight lines between points; NaN in gaps. */
  curve(columns: number): number[] {
    const points = this.#points;
    const first = points[0];
    if (first === undefined) return [];
    let next = 0;
    return Array.from({ length: columns }, (_, column) => {
      const timeMs = first.timeMs + (this.spanMs * column) / Math.max(columns - 1, 1);
      while (next < points.length - 1 && points[next]!.timeMs < timeMs) next += 1;
      const after = points[next]!;
      const before = points[next - 1];
      if (before === undefined || timeMs >= after.timeMs) return after.value;
      const step = after.timeMs - before.timeMs;
      return before.value + ((after.value - before.value) * (timeMs - before.timeMs)) / step;
    });
  }

  #slotOf(timeMs: number): number {
    return Math.floor((timeMs / this.#windowMs) * slots);
  }
}
