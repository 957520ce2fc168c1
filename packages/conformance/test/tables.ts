/** The expected tables: host/conformance/table.txt, with what is other on one host. */

import { readFileSync } from "node:fs";
import type { Row } from "../src/table.ts";

/** A row of the table: what it shows, the function with its parameters, and the answer. */
export interface Line {
  readonly name: string;
  readonly call: string;
  readonly answer: string;
}

/** A host, and "linux" where the buses are a kernel's: without that they are simulated. */
export type Place = "node" | "wasmtime" | "linux";

/** Rows that are other somewhere, for one reason. */
interface Difference {
  /** All of these have to be. */
  readonly on: readonly Place[];
  readonly why: string;
  /** A null stands for a call that is not made there, because one before it gave nothing to call it on. */
  readonly rows: readonly { readonly name: string; readonly answer: string | null }[];
}

/** A row that the component made, as a line of the table. */
export function lineOf(row: Row): Line {
  return { name: row.name, call: `${row.function}(${row.parameters})`, answer: row.answer };
}

const folder = new URL("../../../host/conformance/", import.meta.url);

/** host/conformance/board.json. */
export const boardFile = new URL("board.json", folder);

/** All rows, as a host has them that differs nowhere. */
export function expectedTable(): Line[] {
  const lines = readFileSync(new URL("table.txt", folder), "utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const [name, call, answer, ...rest] = line.split(" | ");
    if (answer === undefined || rest.length > 0) throw new Error(`no row of three parts: ${line}`);
    return { name: name!, call: call!, answer };
  });
}

/**
 * What is answered there.
 *
 * @throws Error where a difference is none, or explains nothing
 */
export function expectedOn(...places: readonly Place[]): Line[] {
  const differences: Difference[] = JSON.parse(readFileSync(new URL("differences.json", folder), "utf8"));
  const own = differences.filter(({ on }) => on.every((each) => places.includes(each)));
  const unexplained = own.find(({ why }) => why === "");
  if (unexplained !== undefined) throw new Error("a difference is not explained");
  const rows = own.flatMap((each) => each.rows);
  const answers = new Map(rows.map(({ name, answer }) => [name, answer]));
  if (answers.size < rows.length) throw new Error("a row has two differences");
  const lines = expectedTable().flatMap((line) => {
    const answer = answers.get(line.name);
    if (answer === undefined) return line;
    answers.delete(line.name);
    if (answer === line.answer) throw new Error(`${line.name}: it is no difference any more`);
    return answer === null ? [] : { ...line, answer };
  });
  if (answers.size > 0) throw new Error(`no rows have the names ${[...answers.keys()].join(", ")}`);
  return lines;
}
