import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Where administrators' programs are; an ordinary user's PATH often lacks them. */
const ADMINISTRATOR_PATHS = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** PATH with the administrators' programs. */
export function completePath(): string {
  const path = (process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin").split(":");
  return [...path, ...ADMINISTRATOR_PATHS.filter((folder) => !path.includes(folder))].join(":");
}

/** How to run a program. */
export interface RunOptions {
  readonly workingDirectory?: string;
  /** Killed after so many milliseconds. Default: one minute. */
  readonly timeoutMs?: number;
}

/**
 * Runs a program to its end, in the C locale.
 *
 * @returns what it wrote to its standard output
 * @throws Error with its standard error in the message, when it fails or takes too long
 */
export async function run(
  program: string,
  parameters: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  return (await runForBytes(program, parameters, options)).toString();
}

/** As {@link run}, for a program that reads its standard input. */
export async function runWithInput(
  program: string,
  parameters: readonly string[],
  input: string,
): Promise<string> {
  const running = execute(program, parameters, { ...surroundings({}), encoding: "utf8" });
  running.child.stdin!.end(input);
  return (await running).stdout;
}

/** As {@link run}, for a program whose output is not text. */
export async function runForBytes(
  program: string,
  parameters: readonly string[],
  options: RunOptions = {},
): Promise<Buffer> {
  const { stdout } = await execute(program, parameters, { ...surroundings(options), encoding: "buffer" });
  return stdout;
}

function surroundings({ workingDirectory, timeoutMs = 60_000 }: RunOptions) {
  return {
    cwd: workingDirectory,
    timeout: timeoutMs,
    killSignal: "SIGKILL",
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, PATH: completePath(), LC_ALL: "C" },
  } as const;
}
