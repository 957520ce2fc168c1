import { AddressSpaceError, trapHandlerFlag } from "@busbar/host-node";

/**
 * Starts the command once more, with the flag that the board needs, in the place of this process: same id, same files, same
 * signals. It is not given from the start, because guests are faster without it.
 *
 * @param error what ended the command
 * @returns only where it is another error, or this system cannot do so
 */
export function startAgainFor(error: unknown): void {
  if (!(error instanceof AddressSpaceError) || !error.flagHelps) return;
  const { argv, argv0, env, execArgv, execPath } = process;
  // Windows has no execve, and no such limit.
  process.execve?.(execPath, [argv0, ...execArgv, trapHandlerFlag, ...argv.slice(1)], env);
}
