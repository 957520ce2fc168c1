import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { addBuild } from "./commands/build.ts";
import { addCall } from "./commands/call.ts";
import { addCompose } from "./commands/compose.ts";
import { addDevices } from "./commands/devices.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addInspect } from "./commands/inspect.ts";
import { addNew } from "./commands/new.ts";
import { addPublish } from "./commands/publish.ts";
import { addPull } from "./commands/pull.ts";
import { addRead } from "./commands/read.ts";
import { addRun } from "./commands/run.ts";
import { addScan } from "./commands/scan.ts";
import { addSchema } from "./commands/schema.ts";
import { addWatch } from "./commands/watch.ts";
import { exitCodeOf, exitCodes, UsageError } from "./exit-codes.ts";
import { startAgainFor } from "./more-addresses.ts";
import { describeError, Output } from "./output/output.ts";
import { printableMessage } from "./output/printable.ts";
import { type Screen, stderr, stdout } from "./output/screen.ts";

/**
 * Runs the command line. Sets `process.exitCode`, so that what is still to be written is written.
 *
 * @param args without node and the script
 */
export async function runProgram(args: readonly string[]): Promise<void> {
  takeOverWarnings(new Output(args.includes("--json")));
  // A reader that went away (busbar read | head) is a normal end.
  stdout.onGone = () => process.exit();
  try {
    await createProgram().parseAsync(args, { from: "user" });
  } catch (thrown) {
    const error = thrown instanceof CommanderError ? usageError(thrown) : thrown;
    if (error === undefined) return;
    startAgainFor(error);
    // A usage error can come before the options are known.
    new Output(args.includes("--json")).error(error);
    process.exitCode = describeError(error).record.exitCode;
  }
}

/** What Node itself says, and bugs: in the form of everything else. */
function takeOverWarnings(output: Output): void {
  // Without the listener that is there, somebody wants no warnings.
  if (process.listenerCount("warning") > 0) {
    process.removeAllListeners("warning").on("warning", ({ name, message }) => {
      output.info(printableMessage(`${name}: ${message}`), { type: "warning", ...{ name, message } });
    });
  }
  process.on("uncaughtException", (error) => {
    output.error(error);
    process.exit(exitCodeOf("unexpected"));
  });
}

function print(screen: Screen, text: string): void {
  for (const line of text.trimEnd().split("\n")) screen.line(line);
}

function createProgram(): Command {
  const program = new Command("busbar")
    .description("Hardware drivers as sandboxed WebAssembly components.")
    .version(readVersion(), "--version", "print the version")
    .helpOption("--help", "print help")
    .helpCommand("help [command]", "print help for a command")
    .addHelpText("after", `\nExit codes:\n${exitCodeHelp()}`)
    .exitOverride()
    // Usage errors are written by `runProgram`, in the form of all errors.
    .configureOutput({
      writeOut: (text) => print(stdout, text),
      writeErr: (text) => print(stderr, text),
      outputError: () => undefined,
    });
  for (const add of [
    addRead,
    addWatch,
    addRun,
    addNew,
    addCall,
    addBuild,
    addCompose,
    addScan,
    addDevices,
    addInspect,
    addPublish,
    addPull,
    addDoctor,
    addSchema,
  ]) {
    add(program);
  }
  return program;
}

/** Commander's error as ours; undefined where it only printed help or the version. */
function usageError(error: CommanderError): UsageError | undefined {
  if (error.exitCode === 0) return undefined;
  if (error.code === "commander.help") return new UsageError("name a command; the list is above.");
  const text = error.message
    .replace(/^error: /, "")
    .replaceAll("\n", " ")
    .replace(/[.]$/, "");
  return new UsageError(`${text}; see "busbar --help".`, { cause: error });
}

function exitCodeHelp(): string {
  return exitCodes.map(({ exitCode, meaning }) => `  ${exitCode}  ${meaning}`).join("\n");
}

function readVersion(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
