import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { addBuild } from "./commands/build.ts";
import { addBundle } from "./commands/bundle.ts";
import { addCall } from "./commands/call.ts";
import { addCompletion } from "./commands/completion.ts";
import { addCompose } from "./commands/compose.ts";
import { addDevices } from "./commands/devices.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addFlatten } from "./commands/flatten.ts";
import { addGrants } from "./commands/grants.ts";
import { addInspect } from "./commands/inspect.ts";
import { addNew } from "./commands/new.ts";
import { outputOf } from "./commands/options.ts";
import { addPublish } from "./commands/publish.ts";
import { addPull } from "./commands/pull.ts";
import { addRead } from "./commands/read.ts";
import { addRun } from "./commands/run.ts";
import { addScan } from "./commands/scan.ts";
import { addSchema } from "./commands/schema.ts";
import { addStatus } from "./commands/status.ts";
import { addWatch } from "./commands/watch.ts";
import { exitCodeOf, exitCodes, UsageError } from "./exit-codes.ts";
import { startAgainFor } from "./more-addresses.ts";
import { describeError, type Output } from "./output/output.ts";
import { printableMessage } from "./output/printable.ts";
import { type Screen, stderr, stdout } from "./output/screen.ts";

/**
 * Runs the command line. Sets `process.exitCode`, so that what is still to be written is written.
 *
 * @param args without node and the script
 * @param bundle the folder of the bundle that this is the command of
 */
export async function runProgram(args: readonly string[], bundle?: string): Promise<void> {
  takeOverWarnings(outputFor(args));
  // A reader that went away (busbar read | head) is a normal end.
  stdout.onGone = () => process.exit();
  try {
    const [command = "", ...rest] = args;
    const isForBoard = bundle !== undefined && boardCommands.some(({ name }) => name === command);
    const program = createProgram(bundle !== undefined);
    await program.parseAsync(isForBoard ? [command, bundle, ...rest] : args, { from: "user" });
  } catch (thrown) {
    const error = thrown instanceof CommanderError ? usageError(thrown) : thrown;
    if (error === undefined) return;
    startAgainFor(error);
    outputFor(args, !(error instanceof UsageError)).error(error);
    process.exitCode = describeError(error).record.exitCode;
  }
}

/**
 * An error can come before the options are known: the few that matter here are looked for.
 *
 * @param isLog false for what a person did wrong just now
 */
function outputFor(args: readonly string[], isLog = true): Output {
  const options = args.slice(0, args.includes("--") ? args.indexOf("--") : args.length);
  const at = options.indexOf("--log-format");
  const written =
    at >= 0 ? options[at + 1] : options.find((each) => each.startsWith("--log-format="))?.slice(13);
  const format = written === "json" || written === "text" ? written : undefined;
  const isOnce = options.length < args.length || options.includes("--once") || options.includes("--stdin");
  const goesOn = options[0] === "watch" || (options[0] === "run" && !isOnce);
  return outputOf(
    { json: options.includes("--json"), ...(format && { logFormat: format }) },
    isLog && goesOn,
  );
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

/** The commands that run a board: those of a bundle, which knows its board. */
const boardCommands = [
  { name: "read", add: addRead },
  { name: "watch", add: addWatch },
  { name: "run", add: addRun },
  { name: "call", add: addCall },
  { name: "doctor", add: addDoctor },
] as const;

function createProgram(isBundle: boolean): Command {
  const program = new Command("busbar")
    .description("Hardware drivers as sandboxed WebAssembly components.")
    .version(readVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [command]", "print help for a command")
    .addHelpText("after", `\nExit codes:\n${exitCodeHelp()}`)
    .exitOverride()
    // Usage errors are written by `runProgram`, in the form of all errors.
    .configureOutput({
      writeOut: (text) => print(stdout, text),
      writeErr: (text) => print(stderr, text),
      outputError: () => undefined,
    });
  const adding = isBundle
    ? [...boardCommands.map(({ add }) => add), addStatus, addScan]
    : [
        addRead,
        addWatch,
        addRun,
        addStatus,
        addGrants,
        addNew,
        addCall,
        addBuild,
        addCompose,
        addFlatten,
        addBundle,
        addScan,
        addDevices,
        addInspect,
        addPublish,
        addPull,
        addDoctor,
        addSchema,
        addCompletion,
      ];
  for (const add of adding) add(program);
  if (isBundle) hideBoard(program);
  return program;
}

/** In a bundle nobody writes the board. */
function hideBoard(program: Command): void {
  program.configureHelp({ subcommandTerm: (command) => `${command.name()} ${command.usage()}` });
  for (const command of program.commands) {
    if (!boardCommands.some(({ name }) => name === command.name())) continue;
    const shown = command.registeredArguments.slice(1).map((argument) => {
      const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
      return argument.required ? `<${name}>` : `[${name}]`;
    });
    command.usage(["[options]", ...shown].join(" "));
    command.configureHelp({ visibleArguments: ({ registeredArguments }) => registeredArguments.slice(1) });
  }
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
