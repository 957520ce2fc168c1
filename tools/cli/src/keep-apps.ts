import { AppError, HostError } from "@busbar/host";
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
  /** Told of every run that begins, and of one that ended well. */
  onRun?(app: string, what: "running" | "ended"): void;
  /** Told of every failure, and of the wait until the app is run again. */
  onFailure(app: string, error: AppError | HostError, retryMs: number): void;
  /** Told of an app that is given up, because trying again cannot help; the others go on. */
  onGivenUp(app: string, error: HostError): void;
}

/**
 * Runs apps side by side until all have ended well, or a signal ends them. One that fails is run again after a wait
 * that grows from one second to one minute; one that is refused for good ends no other.
 *
 * @returns the errors of the apps that were given up
 */
export async function keepApps(options: KeepAppsOptions): Promise<readonly HostError[]> {
  const { session, apps, printerOf, onFailure, onGivenUp, onRun } = options;
  const givenUp: HostError[] = [];
  using stop = stopOnSignal(() => void session[Symbol.asyncDispose]());
  const { board, clock } = session;
  const results = await Promise.allSettled(
    apps.map(async (app) => {
      let backOffMs = firstBackOffMs;
      while (!stop.signal.aborted) {
        const startMs = clock.now();
        const printer = printerOf(app);
        onRun?.(app, "running");
        try {
          await board.run(app, { output: (bytes) => printer.print(bytes), signal: stop.signal });
          onRun?.(app, "ended");
          return;
        } catch (error) {
          if (stop.signal.aborted) return;
          if (error instanceof HostError && error.code !== "backend") {
            givenUp.push(error);
            onGivenUp(app, error);
            return;
          }
          if (!(error instanceof AppError || error instanceof HostError)) {
            stop.now();
            throw error;
          }
          if (clock.now() - startMs > healthyRunMs) backOffMs = firstBackOffMs;
          onFailure(app, error, backOffMs);
          await clock.sleep(backOffMs, stop.signal).catch(() => undefined);
          backOffMs = Math.min(backOffMs * 2, longestBackOffMs);
        } finally {
          printer.end();
        }
      }
    }),
  );
  for (const result of results) if (result.status === "rejected") throw result.reason;
  return givenUp;
}
