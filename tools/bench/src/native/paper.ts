/** What the published proofs of concept measured, and the same of this host beside programs in C. */

import Table from "cli-table3";
import { shown } from "../measure.ts";

/** Figures of one thing: native, and as WebAssembly. */
interface Pair {
  readonly native: number;
  readonly component: number;
}

/** One row of the table. */
interface PaperRow {
  readonly what: string;
  readonly unit: string;
  /** What the published proofs of concept measured, on Wasmtime or WAMR. */
  readonly paper: Pair;
  /** By the name of what was measured here; none for what is told in words. */
  readonly ours?: keyof PaperFigures;
  readonly instead?: string;
}

/** Medians of programs in C and of the hosts in Rust, in the unit of their row. */
export interface PaperFigures {
  readonly display: Pair;
  /** On WAMR, as machine code. */
  readonly displayOnWamr: Pair;
  readonly hts221: Pair;
  readonly disk: Pair;
  readonly trip: Pair;
  readonly memory: Pair;
}

const rows: readonly PaperRow[] = [
  {
    what: "I2C, text to an LED display, compiled at start",
    unit: "ms",
    paper: { native: 3, component: 10.17 },
    instead: "never: compiled once, ahead of time",
  },
  {
    what: "the same, compiled before",
    unit: "ms",
    paper: { native: 3, component: 3.33 },
    ours: "display",
  },
  {
    what: "the same, WAMR",
    unit: "ms",
    paper: { native: 3, component: 3.05 },
    ours: "displayOnWamr",
  },
  { what: "HTS221, one reading", unit: "ms", paper: { native: 7.32, component: 8.7 }, ours: "hts221" },
  {
    what: "USB disk, sequential read (x86)",
    unit: "MiB/s",
    paper: { native: 141, component: 140.2 },
    ours: "disk",
  },
  {
    what: "USB bulk round trip, 32 bytes (x86)",
    unit: "ms",
    paper: { native: 0.181, component: 0.188 },
    ours: "trip",
  },
  {
    what: "USB, peak memory of the process (x86)",
    unit: "MB",
    paper: { native: 27, component: 27.4 },
    ours: "memory",
  },
];

/** The paper's seven measures, with ours beside them. */
export function paperTable(figures: PaperFigures): string {
  const table = new Table({
    head: ["the paper's measures", "native", "WebAssembly", "ratio", "here: C", "component", "ratio"],
    style: { head: [] },
  });
  const cells = ({ native, component }: Pair, unit: string) => [
    `${shown(native)} ${unit}`,
    `${shown(component)} ${unit}`,
    (component / native).toFixed(3),
  ];
  for (const { what, unit, paper, ours, instead } of rows) {
    const here = ours === undefined ? ["", instead ?? "", ""] : cells(figures[ours], unit);
    table.push([what, ...cells(paper, unit), ...here]);
  }
  return table.toString();
}
