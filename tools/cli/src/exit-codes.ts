import { AppError, DeviceError, HostError, ReturnedError } from "@busbar/host";

/** How the command can end: the code, its name in JSON, and what it means to a person. The only such table. */
export const exitCodes = [
  { exitCode: 0, name: "ok", meaning: "done" },
  { exitCode: 1, name: "unexpected", meaning: "a bug in busbar" },
  { exitCode: 2, name: "usage", meaning: "wrong command, option or argument" },
  { exitCode: 3, name: "board", meaning: "the board file is missing, malformed, or contradicts itself" },
  {
    exitCode: 4,
    name: "component",
    meaning: "a driver is not found, is no driver component, or does not build or start",
  },
  { exitCode: 5, name: "not-granted", meaning: "a driver imports something that the board does not grant" },
  {
    exitCode: 6,
    name: "backend",
    meaning: "this machine lacks something or refuses it: a bus, a permission, a module",
  },
  { exitCode: 7, name: "device", meaning: "a device or its driver reported an error" },
  { exitCode: 8, name: "app", meaning: "an app ended with an error" },
] as const;

/** The name of an exit code: `code` of an error in JSON. */
export type ExitName = (typeof exitCodes)[number]["name"];

/** The exit code of a name. */
export function exitCodeOf(name: ExitName): number {
  return exitCodes.find((each) => each.name === name)!.exitCode;
}

/** Wrong use of the command that only a command can see, not the parser: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Which of the exit codes an error is. */
export function exitNameOf(thrown: unknown): ExitName {
  if (thrown instanceof HostError) return thrown.code;
  if (thrown instanceof DeviceError || thrown instanceof ReturnedError) return "device";
  if (thrown instanceof AppError) return "app";
  if (thrown instanceof UsageError) return "usage";
  return isBuildError(thrown) ? "component" : "unexpected";
}

/** Whether it is a BuildError of @busbar/build. By its name: importing the class would load the whole build tool. */
export function isBuildError(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === "BuildError";
}
