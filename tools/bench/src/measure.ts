import { readFileSync } from "node:fs";

/** What a process has resident, in bytes. Linux: proc_pid_status(5), VmRSS. */
export function residentBytesOf(pid: number | "self"): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) * 1024;
}

/**
 * What a process has resident, in bytes, with a page that is mapped several times counted once: what the machine has to
 * have for it. Linux: proc_pid_smaps(5), Pss.
 */
export function proportionalBytesOf(pid: number | "self"): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))![1]) * 1024;
}

/** The middle of a list of numbers; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * The medians of a figure that is taken in several ways, in turns, so that a machine that gets slower or faster meanwhile does so
 * for all of them. The first turn warms what is cached, and does not count.
 */
export async function mediansInTurns<Way extends string>(
  ways: readonly Way[],
  turns: number,
  take: (way: Way) => number | Promise<number>,
): Promise<Record<Way, number>> {
  const taken = Object.fromEntries(ways.map((way) => [way, [] as number[]])) as Record<Way, number[]>;
  for (let turn = -1; turn < turns; turn += 1) {
    for (const way of ways) {
      const figure = await take(way);
      if (turn >= 0) taken[way].push(figure);
    }
  }
  return Object.fromEntries(ways.map((way) => [way, median(taken[way])])) as Record<Way, number>;
}

/** A number for a person: three digits, and all that come before the point. */
export function shown(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** What one way of doing something cost. */
export interface Cost {
  /** Median time of one repetition, in microseconds. */
  readonly wallUs: number;
  /** Median processor time of one repetition, in microseconds: the figure to trust on a busy machine. */
  readonly processorUs: number;
}

/**
 * Measures several ways of doing the same thing in turns, so that a machine that gets slower or faster meanwhile
 * does so for all of them.
 *
 * @param ways each runs once when it is called
 * @param rounds how many turns; the medians are over these
 * @param repetitions how many runs make up one turn
 */
export async function alternate<Way extends string>(
  ways: Readonly<Record<Way, () => unknown>>,
  rounds: number,
  repetitions: number,
): Promise<Record<Way, Cost>> {
  const names = Object.keys(ways) as Way[];
  const walls = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Way, number[]>;
  const processors = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Way, number[]>;
  // The first round warms up and does not count.
  for (let round = -1; round < rounds; round += 1) {
    for (const name of names) {
      const run = ways[name];
      const processor = process.cpuUsage();
      const start = performance.now();
      for (let repetition = 0; repetition < repetitions; repetition += 1) {
        const result = run();
        if (result instanceof Promise) await result;
      }
      const wallUs = ((performance.now() - start) * 1000) / repetitions;
      const { user, system } = process.cpuUsage(processor);
      if (round < 0) continue;
      walls[name].push(wallUs);
      processors[name].push((user + system) / repetitions);
    }
  }
  return Object.fromEntries(
    names.map((name) => [name, { wallUs: median(walls[name]), processorUs: median(processors[name]) }]),
  ) as Record<Way, Cost>;
}
