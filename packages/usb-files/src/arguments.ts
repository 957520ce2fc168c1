/** What the app is asked to do: pure, from arguments to a request. */

import { DriverError } from "@busbar/guest";

/** One run. */
export interface Request {
  readonly command: "ls" | "cat" | "copy";
  /** On the disk, with "/" between names. */
  readonly path: string;
  /** The disk's name in the board file. */
  readonly disk: string;
  /** As `@busbar/mass-storage/partitions` counts them; without it, the first with a FAT or exFAT file system. */
  readonly partition?: number;
}

const USAGE = "ls [path], cat path, or copy path; before them --disk name and --partition number";

/**
 * Reads the arguments of a run.
 *
 * @throws DriverError `invalid-argument`
 */
export function parseArguments(words: readonly string[]): Request {
  const rest: string[] = [];
  let disk = "stick";
  let partition: number | undefined;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]!;
    const isOption = rest.length === 0 && word.startsWith("--");
    if (isOption && word === "--disk") disk = valueAfter(words, index);
    else if (isOption && word === "--partition") partition = partitionNumber(valueAfter(words, index));
    else if (isOption) throw DriverError.invalidArgument(`There is no option ${word}; use ${USAGE}.`);
    else {
      rest.push(word);
      continue;
    }
    index += 1;
  }
  const [command, path, ...more] = rest;
  const isKnown = command === "ls" || command === "cat" || command === "copy";
  if (!isKnown || more.length > 0 || (path === undefined && command !== "ls")) {
    throw DriverError.invalidArgument(`Say what to do: ${USAGE}.`);
  }
  return { command, path: path ?? "/", disk, ...(partition !== undefined && { partition }) };
}

function valueAfter(words: readonly string[], index: number): string {
  const value = words[index + 1];
  if (value === undefined) throw DriverError.invalidArgument(`${words[index]} needs a value; use ${USAGE}.`);
  return value;
}

function partitionNumber(text: string): number {
  if (/^[1-9][0-9]{0,2}$/.test(text)) return Number(text);
  throw DriverError.invalidArgument(`A partition is a number from 1 on, not ${JSON.stringify(text)}.`);
}
