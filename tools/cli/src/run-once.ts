import { HostError } from "@busbar/host";
import { LineBuffer } from "./keep-apps.ts";
import type { Output } from "./output/output.ts";
import { printable } from "./output/printable.ts";
import type { Session } from "./session.ts";
import { stopOnSignal } from "./stop.ts";

/**
 * Runs the one app of a board once, to its end, with more arguments. What it prints goes into a file or a pipe as it is;
 * to a terminal it goes as lines that are safe to show, and with `--json` as records.
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
  const [app] = board.apps;
  if (app === undefined || board.apps.length > 1) {
    const count = board.apps.length === 0 ? "no app" : "several apps";
    throw new HostError("board", `${path} has ${count}; arguments after -- are for a board with one.`);
  }
  using stop = stopOnSignal(() => void session[Symbol.asyncDispose]());
  const lines = new LineBuffer((line) => {
    if (output.json) output.record({ type: "output", time: new Date().toISOString(), app, line });
    else output.line(printable(line));
  });
  const errors = new LineBuffer((line) => {
    const record = { type: "output", time: new Date().toISOString(), app, line };
    output.notice(printable(line), record);
  });
  const asIs = !output.json && !process.stdout.isTTY;
  try {
    await board.run(app, {
      arguments: appArguments,
      output: (bytes) => (asIs ? void process.stdout.write(bytes) : lines.push(bytes)),
      errors: (bytes) => errors.push(bytes),
      signal: stop.signal,
    });
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    lines.end();
    errors.end();
  }
}
