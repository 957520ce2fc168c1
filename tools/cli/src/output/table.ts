import Table from "cli-table3";
import { stdout } from "./screen.ts";

/** The side on which a column's text begins. */
export type Align = "left" | "right";

const noBorders = Object.fromEntries(
  [
    ...["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"],
    ...["left", "left-mid", "mid", "mid-mid", "right", "right-mid"],
  ].map((name) => [name, ""]),
);

const rounded = {
  "top-left": "╭",
  "top-right": "╮",
  "bottom-left": "╰",
  "bottom-right": "╯",
};

/** A newline in a cell would make a row of it. */
function safeCells(row: readonly string[]): string[] {
  return row.map((cell) => stdout.safe(cell));
}

/** Columns without lines, two spaces apart. */
export function columns(rows: readonly (readonly string[])[], aligns: readonly Align[]): string {
  const table = new Table({
    chars: { ...noBorders, middle: "  " },
    colAligns: [...aligns],
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
  });
  table.push(...rows.map(safeCells));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

/** A table with a head and lines around. */
export function framedTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  aligns: readonly Align[],
): string {
  const table = new Table({
    head: [...head],
    colAligns: [...aligns],
    chars: rounded,
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows.map(safeCells));
  return table.toString();
}
