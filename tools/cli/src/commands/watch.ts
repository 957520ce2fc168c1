import type { Command } from "commander";
import { boardArgument, namedBoard } from "../board-argument.ts";
import { exitCodeOf } from "../exit-codes.ts";
import { keepReadingAll } from "../keep-all.ts";
import type { Attempt } from "../kept-sensor.ts";
import { type Output, setExitCode } from "../output/output.ts";
import { showWait } from "../output/waiting.ts";
import {
  jsonPresenter,
  linePresenter,
  livePresenter,
  type WatchPresenter,
} from "../output/watch-presenter.ts";
import { WatchView, type WatchViewOptions } from "../output/watch-view.ts";
import { PlotNames } from "../plot-names.ts";
import { Recoveries } from "../recovery.ts";
import { chooseSensors, openSession, type Session, type SessionOptions } from "../session.ts";
import {
  complainOption,
  everyOption,
  jsonOption,
  lockOption,
  logFormatOption,
  type OutputOptions,
  outputOf,
  wholeNumber,
} from "./options.ts";

interface WatchOptions extends OutputOptions, SessionOptions {
  readonly every: number;
  readonly times?: number;
  readonly minutes: number;
  /** False for --no-plot; true where neither was given. */
  readonly plot: boolean | readonly string[];
}

/** `busbar watch`. */
export function addWatch(program: Command): void {
  program
    .command("watch")
    .summary("a live table of readings, and a plot of the last minutes")
    .description(
      "Shows readings as they come: in a terminal a table and plots, elsewhere one line a reading. Reads on when a " +
        "device fails.",
    )
    .addArgument(boardArgument())
    .argument("[devices...]", "devices of the board; without them all sensors")
    .addOption(everyOption())
    .option("--times <n>", "end after so many readings of each device", wholeNumber(1, 1_000_000_000))
    .option("--minutes <n>", "how far the plots go back", wholeNumber(1, 1440), 5)
    .option(
      "--plot <channels...>",
      'what to plot: "temperature", "indoor.temperature" (default: all that fit)',
    )
    .option("--no-plot", "only the table")
    .addOption(lockOption())
    .addOption(complainOption())
    .addOption(logFormatOption())
    .addOption(jsonOption())
    .action(async (_: unknown, __: unknown, options: WatchOptions, { args }: Command) => {
      const { path, rest } = namedBoard(args);
      await watch(path, rest, options);
    });
}

async function watch(path: string, names: readonly string[], options: WatchOptions): Promise<void> {
  const { every: everyMs, times, plot } = options;
  const output = outputOf(options, true);
  await using session = await openSession(path, output, options);
  const sensors = chooseSensors(session.board, path, names);
  const presenter = await choosePresenter(output, session, {
    title: path,
    devices: sensors.map((name) => ({ name, wiring: session.wiringOf(name) })),
    windowMs: options.minutes * 60_000,
    plots: plot === true ? undefined : plot === false ? [] : plot,
  });
  const misspelt = new PlotNames(plot, sensors);
  let failed = false;
  const recoveries = new Recoveries(output, session.clock);
  using wait = showWait(output, () => `waiting for ${sensors.join(", ")}`);
  const onAttempt = (name: string, attempt: Attempt) => {
    wait[Symbol.dispose]();
    failed ||= attempt.kind === "failure";
    recoveries.attempt(name, attempt);
    misspelt.check(name, attempt);
    presenter.attempt(name, attempt);
  };
  const onGivenUp = (name: string, error: unknown) => presenter.givenUp(name, error);
  try {
    setExitCode(await keepReadingAll({ session, sensors, everyMs, times, onAttempt, onGivenUp }));
  } finally {
    presenter.end();
  }
  if (failed && times !== undefined) process.exitCode ??= exitCodeOf("device");
}

async function choosePresenter(
  output: Output,
  { clock, wiringOf }: Session,
  options: WatchViewOptions,
): Promise<WatchPresenter> {
  if (output.json) return jsonPresenter(output);
  const view = new WatchView(options);
  return output.interactive
    ? livePresenter(output, view, clock)
    : linePresenter(output, view, clock, wiringOf);
}
