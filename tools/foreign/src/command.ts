import { execFileSync } from "node:child_process";

/** What a command runs with. */
interface Surroundings {
  readonly cwd?: string;
  /** Variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/**
 * Runs a command to its end; what it prints goes where ours does.
 *
 * @returns what it wrote to standard output, where that is captured
 * @throws Error with its exit status
 */
export function command(name: string, parameters: readonly string[], surroundings: Surroundings = {}): void {
  const { env, ...rest } = surroundings;
  execFileSync(name, parameters, {
    ...rest,
    env: { ...process.env, ...env },
    stdio: [surroundings.input === undefined ? "ignore" : "pipe", "inherit", "inherit"],
  });
}
