import type { Refusal } from "@busbar/host";
import type { Command } from "commander";
import { keepReadingAll } from "../keep-all.ts";
import { keepApps } from "../keep-apps.ts";
import { appPrinter } from "../output/app-printer.ts";
import { Output, setExitCode } from "../output/output.ts";
import { showPictures } from "../output/pictures.ts";
import { readingLine, readingRecord } from "../readings.ts";
import { reloadOnEdit } from "../reload.ts";
import { runOnce } from "../run-once.ts";
import { chooseSensors, openSession, type Session } from "../session.ts";
import { everyOption, jsonOption, lockOption } from "./options.ts";

/** `busbar run`. */
export function addRun(program: Command): void {
  program
    .command("run")
    .summary("run the apps of a board; without apps, print every reading")
    .description(
      "Runs the apps of a board, for years if need be, and prints what they print. On a board without apps it keeps all " +
        "sensors open and prints one line a reading. What fails is reported and started again, after a wait that grows " +
        "from one second to one minute. An edit of the board file is taken over while it runs, as far as that can be done; " +
        "SIGHUP does the same. Ends at SIGINT or SIGTERM. With arguments after -- the board's one app is run once with " +
        "them.",
    )
    .argument("<board>", "the board file, or the folder of a bundle")
    .argument("[arguments...]", "after --: arguments of the app, after those of the board file")
    .addOption(everyOption())
    .addOption(lockOption())
    .addOption(jsonOption())
    .action(
      async (
        path: string,
        appArguments: string[],
        { every, json = false, lock }: { every: number; json?: boolean; lock?: string },
      ) => {
        await run(path, appArguments, every, new Output(json), lock);
      },
    );
}

async function run(
  path: string,
  appArguments: readonly string[],
  everyMs: number,
  output: Output,
  lock: string | undefined,
): Promise<void> {
  await using session = await openSession(path, output, { lock });
  if (appArguments.length > 0) return await runOnce(session, path, appArguments, output);
  await using _ = await showPictures(output, session.pictures);
  if (appsOf(session).length > 0) await runApps(session, path, output);
  else await printReadings(session, path, everyMs, output);
}

async function runApps(session: Session, path: string, output: Output): Promise<void> {
  const apps = appsOf(session);
  using _ = reloadOnEdit({ path, session, output });
  // An app that opens one of them looks again.
  for (const { name: device, error } of refusedDevices(session)) {
    output.error(error, { name: device, record: { device } });
  }
  const failed = await keepApps({
    session,
    apps,
    printerOf: (app) => appPrinter(output, app, apps.length > 1),
    onFailure: (app, error, retryMs) => output.failure(error, { app }, retryMs),
    onGivenUp: (app, error) => output.failure(error, { app }, null),
  });
  setExitCode([...failed, ...refusedDevices(session).map(({ error }) => error)]);
}

/** All apps of the board: one that is refused is told of when it is to run. */
function appsOf({ board }: Session): string[] {
  return Object.keys(board.board.apps);
}

function refusedDevices({ board }: Session): readonly Refusal[] {
  return board.refused.filter(({ place }) => place === "devices");
}

async function printReadings(session: Session, path: string, everyMs: number, output: Output): Promise<void> {
  const sensors = chooseSensors(session.board, path, []);
  const failed = await keepReadingAll({
    session,
    sensors,
    everyMs,
    follow: (listener) => reloadOnEdit({ path, session, output, listener }),
    onGivenUp: (device, error) => output.failure(error, { device }, null),
    onAttempt: (device, attempt) => {
      if (attempt.kind === "failure") {
        output.failure(attempt.error, { device }, attempt.retryMs);
        return;
      }
      const { sensor, reading } = attempt;
      const time = new Date();
      if (output.json) output.record(readingRecord(sensor, reading, time));
      else output.line(readingLine(sensor, reading, time.toISOString()));
    },
  });
  setExitCode(failed);
}
