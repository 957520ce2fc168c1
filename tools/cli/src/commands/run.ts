import type { Refusal } from "@busbar/host";
import type { Command } from "commander";
import { boardArgument, boardBeforeDashes } from "../board-argument.ts";
import { UsageError } from "../exit-codes.ts";
import { keepReadingAll } from "../keep-all.ts";
import { keepApps } from "../keep-apps.ts";
import type { Attempt } from "../kept-sensor.ts";
import { appPrinter } from "../output/app-printer.ts";
import { type Output, setExitCode } from "../output/output.ts";
import { showPictures } from "../output/pictures.ts";
import { showWait } from "../output/waiting.ts";
import { programInput } from "../program-input.ts";
import { printReading } from "../readings.ts";
import { Recoveries } from "../recovery.ts";
import { type ReloadListener, reloadOnEdit } from "../reload.ts";
import { oneApp, readOnce, runOnce } from "../run-once.ts";
import { type Care, takeCare } from "../service/care.ts";
import { chooseSensors, openSession, type Session, type SessionOptions } from "../session.ts";
import {
  complainOption,
  everyOption,
  healthOption,
  jsonOption,
  lockOption,
  logFormatOption,
  type OutputOptions,
  outputOf,
  recordOption,
} from "./options.ts";

interface RunOptions extends OutputOptions, SessionOptions {
  readonly every: number;
  readonly once?: boolean;
  readonly stdin?: boolean;
  readonly health?: string;
  readonly record?: string;
}

/** `busbar run`. */
export function addRun(program: Command): void {
  program
    .command("run")
    .summary("run the apps of a board; without apps, print every reading")
    .description(
      "Runs the apps of a board, for years if need be, and prints what they print. On a board without apps it keeps all " +
        "sensors open and prints one line a reading. What fails is reported and started again, after a wait that grows " +
        "from one second to one minute. An edit of the board file is taken over while it runs, as far as that can be done; " +
        "SIGHUP does the same, and takes drivers that were built anew. Ends at SIGINT or SIGTERM. With arguments after -- the " +
        "board's one app is run once with them; with --once every app is, or every sensor is read once. Started by systemd, it tells " +
        "that how it is.",
    )
    .addArgument(boardArgument())
    .argument("[arguments...]", "after --: arguments of the app, after those of the board file")
    .addOption(everyOption())
    .option(
      "--once",
      "run each app once and to its end, or print one reading of each sensor; the exit code tells how it went",
    )
    .option("--stdin", "once, as well, and let the board's one app read this command's standard input")
    .addOption(healthOption())
    .addOption(complainOption())
    .addOption(recordOption())
    .addOption(lockOption())
    .addOption(logFormatOption())
    .addOption(jsonOption())
    .action(async (_: string | undefined, __: string[], options: RunOptions, command: Command) => {
      const { path, rest } = boardBeforeDashes(command.args, process.argv.slice(2));
      const goesOn = rest.length === 0 && !options.once && !options.stdin;
      await run(path, rest, options, outputOf(options, goesOn));
    });
}

async function run(
  path: string,
  appArguments: readonly string[],
  options: RunOptions,
  output: Output,
): Promise<void> {
  await using session = await openSession(path, output, options);
  // One that is refused is told of when it is to run.
  const apps = Object.keys(session.board.board.apps);
  if (appArguments.length > 0 || options.once || options.stdin) {
    if (options.health !== undefined || options.record !== undefined) {
      throw new UsageError(
        "--health and --record are for a run that goes on; leave out --once, --stdin and what is after --.",
      );
    }
    if (appArguments.length > 0 || options.stdin) {
      const app = oneApp(session, path, options.stdin ? "--stdin is" : "arguments after -- are");
      using input = options.stdin ? programInput() : undefined;
      return await runOnce(session, [app], output, {
        arguments: appArguments,
        ...(input && { input: input.take }),
      });
    }
    if (apps.length > 0) return await runOnce(session, apps, output);
    return await readOnce(session, chooseSensors(session.board, path, []), output);
  }
  await using care = await takeCare(session, output, {
    ...options,
    ...(apps.length === 0 && { everyMs: options.every }),
  });
  await using _ = await showPictures(output, session.pictures);
  if (apps.length > 0) await runApps(session, apps, path, output, care);
  else await printReadings(session, path, options.every, output, care);
}

async function runApps(
  session: Session,
  apps: readonly string[],
  path: string,
  output: Output,
  care: Care,
): Promise<void> {
  const { onReload } = care;
  using _ = reloadOnEdit({ path, session, output, onReload, listener: followed(care) });
  // An app that opens one of them looks again.
  for (const { name: device, error } of refusedDevices(session)) {
    output.error(error, { name: device, record: { device } });
  }
  const running = keepApps({
    session,
    apps,
    printerOf: (app) => appPrinter(output, app, apps.length > 1),
    onRun: (app, what) => care.health.app(app, what),
    onFailure: (app, error, retryMs) => {
      care.health.app(app, "failing", error);
      output.failure(error, { app }, retryMs);
    },
    onGivenUp: (app, error) => {
      care.health.app(app, "refused", error);
      output.failure(error, { app }, null);
    },
  });
  // Not before it can be told to stop.
  care.ready();
  const failed = await running;
  setExitCode([...failed, ...refusedDevices(session).map(({ error }) => error)]);
}

function refusedDevices({ board }: Session): readonly Refusal[] {
  return board.refused.filter(({ place }) => place === "devices");
}

async function printReadings(
  session: Session,
  path: string,
  everyMs: number,
  output: Output,
  care: Care,
): Promise<void> {
  const sensors = chooseSensors(session.board, path, []);
  const recoveries = new Recoveries(output, session.clock);
  for (const device of sensors) care.expect(device);
  using wait = showWait(output, () => `waiting for ${sensors.join(", ")}`);
  const running = keepReadingAll({
    session,
    sensors,
    everyMs,
    follow: (listener) =>
      reloadOnEdit({
        path,
        session,
        output,
        onReload: care.onReload,
        listener: followed(care, listener, recoveries),
      }),
    onGivenUp: (device, error) => {
      care.givenUp(device, error);
      output.failure(error, { device }, null);
    },
    onAttempt: (device, attempt) => {
      wait[Symbol.dispose]();
      care.attempt(device, attempt);
      recoveries.attempt(device, attempt);
      printAttempt(device, attempt, output);
    },
  });
  // Not before it can be told to stop.
  care.ready();
  setExitCode(await running);
}

/** What is kept of devices has to begin anew with them. */
function followed(care: Care, listener?: ReloadListener, recoveries?: Recoveries): ReloadListener {
  return {
    changing: (change) => {
      care.changing(change);
      for (const device of [...change.replaced, ...change.removed]) recoveries?.forget(device);
      listener?.changing(change);
    },
    changed: (change) => {
      care.changed(change);
      listener?.changed(change);
    },
  };
}

function printAttempt(device: string, attempt: Attempt, output: Output): void {
  if (attempt.kind === "failure") {
    output.failure(attempt.error, { device }, attempt.retryMs);
    return;
  }
  printReading(output, attempt.sensor, attempt.reading);
}
