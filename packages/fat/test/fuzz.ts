/// <reference types="node" />

/**
 * The long run: `pnpm --filter @busbar/fat fuzz`. Environment: BUSBAR_FUZZ_RUNS, how many inputs for the parsers and for
 * whole images together (10 million), and BUSBAR_FUZZ_SEED. It stops at the first input that breaks a rule and names it.
 */

import { exerciseImage, exerciseParsers, randomOf } from "./fuzz-inputs.ts";

const runs = positive("BUSBAR_FUZZ_RUNS", 10_000_000);
const seed = positive("BUSBAR_FUZZ_SEED", 1);

/** An image takes as long as a thousand entries. */
const PARSERS_PER_IMAGE = 250;

// Most of the time would go into stacks that nobody looks at.
Error.stackTraceLimit = 0;

const started = performance.now();
let accepted = 0;
for (let run = 0; run < runs; run += 1) {
  const random = randomOf(Math.imul(seed, 0x01_00_01_93) ^ run);
  try {
    if (run % PARSERS_PER_IMAGE === 0 ? exerciseImage(random) : exerciseParsers(random)) accepted += 1;
  } catch (error) {
    console.error(`input ${run} of seed ${seed}:`, error);
    process.exit(1);
  }
  if ((run + 1) % 1_000_000 === 0 || run + 1 === runs) progress(run + 1);
}

function progress(done: number): void {
  const seconds = (performance.now() - started) / 1000;
  const memoryMb = Math.round(process.memoryUsage().rss / 2 ** 20);
  console.log(
    `${done} inputs in ${seconds.toFixed(0)} s: ${accepted} accepted, ${done - accepted} refused, ${memoryMb} MB`,
  );
}

function positive(name: string, fallback: number): number {
  const value = Number(process.env[name] ?? fallback);
  if (Number.isSafeInteger(value) && value > 0) return value;
  console.error(`${name} must be a whole number above 0, not ${process.env[name]}.`);
  process.exit(1);
}
