import { AppError } from "@busbar/host";
import type { Session } from "./session.ts";
import { stopOnSignal } from "./stop.ts";

/** The first wait before an app that failed is run again; it doubles with each failure. */
const firstBackOffMs = 1_000;
const longestBackOffMs = 60_000;
/** A run this long shows that the app works: the next failure starts the wait anew. */
const healthyRunMs = 60_000;

/** Which apps to keep running, and who is told. */
export interface KeepAppsOptions {
  readonly session: Session;
  readonly apps: readonly string[];
  /** Told of every line that an app prints, without its end. */
  onLine(app: string, line: string): void;
  /** Told of every failure, and of the wait until the app is run again. */
  onFailure(error: AppError, retryMs: number): void;
}

/**
 * Runs apps side by side until all have ended well, or a signal ends them. One that fails is run again after a wait
 * that grows from one second to one minute.
 *
 * @throws HostError when an app does not start; the others are ended first
 */
export async function keepApps({ session, apps, onLine, onFailure }: KeepAppsOptions): Promise<void> {
  using stop = stopOnSignal(() => void session[Symbol.asyncDispose]());
  const { board, clock } = session;
  const results = await Promise.allSettled(
    apps.map(async (app) => {
      let backOffMs = firstBackOffMs;
      while (!stop.signal.aborted) {
        const startMs = clock.now();
        const lines = new LineBuffer((line) => onLine(app, line));
        try {
          await board.run(app, { output: (bytes) => lines.push(bytes), signal: stop.signal });
          return;
        } catch (error) {
          if (stop.signal.aborted) return;
          if (!(error instanceof AppError)) {
            stop.now();
            throw error;
          }
          if (clock.now() - startMs > healthyRunMs) backOffMs = firstBackOffMs;
          onFailure(error, backOffMs);
          await clock.sleep(backOffMs, stop.signal).catch(() => undefined);
          backOffMs = Math.min(backOffMs * 2, longestBackOffMs);
        } finally {
          lines.end();
        }
      }
    }),
  );
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

/** Makes lines of an app's bytes; one that never ends its line is cut, so that it cannot take all memory. */
export class LineBuffer {
  readonly #decoder = new TextDecoder();
  readonly #onLine: (line: string) => void;
  #rest = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(bytes: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#onLine(line);
    if (this.#rest.length > 4096) this.end();
  }

  /** What is left is a line too. */
  end(): void {
    if (this.#rest !== "") this.#onLine(this.#rest);
    this.#rest = "";
  }
}
