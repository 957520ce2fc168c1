import { HostError } from "@busbar/host";
import { appErrorPrinter, appPrinter } from "./output/app-printer.ts";
import type { Output } from "./output/output.ts";
import type { Session } from "./session.ts";
import { stopOnSignal } from "./stop.ts";

/**
 * Runs the one app of a board once, to its end, with more arguments.
 *
 * @throws HostError where the board has no app, or several; AppError when it ends with an error
 */
export async function runOnce(
  session: Session,
  path: string,
  appArguments: readonly string[],
  output: Output,
): Promise<void> {
  const { board } = session;
  const apps = Object.keys(board.board.apps);
  const [app] = apps;
  if (app === undefined || apps.length > 1) {
    const count = apps.length === 0 ? "no app" : "several apps";
    throw new HostError("board", `${path} has ${count}; arguments after -- are for a board with one.`);
  }
  using stop = stopOnSignal(() => void session[Symbol.asyncDispose]());
  const printed = appPrinter(output, app);
  const errors = appErrorPrinter(output, app);
  try {
    await board.run(app, {
      arguments: appArguments,
      output: (bytes) => printed.print(bytes),
      errors: (bytes) => errors.print(bytes),
      signal: stop.signal,
    });
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    printed.end();
    errors.end();
  }
}
