import { readFileSync } from "node:fs";
import type { WrittenEntry } from "@busbar/host";
import { leastEntry } from "@busbar/host/grants";
import { isBundle, readBoard } from "@busbar/host-node";
import type { Command } from "commander";
import { boardArgument, namedBoard } from "../board-argument.ts";
import { UsageError } from "../exit-codes.ts";
import { keepReadingAll } from "../keep-all.ts";
import { keepApps } from "../keep-apps.ts";
import { type Output, setExitCode } from "../output/output.ts";
import { chooseSensors, openSession, type Session } from "../session.ts";
import { readUses, type Uses } from "../use-record.ts";
import {
  everyOption,
  jsonOption,
  logFormatOption,
  type OutputOptions,
  outputOf,
  wholeNumber,
} from "./options.ts";

interface GrantsOptions extends OutputOptions {
  readonly record?: string;
  readonly times: number;
  readonly every: number;
}

/** `busbar grants`. */
export function addGrants(program: Command): void {
  program
    .command("grants")
    .summary("the least entries of a board, out of what a run in complain mode needed")
    .description(
      'Prints the "devices" of a board with the least that was needed of each: direction, length, interfaces, and what else was ' +
        'used. Takes what "busbar run --complain --record FILE" recorded; without a record it runs the board in complain mode itself: ' +
        "its apps until they end or Ctrl-C, or so many readings of every sensor. What was not used stays as it is, and is named. " +
        "Changes no file.",
    )
    .addArgument(boardArgument())
    .option("--record <file>", "what a run recorded, in place of a run")
    .option(
      "--times <n>",
      "without a record: so many readings of each sensor",
      wholeNumber(1, 1_000_000_000),
      10,
    )
    .addOption(everyOption())
    .addOption(logFormatOption())
    .addOption(jsonOption())
    .action(async (board: string | undefined, options: GrantsOptions) => {
      const { path } = namedBoard(board === undefined ? [] : [board]);
      if (isBundle(path)) {
        throw new UsageError("a bundle is not edited; name the board file that it was made from.");
      }
      await grants(path, options, outputOf(options, options.record === undefined));
    });
}

/** What of a board file has grants, as it is written. */
interface Written {
  readonly bridges?: Readonly<Record<string, WrittenEntry>>;
  readonly devices: Readonly<Record<string, WrittenEntry>>;
}

async function grants(path: string, options: GrantsOptions, output: Output): Promise<void> {
  readBoard(path);
  const { record } = options;
  const uses = record === undefined ? await runFor(path, options, output) : readUses(record);
  if (uses === undefined) {
    throw new UsageError(
      `there is no record ${record}; make it with "busbar run ${path} --complain --record ${record}".`,
    );
  }
  const { bridges: ofBridges = {}, devices: ofDevices } = JSON.parse(readFileSync(path, "utf8")) as Written;
  const nothing = { transactionsPerSecond: 0 };
  const leastOf = (written: Written["devices"]) =>
    Object.fromEntries(
      Object.entries(written).map(([name, entry]) => [name, leastEntry(entry, uses.get(name) ?? nothing)]),
    );
  const isBridged = Object.keys(ofBridges).length > 0;
  const least = { ...(isBridged && { bridges: leastOf(ofBridges) }), devices: leastOf(ofDevices) };
  const unused = Object.keys({ ...ofBridges, ...ofDevices }).filter((name) => {
    const { transactionsPerSecond: _, ...ofBuses } = uses.get(name) ?? nothing;
    return Object.keys(ofBuses).length === 0;
  });
  if (output.json) output.document({ ...least, unused });
  else output.block(JSON.stringify(least, null, 2));
  if (unused.length > 0 && !output.json) {
    output.info(`nothing was recorded of ${unused.join(", ")}, which stays as it is.`, {
      type: "unused",
      devices: unused,
    });
  }
}

/** Runs the board as long as it takes, and tells what its devices needed. */
async function runFor(path: string, { times, every: everyMs }: GrantsOptions, output: Output): Promise<Uses> {
  await using session = await openSession(path, output, { complain: true });
  const apps = Object.keys(session.board.board.apps);
  if (apps.length > 0) await runApps(session, apps, output);
  else {
    const failed = await keepReadingAll({
      ...{ session, sensors: chooseSensors(session.board, path, []), everyMs, times },
      onAttempt: (device, attempt) => {
        if (attempt.kind === "failure") output.failure(attempt.error, { device }, attempt.retryMs);
      },
      onGivenUp: (device, error) => output.failure(error, { device }, null),
    });
    setExitCode(failed);
  }
  return session.board.uses;
}

/** What apps print goes nowhere: stdout is for the entries. */
async function runApps(session: Session, apps: readonly string[], output: Output): Promise<void> {
  const failed = await keepApps({
    session,
    apps,
    printerOf: () => ({ print: () => undefined, end: () => undefined }),
    onFailure: (app, error, retryMs) => output.failure(error, { app }, retryMs),
    onGivenUp: (app, error) => output.failure(error, { app }, null),
  });
  setExitCode(failed);
}
