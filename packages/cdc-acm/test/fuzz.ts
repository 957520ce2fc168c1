/// <reference types="node" />

/**
 * The long run: `pnpm --filter @busbar/cdc-acm fuzz`. Environment: BUSBAR_FUZZ_RUNS, how many inputs (12 million), and
 * BUSBAR_FUZZ_SEED. It stops at the first input that breaks a rule and prints it.
 */

import { exercise, mutate, randomConfiguration } from "./fuzz-inputs.ts";
import { randomOf } from "./random.ts";
import { bytes, type ConfigurationVector, hex, readVectors } from "./support.ts";

const runs = positive("BUSBAR_FUZZ_RUNS", 12_000_000);
const seed = positive("BUSBAR_FUZZ_SEED", 1);
/** No input may take longer: the longest of real devices takes far less than a tenth of it. */
const LIMIT_MS = 2_000;

// Most inputs end in an error, and a stack trace takes longer than all the rest.
Error.stackTraceLimit = 0;

const { devices } = readVectors("usb_cdc_acm") as { readonly devices: readonly ConfigurationVector[] };
const corpus = [
  ...devices.map(({ configuration_hex }) => configuration_hex),
  "80250000000008",
  "a1200000000002000300",
].map((each) => [...bytes(each)]);

const started = performance.now();
let accepted = 0;
for (let run = 0; run < runs; run += 1) {
  const random = randomOf(seed * 0x1_0000_0000 + run * 7919);
  const kind = run % 10;
  let input: Uint8Array;
  if (kind < 6) input = randomConfiguration(random);
  else if (kind < 9) input = mutate(corpus[random(corpus.length)]!, random);
  else input = Uint8Array.from({ length: random(64) }, () => random(256));
  const before = performance.now();
  try {
    if (exercise(input, random)) accepted += 1;
  } catch (error) {
    fail(run, input, error);
  }
  const tookMs = performance.now() - before;
  if (tookMs > LIMIT_MS) fail(run, input, new Error(`took ${Math.round(tookMs)} ms`));
  if ((run + 1) % 1_000_000 === 0 || run + 1 === runs) progress(run + 1);
}

function progress(done: number): void {
  const seconds = (performance.now() - started) / 1000;
  const memoryMb = Math.round(process.memoryUsage().rss / 2 ** 20);
  console.log(
    `${done} inputs in ${seconds.toFixed(0)} s: ${accepted} accepted, ${done - accepted} rejected, ${memoryMb} MB`,
  );
}

function fail(run: number, input: Uint8Array, error: unknown): never {
  console.error(`input ${run} of seed ${seed}: ${hex(input)}`);
  console.error(error);
  process.exit(1);
}

function positive(name: string, fallback: number): number {
  const value = Number(process.env[name] ?? fallback);
  if (Number.isSafeInteger(value) && value > 0) return value;
  console.error(`${name} must be a whole number above 0, not ${process.env[name]}.`);
  process.exit(1);
}
