import { type Attempt, keepReading } from "./kept-sensor.ts";
import type { ReloadListener } from "./reload.ts";
import type { Session } from "./session.ts";
import { stopOnSignal } from "./stop.ts";

/** What to read, how often, and who is told. */
export interface KeepAllOptions {
  readonly session: Session;
  readonly sensors: readonly string[];
  readonly everyMs: number;
  /** Attempts of each sensor; without end where it is undefined. */
  readonly times?: number | undefined;
  /** Told of every attempt, as they come. */
  onAttempt(name: string, attempt: Attempt): void;
  /** Begins to tell of changes of the board; disposing the result ends that. */
  follow?(listener: ReloadListener): Disposable;
}

/**
 * Reads sensors side by side until each had its attempts, or a signal ends it: a slow sensor holds up no other. One that
 * follows its board goes on until a signal.
 *
 * @throws what {@link keepReading} throws; the other sensors are closed first
 */
export async function keepReadingAll(options: KeepAllOptions): Promise<void> {
  const { session, everyMs, times, onAttempt } = options;
  const { board, clock } = session;
  using stop = stopOnSignal(() => void session[Symbol.asyncDispose]());
  const ends = new Map<string, AbortController>();
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];

  const keep = async (name: string, end: AbortController, patient: boolean) => {
    const signal = AbortSignal.any([stop.signal, end.signal]);
    const open = () => board.sensor(name);
    try {
      for await (const attempt of keepReading({ open, clock, everyMs, times, signal, patient })) {
        onAttempt(name, attempt);
      }
    } catch (error) {
      stop.now();
      failures.push(error);
    }
  };
  const begin = (name: string, patient: boolean) => {
    const end = new AbortController();
    ends.set(name, end);
    const loop = keep(name, end, patient).finally(() => running.delete(loop));
    running.add(loop);
  };

  for (const name of options.sensors) begin(name, false);
  using _ = options.follow?.({
    changing: ({ replaced, removed }) => {
      for (const name of [...replaced, ...removed]) {
        ends.get(name)?.abort();
        ends.delete(name);
      }
    },
    changed: ({ replaced, added }) => {
      const sensors = board.devices.filter(({ kind }) => kind === "sensor").map(({ name }) => name);
      for (const name of [...replaced, ...added]) if (sensors.includes(name)) begin(name, true);
    },
  });
  // An edit may end all of them, and the next one begin new ones.
  if (options.follow !== undefined) await aborted(stop.signal);
  while (running.size > 0) await Promise.all(running);
  if (failures.length > 0) throw failures[0];
}

/** Waits for a signal, and keeps the process alive for that time. */
async function aborted(signal: AbortSignal): Promise<void> {
  const alive = setInterval(() => undefined, 60_000);
  if (!signal.aborted)
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  clearInterval(alive);
}
