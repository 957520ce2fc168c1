import type { Command } from "commander";
import { keepReadingAll } from "../keep-all.ts";
import { Output } from "../output/output.ts";
import { readingLine, readingRecord } from "../readings.ts";
import { chooseSensors, openSession } from "../session.ts";
import { everyOption, jsonOption } from "./options.ts";

/** `busbar run`. */
export function addRun(program: Command): void {
  program
    .command("run")
    .summary("keep all devices open, print every reading")
    .description(
      "Keeps all devices of a board open, for years if need be, and prints one line a reading. A device that fails is " +
        "reported and opened again, after a wait that grows from one second to one minute. Ends at SIGINT or SIGTERM.",
    )
    .argument("<board>", "the board file")
    .addOption(everyOption())
    .addOption(jsonOption())
    .action(async (path: string, { every, json = false }: { every: number; json?: boolean }) => {
      await run(path, every, new Output(json));
    });
}

async function run(path: string, everyMs: number, output: Output): Promise<void> {
  await using session = await openSession(path, output);
  const sensors = chooseSensors(session.board, path, []);
  await keepReadingAll({
    session,
    sensors,
    everyMs,
    onAttempt: (_name, attempt) => {
      if (attempt.kind === "failure") {
        const { error, retryMs } = attempt;
        output.error(error, { text: ` (trying again in ${retryMs / 1000} s)`, record: { retryMs } });
        return;
      }
      const { sensor, reading } = attempt;
      const time = new Date();
      if (output.json) output.record(readingRecord(sensor, reading, time));
      else output.line(readingLine(sensor, reading, time.toISOString()));
    },
  });
}
