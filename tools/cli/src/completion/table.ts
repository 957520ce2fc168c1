import type { Command, Option } from "commander";

/** What a shell completes of the command: made of what the help is made of. */
export interface CompletionTable {
  readonly commands: readonly CompletedCommand[];
}

/** A command of it. */
export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  /** What its first argument can be, where that is one of a few. */
  readonly choices: readonly string[];
  /** Whether names of devices stand after the board. */
  readonly takesDevices: boolean;
}

/** An option of a command. */
export interface CompletedOption {
  /** "--every", "-o". */
  readonly flags: readonly string[];
  readonly description: string;
  /** Whether a value follows. */
  readonly takesValue: boolean;
  /** The values, where they are a few. */
  readonly choices: readonly string[];
}

/** The table of a program and all its commands. */
export function completionTable(program: Command): CompletionTable {
  return { commands: program.commands.map(completedCommand) };
}

function completedCommand(command: Command): CompletedCommand {
  const [first, second] = command.registeredArguments;
  return {
    name: command.name(),
    summary: command.summary() || command.description(),
    options: [...command.options.map(completedOption), help],
    choices: first?.argChoices ?? [],
    takesDevices: first?.name() === "board" && /^(?:devices?|component)$/.test(second?.name() ?? ""),
  };
}

const help: CompletedOption = {
  flags: ["--help"],
  description: "print help",
  takesValue: false,
  choices: [],
};

function completedOption({ short, long, description, required, argChoices }: Option): CompletedOption {
  const flags = [short, long].filter((flag) => flag !== undefined);
  return { flags, description, takesValue: required, choices: argChoices ?? [] };
}
