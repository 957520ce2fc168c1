/** A curve in a terminal: one row and one column a character, a scale at the left, the time below. */
export interface PlotOptions {
  /** One value a column, oldest first; NaN where there is none. */
  readonly values: readonly number[];
  /** Rows of the curve itself, at least 2. */
  readonly height: number;
  /** The scale spans at least this: the noise of a steady value must not fill the plot. */
  readonly leastSpan: number;
  /** A value of the scale; all should have the same length. */
  format(value: number): string;
  /** What the first and the last column are: "5 min ago", "now". */
  readonly from: string;
  readonly to: string;
}

/**
 * Draws a curve with box-drawing characters. Not asciichart: that has no gaps, no types, no fixed height, and fails on
 * values that are no numbers.
 *
 * @returns `height` + 1 lines; all empty where no value is finite
 */
export function plot(options: PlotOptions): string[] {
  const { values, height, leastSpan, format } = options;
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return Array.from({ length: height + 1 }, () => "");
  const [low, high] = scaleOf(Math.min(...finite), Math.max(...finite), leastSpan);
  // Row 0 is at the top. Halves, because the span of two doubles can be more than a double holds.
  const halfSpan = high / 2 - low / 2;
  const rowOf = (value: number) => Math.round(((high / 2 - value / 2) / halfSpan) * (height - 1));
  const grid = drawCurve(
    values.map((value) => (Number.isFinite(value) ? rowOf(value) : undefined)),
    height,
  );

  const labels = Array.from({ length: height }, (_, row) => {
    const share = row / (height - 1);
    return format(high * (1 - share) + low * share);
  });
  const labelWidth = Math.max(...labels.map((label) => label.length));
  const lines = grid.map((cells, row) => `${labels[row]!.padStart(labelWidth)} ┤${cells.join("").trimEnd()}`);
  const { from, to } = options;
  const gap = Math.max(values.length - from.length - to.length, 1);
  return [...lines, `${" ".repeat(labelWidth + 2)}${from}${" ".repeat(gap)}${to}`];
}

/** The values of the lowest and the highest row. */
function scaleOf(minimum: number, maximum: number, leastSpan: number): [low: number, high: number] {
  // A curve that stays on one value runs through the middle.
  const missing = leastSpan - (maximum - minimum);
  if (missing > 0) return [minimum - missing / 2, maximum + missing / 2];
  return maximum / 2 > minimum / 2 ? [minimum, maximum] : [minimum - 1, maximum + 1];
}

/** @param rows the row of each column's value; undefined where there is none */
function drawCurve(rows: readonly (number | undefined)[], height: number): string[][] {
  const grid = Array.from({ length: height }, () => new Array<string>(rows.length).fill(" "));
  for (const [column, row] of rows.entries()) {
    if (row === undefined) continue;
    // A column shows how the curve gets from the value before to its own.
    const before = rows[column - 1] ?? row;
    if (before === row) {
      grid[row]![column] = "─";
      continue;
    }
    const rises = row < before;
    grid[before]![column] = rises ? "╯" : "╮";
    grid[row]![column] = rises ? "╭" : "╰";
    for (let between = Math.min(before, row) + 1; between < Math.max(before, row); between += 1) {
      grid[between]![column] = "│";
    }
  }
  return grid;
}
