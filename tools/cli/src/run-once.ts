import { HostError, type TakeInput } from "@busbar/host";
import { appErrorPrinter, appPrinter } from "./output/app-printer.ts";
import { type Output, setExitCode } from "./output/output.ts";
import { printReading } from "./readings.ts";
import type { Session } from "./session.ts";
import { stopOnSignal } from "./stop.ts";

/** What an app is run with. */
export interface OnceOptions {
  /** Arguments after those of the board file. */
  readonly arguments?: readonly string[];
  /** What it may read. */
  readonly input?: TakeInput;
}

/** The one app of a board. @throws HostError where it has none, or several */
export function oneApp({ board }: Session, path: string, why: string): string {
  const apps = Object.keys(board.board.apps);
  const [app] = apps;
  if (app !== undefined && apps.length === 1) return app;
  const count = apps.length === 0 ? "no app" : "several apps";
  throw new HostError("board", `${path} has ${count}; ${why} for a board with one.`);
}

/**
 * Runs apps side by side, each once and to its end. The exit code is that of the first that did not end well.
 *
 * @throws AppError or HostError, where it is one app that does not end well
 */
export async function runOnce(
  session: Session,
  apps: readonly string[],
  output: Output,
  options: OnceOptions = {},
): Promise<void> {
  using stop = stopOnSignal(() => void session[Symbol.asyncDispose]());
  const run = (app: string) => runApp(session, app, output, options, stop.signal, apps.length > 1);
  const [only] = apps;
  if (apps.length === 1) return await run(only!);
  const errors: unknown[] = [];
  await Promise.all(
    apps.map((app) =>
      run(app).catch((error: unknown) => {
        errors.push(error);
        output.error(error, { record: { app } });
      }),
    ),
  );
  setExitCode(errors);
}

async function runApp(
  { board }: Session,
  app: string,
  output: Output,
  options: OnceOptions,
  signal: AbortSignal,
  isAmong: boolean,
): Promise<void> {
  const printed = appPrinter(output, app, isAmong);
  const errors = appErrorPrinter(output, app);
  try {
    await board.run(app, {
      ...options,
      output: (bytes) => printed.print(bytes),
      errors: (bytes) => errors.print(bytes),
      signal,
    });
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    printed.end();
    errors.end();
  }
}

/** Prints one reading of each sensor. The exit code is that of the first that failed. */
export async function readOnce(
  { board }: Session,
  sensors: readonly string[],
  output: Output,
): Promise<void> {
  const errors: unknown[] = [];
  await Promise.all(
    sensors.map(async (device) => {
      try {
        const sensor = await board.sensor(device);
        printReading(output, sensor, await sensor.read());
      } catch (error) {
        errors.push(error);
        output.error(error, { record: { device } });
      }
    }),
  );
  setExitCode(errors);
}
