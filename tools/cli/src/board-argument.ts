import { existsSync } from "node:fs";
import { Argument } from "commander";

/** The board of every command that takes one, where none is named. */
export const defaultBoard = "board.json";

/** `[board]`, the same on every command that runs a board. */
export function boardArgument(): Argument {
  return new Argument(
    "[board]",
    "the board file, or the folder of a bundle; ./board.json where it is left out",
  );
}

/** The board that a command is about, and what else was named after it. */
export interface NamedBoard {
  readonly path: string;
  readonly rest: readonly string[];
}

/**
 * Finds the board among what a command was given: where that begins with the name of a device or a component, which no file here
 * has, the board is ./board.json.
 *
 * @param operands as they were typed, without options
 * @param exists for tests
 */
export function namedBoard(
  operands: readonly string[],
  exists: (path: string) => boolean = existsSync,
): NamedBoard {
  const [first, ...rest] = operands;
  if (first === undefined) return { path: defaultBoard, rest };
  // What a board can call a device.
  const isName = /^[a-z][a-z0-9-]*$/.test(first) && !exists(first) && exists(defaultBoard);
  return isName ? { path: defaultBoard, rest: operands } : { path: first, rest };
}

/**
 * The board of a command whose operands after `--` are an app's: the first operand before them, ./board.json without one.
 *
 * @param typed the command line, without node and the script
 */
export function boardBeforeDashes(operands: readonly string[], typed: readonly string[]): NamedBoard {
  const dashes = typed.indexOf("--");
  const before = dashes < 0 ? operands.length : operands.length - (typed.length - dashes - 1);
  if (before <= 0) return { path: defaultBoard, rest: operands };
  return { path: operands[0]!, rest: operands.slice(1) };
}
