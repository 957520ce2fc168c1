/** The expected tables: host/conformance/table.txt, with what is other on one host. */

import { readFileSync } from "node:fs";

/** A row of the table: what it shows, the function with its parameters, and the answer. */
export interface Line {
  readonly name: string;
  readonly call: string;
  readonly answer: string;
}

/** Rows that are other on one host, for one reason. */
interface Difference {
  readonly host: string;
  readonly why: string;
  /** A null stands for a call that is not made there, because one before it gave nothing to call it on. */
  readonly rows: readonly { readonly name: string; readonly answer: string | null }[];
}

const folder = new URL("../../../host/conformance/", import.meta.url);

/** host/conformance/board.json. */
export const boardFile = new URL("board.json", folder);

function expectedTable(): Line[] {
  const lines = readFileSync(new URL("table.txt", folder), "utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const [name, call, answer, ...rest] = line.split(" | ");
    if (answer === undefined || rest.length > 0) throw new Error(`no row of three parts: ${line}`);
    return { name: name!, call: call!, answer };
  });
}

/**
 * What a host answers.
 *
 * @throws Error where a difference is none, or explains nothing
 */
export function expectedOn(host: string): Line[] {
  const differences: Difference[] = JSON.parse(readFileSync(new URL("differences.json", folder), "utf8"));
  const own = differences.filter((each) => each.host === host);
  const unexplained = own.find(({ why }) => why === "");
  if (unexplained !== undefined) throw new Error("a difference is not explained");
  const answers = new Map(own.flatMap(({ rows }) => rows.map(({ name, answer }) => [name, answer])));
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
