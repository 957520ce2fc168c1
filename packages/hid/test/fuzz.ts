/// <reference types="node" />

/**
 * The long run: `pnpm --filter @busbar/hid fuzz`. Environment: BUSBAR_FUZZ_RUNS, how many inputs (12 million), and
 * BUSBAR_FUZZ_SEED. It stops at the first input that breaks a rule and prints it.
 */

import { readFileSync } from "node:fs";
import { exercise, mutate, type Random, randomItems, randomOf } from "./fuzz-inputs.ts";

const runs = positive("BUSBAR_FUZZ_RUNS", 12_000_000);
const seed = positive("BUSBAR_FUZZ_SEED", 1);
/** No input may take longer twice: once can be the machine's doing. */
const LIMIT_MS = 1_000;

const vectors = JSON.parse(
  readFileSync(new URL("vectors/hid_report_descriptors.json", import.meta.url), "utf8"),
) as {
  cases: { descriptor_hex: string }[];
};
const corpus = vectors.cases
  .map(({ descriptor_hex }) => [...Buffer.from(descriptor_hex, "hex")])
  .filter(({ length }) => length < 250);

const started = performance.now();
let accepted = 0;
let slowestMs = 0;
for (let run = 0; run < runs; run++) {
  const random = randomOf(seed * 0x1_0000_0000 + run * 7919);
  const input = Uint8Array.from(inputFor(run));
  const tookMs = timeOf(run, input, random);
  slowestMs = Math.max(slowestMs, tookMs);
  if (tookMs > LIMIT_MS && timeOf(run, input, random) > LIMIT_MS) {
    fail(run, input, new Error(`took more than ${LIMIT_MS} ms twice`));
  }
  if ((run + 1) % 1_000_000 === 0 || run + 1 === runs) progress(run + 1);

  function inputFor(index: number): number[] {
    const kind = index % 10;
    if (kind < 7) return randomItems(random);
    if (kind < 9) return mutate(corpus[random(corpus.length)]!, random);
    return Array.from({ length: random(64) }, () => random(256));
  }
}

function timeOf(run: number, input: Uint8Array, random: Random): number {
  const before = performance.now();
  try {
    if (exercise(input, random)) accepted++;
  } catch (error) {
    fail(run, input, error);
  }
  return performance.now() - before;
}

function progress(done: number): void {
  const seconds = (performance.now() - started) / 1000;
  const memoryMb = Math.round(process.memoryUsage().rss / 2 ** 20);
  console.log(
    `${done} inputs in ${seconds.toFixed(0)} s: ${accepted} accepted, ${done - accepted} rejected, ` +
      `slowest ${slowestMs.toFixed(1)} ms, ${memoryMb} MB`,
  );
}

function fail(run: number, input: Uint8Array, error: unknown): never {
  console.error(`input ${run} of seed ${seed}: ${Buffer.from(input).toString("hex")}`);
  console.error(error);
  process.exit(1);
}

function positive(name: string, fallback: number): number {
  const value = Number(process.env[name] ?? fallback);
  if (Number.isSafeInteger(value) && value > 0) return value;
  console.error(`${name} must be a whole number above 0, not ${process.env[name]}.`);
  process.exit(1);
}
