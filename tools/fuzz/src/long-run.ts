/// <reference types="node" />

import { type Random, randomOf } from "./random.ts";

/** What is fuzzed. */
export interface FuzzTarget<Input> {
  /** Makes an input. @param run counts from 0, for those who mix several kinds */
  input(random: Random, run: number): Input;
  /**
   * Uses it for everything that it can be used for.
   *
   * @returns whether it was accepted
   * @throws when it breaks a rule
   */
  exercise(input: Input, random: Random): boolean;
  /** The longest that one input may take, in milliseconds; 1,000 where it is not given. */
  readonly limitMs?: number;
}

/** How far a run is. */
export interface Tally {
  readonly done: number;
  readonly accepted: number;
  readonly slowestMs: number;
}

/** No input may take longer five times in turn: once or twice can be the machine's doing. */
const LIMIT_MS = 1_000;
const DEFAULT_RUNS = 12_000_000;
const PROGRESS_RUNS = 1_000_000;

/**
 * Tries `runs` inputs.
 *
 * @param seed the same one gives the same inputs
 * @param onProgress called after each million, and at the end
 * @throws Error that names the input which broke a rule or took too long
 */
export function fuzz<Input>(
  { input, exercise, limitMs = LIMIT_MS }: FuzzTarget<Input>,
  runs: number,
  seed: number,
  onProgress: (tally: Tally) => void = () => {},
): Tally {
  let accepted = 0;
  let slowestMs = 0;
  for (let run = 0; run < runs; run++) {
    const random = randomOf(Math.imul(seed, 0x9e37_79b1) + run);
    const made = input(random, run);
    const timed = () => {
      const before = performance.now();
      const isAccepted = exercise(made, random);
      return { isAccepted, tookMs: performance.now() - before };
    };
    try {
      const { isAccepted, tookMs } = timed();
      if (isAccepted) accepted++;
      slowestMs = Math.max(slowestMs, tookMs);
      if (tookMs > limitMs && [1, 2, 3, 4].every(() => timed().tookMs > limitMs))
        throw new Error(`took more than ${limitMs} ms five times`);
    } catch (error) {
      throw new Error(`input ${run} of seed ${seed}: ${show(made)}`, { cause: error });
    }
    if ((run + 1) % PROGRESS_RUNS === 0 || run + 1 === runs)
      onProgress({ done: run + 1, accepted, slowestMs });
  }
  return { done: runs, accepted, slowestMs };
}

/**
 * The whole of a package's `fuzz` script. Environment: BUSBAR_FUZZ_RUNS, how many inputs (12 million), and
 * BUSBAR_FUZZ_SEED. Ends the process with 1 at the first input that breaks a rule, and prints it.
 *
 * @param defaultRuns how many inputs where the environment does not say
 */
export function longRun<Input>(target: FuzzTarget<Input>, defaultRuns = DEFAULT_RUNS): void {
  const runs = positive("BUSBAR_FUZZ_RUNS", defaultRuns);
  const seed = positive("BUSBAR_FUZZ_SEED", 1);
  // Most inputs end in an error, and a stack trace takes longer than all the rest.
  Error.stackTraceLimit = 0;
  const started = performance.now();
  try {
    fuzz(target, runs, seed, ({ done, accepted, slowestMs }) => {
      const seconds = (performance.now() - started) / 1000;
      const memoryMb = Math.round(process.memoryUsage().rss / 2 ** 20);
      console.log(
        `${done} inputs in ${seconds.toFixed(0)} s: ${accepted} accepted, ${done - accepted} refused, ` +
          `slowest ${slowestMs.toFixed(1)} ms, ${memoryMb} MB`,
      );
    });
  } catch (error) {
    console.error(error);
    process.exit(1);
  }
}

/** Bytes as hex; what is no bytes comes again from the same seed. */
function show(input: unknown): string {
  return input instanceof Uint8Array ? Buffer.from(input).toString("hex") : String(input);
}

function positive(name: string, fallback: number): number {
  const value = Number(process.env[name] ?? fallback);
  if (Number.isSafeInteger(value) && value > 0) return value;
  console.error(`${name} must be a whole number above 0, not ${process.env[name]}.`);
  process.exit(1);
}
