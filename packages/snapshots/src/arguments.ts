/** What the app is asked to do: pure, from arguments to a request. */

import { DriverError } from "@busbar/guest";

/** One run. */
export interface Request {
  readonly command: "modes" | "take";
  /** How many pictures. */
  readonly count: number;
  /** The index of a mode. */
  readonly mode: number;
  /** The camera's name in the board file. */
  readonly camera: string;
}

const USAGE = "modes, or take [count [mode]]; before them --camera name";
const MOST_PICTURES = 100_000;

/**
 * Reads the arguments of a run.
 *
 * @throws DriverError `invalid-argument`
 */
export function parseArguments(words: readonly string[]): Request {
  const hasCamera = words[0] === "--camera";
  const camera = hasCamera ? words[1] : "webcam";
  const [command, count = "1", mode = "0", ...more] = hasCamera ? words.slice(2) : words;
  const isKnown = command === "modes" ? words.length === (hasCamera ? 3 : 1) : command === "take";
  if (camera === undefined || !isKnown || more.length > 0) {
    throw DriverError.invalidArgument(`Say what to do: ${USAGE}.`);
  }
  return { command: command as Request["command"], count: number(count, 1), mode: number(mode, 0), camera };
}

function number(text: string, minimum: number): number {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= minimum && value <= MOST_PICTURES) return value;
  throw DriverError.invalidArgument(
    `${JSON.stringify(text)} is no number from ${minimum} to ${MOST_PICTURES}; use ${USAGE}.`,
  );
}
