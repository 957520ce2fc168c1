import type { Command } from "commander";
import { exitCodeOf } from "../exit-codes.ts";
import { keepReadingAll } from "../keep-all.ts";
import type { Attempt } from "../kept-sensor.ts";
import { Output, setExitCode } from "../output/output.ts";
import {
  jsonPresenter,
  linePresenter,
  livePresenter,
  type WatchPresenter,
} from "../output/watch-presenter.ts";
import { WatchView, type WatchViewOptions } from "../output/watch-view.ts";
import { chooseSensors, openSession, type Session } from "../session.ts";
import { everyOption, jsonOption, lockOption, wholeNumber } from "./options.ts";

interface WatchOptions {
  readonly every: number;
  readonly times?: number;
  readonly minutes: number;
  /** False for --no-plot; true where neither was given. */
  readonly plot: boolean | readonly string[];
  readonly lock?: string;
  readonly json?: boolean;
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
    .argument("<board>", "the board file, or the folder of a bundle")
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
    .addOption(jsonOption())
    .action((path: string, devices: string[], options: WatchOptions) => watch(path, devices, options));
}

async function watch(path: string, names: readonly string[], options: WatchOptions): Promise<void> {
  const { every: everyMs, times, plot } = options;
  const output = new Output(options.json ?? false);
  await using session = await openSession(path, output, { lock: options.lock });
  const sensors = chooseSensors(session.board, path, names);
  const presenter = await choosePresenter(output, session, {
    title: path,
    devices: sensors.map((name) => ({ name, wiring: session.wiringOf(name) })),
    windowMs: options.minutes * 60_000,
    plots: plot === true ? undefined : plot === false ? [] : plot,
  });
  let failed = false;
  const onAttempt = (name: string, attempt: Attempt) => {
    failed ||= attempt.kind === "failure";
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
