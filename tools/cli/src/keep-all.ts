import { DeviceError, HostError } from "@busbar/host";
import { type Attempt, keepReading, mayPass } from "./kept-sensor.ts";
import type { ReloadListener } from "./reload.ts";
import { type Session, sensorsOf } from "./session.ts";
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
  /** Told of a sensor that is given up, because trying again cannot help; the others are read on. */
  onGivenUp(name: string, error: DeviceError | HostError): void;
  /** Begins to tell of changes of the board; disposing the result ends that. */
  follow?(listener: ReloadListener): Disposable;
}

/**
 * Reads sensors side by side until each had its attempts, or a signal ends it: neither a slow sensor nor one that fails holds up
 * another. One that follows its board goes on until a signal, or until every sensor was given up.
 *
 * @returns the errors of the sensors that were given up or, there from the start, never worked; in the order in which they
 *   failed first
 */
export async function keepReadingAll(options: KeepAllOptions): Promise<readonly (DeviceError | HostError)[]> {
  const { session, everyMs, times, onAttempt, onGivenUp } = options;
  const { board, clock } = session;
  using stop = stopOnSignal(() => void session[Symbol.asyncDispose]());
  const ends = new Map<string, AbortController>();
  const running = new Set<Promise<void>>();
  const failed = new Map<string, DeviceError | HostError>();
  const bugs: unknown[] = [];

  /** What was refused for good is not looked at again and again; after an edit everything may pass. */
  const mayPassHere = (error: DeviceError | HostError) =>
    mayPass(error) && !(error.code === "component" && board.refused.some((each) => each.error === error));
  const keep = async (name: string, end: AbortController, patient: boolean) => {
    const signal = AbortSignal.any([stop.signal, end.signal]);
    const open = () => board.sensor(name);
    const passes = patient ? () => true : mayPassHere;
    let worked = false;
    try {
      for await (const attempt of keepReading({ open, clock, everyMs, times, signal, mayPass: passes })) {
        worked ||= attempt.kind === "reading";
        if (worked) failed.delete(name);
        else if (attempt.kind === "failure" && !patient) failed.set(name, attempt.error);
        onAttempt(name, attempt);
      }
    } catch (error) {
      if (error instanceof DeviceError || error instanceof HostError) {
        failed.set(name, error);
        onGivenUp(name, error);
      } else bugs.push(error);
      // The last one: nothing is left to go on with.
      if (running.size === 1 || bugs.length > 0) stop.now();
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
        failed.delete(name);
        ends.get(name)?.abort();
        ends.delete(name);
      }
    },
    changed: ({ replaced, added }) => {
      const sensors = sensorsOf(board);
      for (const name of [...replaced, ...added]) if (sensors.includes(name)) begin(name, true);
    },
  });
  // An edit may end all of them, and the next one begin new ones.
  if (options.follow !== undefined) await aborted(stop.signal);
  while (running.size > 0) await Promise.all(running);
  if (bugs.length > 0) throw bugs[0];
  return [...failed.values()];
}

/** Waits for a signal, and keeps the process alive for that time. */
async function aborted(signal: AbortSignal): Promise<void> {
  const alive = setInterval(() => undefined, 60_000);
  if (!signal.aborted)
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  clearInterval(alive);
}
