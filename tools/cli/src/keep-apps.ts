import { AppError } from "@busbar/host";
import type { AppPrinter } from "./output/app-printer.ts";
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
  /** Takes what one run of an app prints. */
  printerOf(app: string): AppPrinter;
  /** Told of every failure, and of the wait until the app is run again. */
  onFailure(error: AppError, retryMs: number): void;
}

/**
 * Runs apps side by side until all have ended well, or a signal ends them. One that fails is run again after a wait
 * that grows from one second to one minute.
 *
 * @throws HostError when an app does not start; the others are ended first
 */
export async function keepApps({ session, apps, printerOf, onFailure }: KeepAppsOptions): Promise<void> {
  using stop = stopOnSignal(() => void session[Symbol.asyncDispose]());
  const { board, clock } = session;
  const results = await Promise.allSettled(
    apps.map(async (app) => {
      let backOffMs = firstBackOffMs;
      while (!stop.signal.aborted) {
        const startMs = clock.now();
        const printer = printerOf(app);
        try {
          await board.run(app, { output: (bytes) => printer.print(bytes), signal: stop.signal });
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
          printer.end();
        }
      }
    }),
  );
  for (const result of results) if (result.status === "rejected") throw result.reason;
}
