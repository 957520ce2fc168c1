import { existsSync } from "node:fs";
import { readBoard } from "@busbar/host-node";
import { Argument, type Command } from "commander";
import { defaultBoard } from "../board-argument.ts";
import { completionScript, type Shell, shells } from "../completion/scripts.ts";
import { completionTable } from "../completion/table.ts";
import { stdout } from "../output/screen.ts";

/** `busbar completion`. */
export function addCompletion(program: Command): void {
  program
    .command("completion")
    .summary("what makes a shell complete commands, options and names of devices")
    .description(
      "Prints a script for a shell: source <(busbar completion bash), in ~/.bashrc; busbar completion zsh > " +
        '"$fpath[1]/_busbar"; busbar completion fish > ~/.config/fish/completions/busbar.fish. With "devices" it prints ' +
        "the names of a board's devices, as the scripts ask for them.",
    )
    .addArgument(new Argument("<shell>", "which one").choices([...shells, "devices"]))
    .argument("[board]", "with devices: whose; ./board.json where it is left out", defaultBoard)
    .action((shell: Shell | "devices", board: string) => {
      const text = shell === "devices" ? devicesOf(board) : completionScript(shell, completionTable(program));
      stdout.write(text);
    });
}

/** Where the board is not there or wrong, nothing: a shell that completes shows no errors. */
function devicesOf(path: string): string {
  if (!existsSync(path)) return "";
  try {
    return Object.keys(readBoard(path).devices)
      .map((name) => `${name}\n`)
      .join("");
  } catch {
    return "";
  }
}
