import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { gzipSync } from "node:zlib";
import { type CpioEntry, encodeCpio } from "./cpio.ts";
import { type Kernel, readModule } from "./kernel.ts";

/** What the virtual machine does when it has started. */
export interface InitramfsOptions {
  readonly kernel: Kernel;
  /** A busybox without shared libraries. */
  readonly busybox: string;
  /** Module files that the machine itself needs, in the order in which to insert them. */
  readonly moduleFiles: readonly string[];
  /** Modules to load before the command runs, by name. */
  readonly modules: readonly string[];
  /** The program and its parameters. */
  readonly command: readonly string[];
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Where the results folder appears inside. */
  readonly resultsFolder: string;
  /** After so many seconds the machine ends by itself. */
  readonly limitSeconds: number;
}

const PROGRAM = 0o100755;
const FILE = 0o100644;
const FOLDER = 0o40755;

/** The compressed archive that the kernel starts from. */
export async function buildInitramfs(options: InitramfsOptions): Promise<Uint8Array> {
  const text = (content: string) => new TextEncoder().encode(content);
  const names = options.moduleFiles.map((file) => basename(file).replace(/\.(xz|zst)$/, ""));
  const entries: CpioEntry[] = [
    { path: "bin", mode: FOLDER },
    { path: "bin/busybox", mode: PROGRAM, data: await readFile(options.busybox) },
    { path: "init", mode: PROGRAM, data: await readFile(new URL("../machine/init.sh", import.meta.url)) },
    { path: "settings", mode: FILE, data: text(settings(options)) },
    { path: "command", mode: FILE, data: text(commandScript(options)) },
    { path: "modules", mode: FOLDER },
    { path: "modules/order", mode: FILE, data: text(names.join("\n")) },
  ];
  for (const [index, file] of options.moduleFiles.entries()) {
    entries.push({ path: `modules/${names[index]}`, mode: FILE, data: await readModule(file) });
  }
  return gzipSync(encodeCpio(entries), { level: 1 });
}

/** The variables that machine/init.sh reads. */
function settings(options: InitramfsOptions): string {
  return [
    `MODULES_ROOT=${quote(options.kernel.root)}`,
    `MODULES=${quote(options.modules.join(" "))}`,
    `RESULTS=${quote(options.resultsFolder)}`,
    `LIMIT_SECONDS=${options.limitSeconds}`,
    "",
  ].join("\n");
}

/** The shell script that runs the command inside. */
export function commandScript(
  options: Pick<InitramfsOptions, "command" | "workingDirectory" | "environment">,
): string {
  const variables = Object.entries(options.environment).map(
    ([name, value]) => `export ${name}=${quote(value)}`,
  );
  const command = options.command.map(quote).join(" ");
  return [...variables, `cd ${quote(options.workingDirectory)} || exit 1`, `exec ${command}`, ""].join("\n");
}

/** One word for a POSIX shell, whatever is in it. */
function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
