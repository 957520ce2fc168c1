/** Scripts that make shells complete the command; nothing of a board or a device is written into them. */

import type { CompletedCommand, CompletedOption, CompletionTable } from "./table.ts";

/** The shells that there is a script for. */
export const shells = ["bash", "zsh", "fish"] as const;

/** A shell that there is a script for. */
export type Shell = (typeof shells)[number];

/** The script of a shell. */
export function completionScript(shell: Shell, table: CompletionTable): string {
  if (shell === "bash") return bash(table);
  return shell === "zsh" ? zsh(table) : fish(table);
}

/** In single quotes, for all three. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function flagsOf(options: readonly CompletedOption[]): string {
  return options.flatMap(({ flags }) => flags).join(" ");
}

/** Options of all commands whose values are a few, once. */
function withChoices({ commands }: CompletionTable): CompletedOption[] {
  const found = new Map<string, CompletedOption>();
  for (const option of commands.flatMap(({ options }) => options)) {
    if (option.choices.length > 0) found.set(option.flags.join("|"), option);
  }
  return [...found.values()];
}

function namesOf(commands: readonly CompletedCommand[], is: (command: CompletedCommand) => boolean): string {
  return (
    commands
      .filter(is)
      .map(({ name }) => name)
      .join("|") || "''"
  );
}

function bash(table: CompletionTable): string {
  const { commands } = table;
  const names = commands.map(({ name }) => name).join(" ");
  const options = commands.map(({ name, options }) => `    ${name}) options=${quoted(flagsOf(options))} ;;`);
  const values = withChoices(table).map(
    ({ flags, choices }) =>
      `    ${flags.join("|")}) COMPREPLY=($(compgen -W ${quoted(choices.join(" "))} -- "$current")); return ;;`,
  );
  const choices = commands
    .filter((each) => each.choices.length > 0)
    .map((each) => `    ${each.name}) words=${quoted(each.choices.join(" "))} ;;`);
  return `# Completion of busbar for bash: source <(busbar completion bash)
_busbar() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}"
  local command="\${COMP_WORDS[1]}" options='' words='' board=board.json
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W ${quoted(`${names} --help --version`)} -- "$current"))
    return
  fi
  case "$previous" in
${values.join("\n")}
  esac
  case "$command" in
${options.join("\n")}
  esac
  if [[ "$current" == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$current"))
    return
  fi
  case "$command" in
${choices.join("\n")}
    ${namesOf(commands, ({ takesDevices }) => takesDevices)})
      [[ -e "\${COMP_WORDS[2]}" && "$COMP_CWORD" -gt 2 ]] && board="\${COMP_WORDS[2]}"
      words="$(busbar completion devices "$board" 2>/dev/null)"
      ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current"))
}
complete -o filenames -F _busbar busbar
`;
}

function zsh({ commands }: CompletionTable): string {
  // A bracket, a colon or a backslash would mean something in a specification.
  const plain = (text: string) => text.replaceAll(/[[\]:\\]/g, "\\$&");
  const option = ({ flags, description, takesValue, choices }: CompletedOption) => {
    const value = !takesValue ? "" : choices.length > 0 ? `:value:(${choices.join(" ")})` : ":value:_files";
    return flags.map((flag) => quoted(`${flag}[${plain(description)}]${value}`)).join(" ");
  };
  const command = ({ name, options, choices, takesDevices }: CompletedCommand) => {
    const rest =
      choices.length > 0
        ? `:argument:(${choices.join(" ")})`
        : takesDevices
          ? "*:argument:_busbar_devices"
          : "*:file:_files";
    return `    ${name}) _arguments ${[...options.map(option), quoted(rest)].join(" ")} ;;`;
  };
  const described = commands.map(({ name, summary }) => `    ${quoted(`${name}:${plain(summary)}`)}`);
  return `#compdef busbar
# Completion of busbar for zsh: busbar completion zsh > "$fpath[1]/_busbar"
_busbar_devices() {
  local board=board.json
  local -a devices
  [[ -e "\${words[2]}" ]] && board="\${words[2]}"
  devices=(\${(f)"$(busbar completion devices "$board" 2>/dev/null)"})
  compadd -a devices
  _files
}
_busbar() {
  local -a commands
  commands=(
${described.join("\n")}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  shift words
  ((CURRENT -= 1))
  case "\${words[1]}" in
${commands.map(command).join("\n")}
  esac
}
if [[ "$funcstack[1]" == _busbar ]]; then _busbar "$@"; else compdef _busbar busbar; fi
`;
}

function fish({ commands }: CompletionTable): string {
  const lines = [
    "# Completion of busbar for fish: busbar completion fish > ~/.config/fish/completions/busbar.fish",
  ];
  // Within single quotes fish obeys a backslash before a quote or a backslash, and nothing else.
  const text = (words: string) => `'${words.replaceAll(/['\\]/g, "\\$&")}'`;
  for (const { name, summary, options, choices, takesDevices } of commands) {
    lines.push(`complete -c busbar -n __fish_use_subcommand -a ${name} -d ${text(summary)}`);
    const when = `-n ${text(`__fish_seen_subcommand_from ${name}`)}`;
    for (const { flags, description, takesValue, choices: values } of options) {
      const names = flags.map((flag) =>
        flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
      );
      const value = !takesValue ? "" : values.length > 0 ? ` -x -a ${text(values.join(" "))}` : " -r";
      lines.push(`complete -c busbar ${when} ${names.join(" ")}${value} -d ${text(description)}`);
    }
    if (choices.length > 0) lines.push(`complete -c busbar ${when} -f -a ${text(choices.join(" "))}`);
    if (takesDevices) {
      const names = "(busbar completion devices (commandline -opc)[3] 2>/dev/null)";
      lines.push(`complete -c busbar ${when} -a ${text(names)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
