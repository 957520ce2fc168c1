import { InvalidArgumentError, Option } from "commander";
import { type LogFormat, Output } from "../output/output.ts";

/** `--json`, the same on every command. */
export function jsonOption(): Option {
  return new Option("--json", "print JSON, and errors as JSON lines on stderr");
}

/** `--registry`, the same on every command that takes a package name of wkg's. */
export function registryOption(): Option {
  return new Option(
    "--registry <host>",
    'the registry of a package name: "ghcr.io", or with a prefix "ghcr.io/busbar-drivers"',
  );
}

/** `--lock`, the same on every command that runs a board. */
export function lockOption(): Option {
  return new Option(
    "--lock <sha256>",
    'the lock that a bundle must have, as "busbar bundle" printed it',
  ).argParser((text) => {
    if (!/^[0-9a-f]{64}$/i.test(text)) throw new InvalidArgumentError("Expected 64 hexadecimal digits.");
    return text.toLowerCase();
  });
}

/** `--complain`, the same on every command that runs drivers. */
export function complainOption(): Option {
  return new Option(
    "--complain",
    'enforce no entry of the board: what "i2c", "usb" and "limits" would refuse is allowed where it stays within the device, and said',
  );
}

/** `--log-format`, the same on every command that runs drivers. */
export function logFormatOption(): Option {
  return new Option(
    "--log-format <format>",
    "lines on stderr as text with the time, or as JSON whatever the output is",
  ).choices(["text", "json"]);
}

/** `--health` of `run`. */
export function healthOption(): Option {
  return new Option(
    "--health <place>",
    'tell "busbar status", or any HTTP client of this machine, how each device is: a port on loopback, a path of a socket, or @name',
  );
}

/** `--record` of `run`. */
export function recordOption(): Option {
  return new Option(
    "--record <file>",
    'in complain mode: keep what the devices needed in this file, for "busbar grants"',
  );
}

/** What the options above and `--json` make of the output. */
export interface OutputOptions {
  readonly json?: boolean;
  readonly logFormat?: LogFormat;
}

/**
 * The output of a command that runs drivers.
 *
 * @param goesOn whether it runs for long, so that its lines need the time
 */
export function outputOf({ json = false, logFormat }: OutputOptions, goesOn: boolean): Output {
  const timed = goesOn || logFormat !== undefined;
  return new Output(json, undefined, { timed, ...(logFormat && { format: logFormat }) });
}

/** `--every`, the same on every command that goes on. */
export function everyOption(): Option {
  return new Option("--every <ms>", "milliseconds from one reading to the next")
    .argParser(wholeNumber(1, 86_400_000))
    .default(1000);
}

/** Parses a whole number within a range; anything else is a usage error. */
export function wholeNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= minimum && value <= maximum)) {
      throw new InvalidArgumentError(`Expected a whole number from ${minimum} to ${maximum}.`);
    }
    return value;
  };
}
