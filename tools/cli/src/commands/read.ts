import type { Reading, Sensor } from "@busbar/host";
import type { Command } from "commander";
import { boardArgument, namedBoard } from "../board-argument.ts";
import { UsageError } from "../exit-codes.ts";
import { formatValue, labelOf, unitOf } from "../output/number.ts";
import { describeError, type Output, setExitCode, style } from "../output/output.ts";
import { columns } from "../output/table.ts";
import { showWait } from "../output/waiting.ts";
import { closeQuietly, readingRecord, whatAndWhere } from "../readings.ts";
import { chooseSensors, openSession, type Session, type SessionOptions } from "../session.ts";
import {
  complainOption,
  jsonOption,
  lockOption,
  logFormatOption,
  type OutputOptions,
  outputOf,
} from "./options.ts";

interface ReadOptions extends OutputOptions, SessionOptions {}

/** `busbar read`. */
export function addRead(program: Command): void {
  program
    .command("read")
    .summary("one reading of every sensor, or of one")
    .description("Reads every sensor of a board once, or one of them.")
    .addArgument(boardArgument())
    .argument("[device]", "a device of the board; without it all sensors")
    .addOption(lockOption())
    .addOption(complainOption())
    .addOption(logFormatOption())
    .addOption(jsonOption())
    .action(async (_: unknown, __: unknown, options: ReadOptions, { args }: Command) => {
      const { path, rest } = namedBoard(args);
      if (rest.length > 1) throw new UsageError("read takes one device; without one it reads all.");
      await read(path, rest, outputOf(options, false), options);
    });
}

async function read(
  path: string,
  names: readonly string[],
  output: Output,
  options: SessionOptions,
): Promise<void> {
  await using session = await openSession(path, output, options);
  const sensors = chooseSensors(session.board, path, names);
  // One slow or broken sensor must not keep the others from being read.
  const pending = new Set(sensors);
  const results = await awaited(output, pending, () =>
    sensors.map((name) => readOne(session, name).finally(() => pending.delete(name))),
  );
  const read = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const errors = results.flatMap((result, index) => {
    return result.status === "rejected" ? [{ device: sensors[index]!, error: result.reason as unknown }] : [];
  });

  if (output.json) {
    output.document({
      readings: read.map(({ sensor, reading, time }) => readingRecord(sensor, reading, time)),
      errors: errors.map(({ device, error }) => ({ ...describeError(error).record, device })),
    });
  } else if (read.length > 0) {
    output.block(read.map((each) => describe(each, session)).join("\n\n"));
  }
  for (const { device, error } of errors) output.error(error, { record: { device } });
  setExitCode(errors.map(({ error }) => error));
}

/** On a terminal a long wait says whom it is for. */
async function awaited<Value>(
  output: Output,
  pending: ReadonlySet<string>,
  begin: () => Promise<Value>[],
): Promise<PromiseSettledResult<Value>[]> {
  using _ = showWait(output, () => `waiting for ${[...pending].join(", ")}`);
  return await Promise.allSettled(begin());
}

interface Result {
  readonly sensor: Sensor;
  readonly reading: Reading;
  readonly time: Date;
}

async function readOne({ board }: Session, name: string): Promise<Result> {
  const sensor = await board.sensor(name);
  try {
    return { sensor, reading: await sensor.read(), time: new Date() };
  } finally {
    await closeQuietly(sensor);
  }
}

function describe({ sensor, reading }: Result, session: Session): string {
  const rows = sensor.channels.map((channel) => [
    `  ${labelOf(channel)}`,
    style("bold", formatValue(channel, reading[channel.label])),
    unitOf(channel),
  ]);
  const title = `${style("bold", sensor.name)}  ${whatAndWhere(sensor, session.wiringOf(sensor.name))}`;
  return [title, ...(rows.length > 0 ? [columns(rows, ["left", "right", "left"])] : [])].join("\n");
}
