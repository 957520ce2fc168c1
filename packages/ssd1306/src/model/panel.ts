/** A glass on the pins of a controller: which of its dots are lit, and how a person sees them. */

import { COMS, type Controller, SEGMENTS } from "./controller.ts";

/** Glasses as modules have them: how many dots, which segments, and how the rows are wired (data sheet, table 10-3). */
export const PANELS = {
  "128x64": { columns: 128, rows: 64, firstSegment: 0, isAlternative: true },
  "128x32": { columns: 128, rows: 32, firstSegment: 0, isAlternative: false },
  "96x16": { columns: 96, rows: 16, firstSegment: 32, isAlternative: false },
  "64x48": { columns: 64, rows: 48, firstSegment: 32, isAlternative: true },
  "72x40": { columns: 72, rows: 40, firstSegment: 28, isAlternative: true },
} as const;

/** A name of a glass. */
export type PanelName = keyof typeof PANELS;

/** The pin of the n-th row that is scanned: one after the other, or even ones on one side of the part and odd ones on the other. */
function pinOf(scanned: number, isAlternative: boolean, isSwapped: boolean): number {
  const half = COMS / 2;
  const pin = isAlternative ? (scanned % 2) * half + Math.floor(scanned / 2) : scanned;
  return isSwapped ? (pin + half) % COMS : pin;
}

/** Which dots are lit, row by row from the top, as a module is held whose connector is above: its last segment is on the left. */
export function litDots(controller: Controller, name: PanelName, needsPump: boolean): boolean[][] {
  const { state, ram } = controller;
  const { columns, rows, firstSegment, isAlternative } = PANELS[name];
  const lit = Array.from({ length: rows }, () => Array<boolean>(columns).fill(false));
  if (!state.isOn || (needsPump && !state.isPumping)) return lit;
  // Which row of the RAM is on which pin.
  const rowOfPin = new Map<number, number>();
  for (let scanned = 0; scanned < state.rows; scanned += 1) {
    const from = state.isComRemapped ? state.rows - 1 - scanned : scanned;
    const row = (from + state.startLine + state.offset) % COMS;
    rowOfPin.set(pinOf(scanned, state.areComPinsAlternative, state.areComPinsSwapped), row);
  }
  return lit.map((line, y) => {
    const row = rowOfPin.get(pinOf(rows - 1 - y, isAlternative, false));
    if (row === undefined) return line;
    return line.map((_, x) => {
      const segment = firstSegment + columns - 1 - x;
      const bit = (ram[(row >> 3) * SEGMENTS + segment]! >> (row & 7)) & 1;
      return state.isEntirelyOn || (bit === 1) !== state.isInverse;
    });
  });
}

/** A picture of dots, two rows in each line of text, in a frame. */
export function pictureOf(lit: readonly (readonly boolean[])[]): string {
  const width = lit[0]!.length;
  const lines: string[] = [];
  for (let y = 0; y < lit.length; y += 2) {
    let line = "";
    for (let x = 0; x < width; x += 1) {
      const [upper, lower] = [lit[y]![x]!, lit[y + 1]![x]!];
      line += upper ? (lower ? "█" : "▀") : lower ? "▄" : " ";
    }
    lines.push(`│${line}│`);
  }
  const bar = "─".repeat(width);
  return [`┌${bar}┐`, ...lines, `└${bar}┘`].join("\n");
}
