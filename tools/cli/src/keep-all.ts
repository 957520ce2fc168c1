import { type Attempt, keepReading } from "./kept-sensor.ts";
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
}

/**
 * Reads sensors side by side until each had its attempts, or a signal ends it: a slow sensor holds up no other.
 *
 * @throws what {@link keepReading} throws; the other sensors are closed first
 */
export async function keepReadingAll(options: KeepAllOptions): Promise<void> {
  const { session, sensors, everyMs, times, onAttempt } = options;
  using stop = stopOnSignal(() => void session[Symbol.asyncDispose]());
  const loops = sensors.map(async (name) => {
    const open = () => session.board.sensor(name);
    const { clock } = session;
    try {
      for await (const attempt of keepReading({ open, clock, everyMs, times, signal: stop.signal })) {
        onAttempt(name, attempt);
      }
    } catch (error) {
      stop.now();
      throw error;
    }
  });
  const results = await Promise.allSettled(loops);
  for (const result of results) if (result.status === "rejected") throw result.reason;
}
